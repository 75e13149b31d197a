#!/bin/bash
# Checks and measures the CUDA backend on a machine with an NVIDIA driver, and writes
# bench/results/gpu-<time>.md:
#   bench/gpu.sh            the op catalog, MNISTNet to 99 %, and the table of times beside those of
#                           cuBLAS, cuDNN and PyTorch; below 10 minutes
#   bench/gpu.sh --small    tiny sizes, only to see that everything runs
#   bench/gpu.sh --parts times    only the times; also catalog, training
#   bench/gpu.sh pack       makes bench/target/gpu.tar.xz, a Java runtime and all jars: with it the
#                           above runs on a machine that has no network, Maven or JDK
# Everything is done twice: with our own kernels only, and with cuBLAS and cuDNN where they are found.
# Which kernels ran, with the hash of their PTX, goes to kernels/cuda/gpu-runs.tsv if the catalog agreed
# and all else went well too; AssemblyTest with -Dmanabi.assembly=write takes it into assembly.tsv.
# PyTorch is that of PYTHON (python3); without it its columns stay empty.
# Without a GPU, MANABI_CUDA_DRIVER=ptx bench/gpu.sh --small runs it on the PTX machine.
set -euo pipefail

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
packed=$root/bench/target/gpu
results=${OUT:-$root/bench/results}

pack() {
  mvn -f "$root/pom.xml" -B -q -pl examples -am -Dmaven.test.skip=true -Dspotless.check.skip=true \
    package
  rm -rf "$packed"
  mkdir -p "$packed"
  java=${JAVA_HOME:?set JAVA_HOME to a JDK 25 or newer}
  "$java/bin/jlink" --output "$packed/java" --strip-debug --no-man-pages --no-header-files \
    --compress zip-9 --add-modules \
    java.base,java.desktop,java.logging,java.management,java.net.http,jdk.incubator.vector,jdk.management,jdk.unsupported,jdk.zipfs
  cp -R "$root/examples/target/lib" "$packed/lib"
  # Of JCuda's native libraries only the driver's is needed there; the PTX compiler is 24 MB.
  for jar in "$packed"/lib/jcuda-natives-*.jar; do
    zip -q -d "$jar" 'lib/*JNvPTXCompiler*' 'lib/*JNvrtc*' 'lib/*JCudaRuntime*'
  done
  tar -C "$packed" -cJf "$packed.tar.xz" .
  ls -lh "$packed.tar.xz"
}

if [ "${1:-}" = pack ]; then
  pack
  exit
fi
# Where it can be built, what is packed is as new as the sources.
stale() {
  command -v mvn >/dev/null &&
    [ -n "$(find "$root"/*/src/main "$root"/kernels/*/src/main -newer "$packed/lib" -print -quit)" ]
}
if [ ! -d "$packed/lib" ] || stale; then
  if [ ! -d "$packed/lib" ] && [ -f "$packed.tar.xz" ]; then
    mkdir -p "$packed"
    tar -C "$packed" -xJf "$packed.tar.xz"
  else
    pack
  fi
fi

mkdir -p "$results"
report=$results/gpu-$(date -u +%Y-%m-%dT%H%M%S).md
run() {
  "$packed/java/bin/java" -XX:+UseParallelGC \
    --enable-native-access=dev.manabi.tensor,dev.manabi.kernels,dev.manabi.kernels.cuda,jcuda,jcublas,jcudnn \
    -Dmanabi.cuda.driver="${MANABI_CUDA_DRIVER:-jcuda}" -Dmanabi.cuda.prefer="$@"
}
program="--module-path $packed/lib --module dev.manabi.examples/dev.manabi.examples.Main gpu"
figures=$(mktemp -d)
trap 'rm -rf "$figures"' EXIT

# PyTorch on the workloads that we measured, in the same minutes on the same card.
peer() {
  [ -s "$figures/hand.tsv" ] || return 0
  if ! command -v "$python" >/dev/null || ! "$python" -c 'import torch' 2>/dev/null; then
    echo "PyTorch: not measured, $python has no torch"
  elif ! "$python" -c 'import sys, torch; sys.exit(not torch.cuda.is_available())'; then
    echo "PyTorch: not measured, it finds no GPU"
  else
    "$python" "$root/bench/gpu/torch_times.py" "$figures/hand.tsv" "$figures/torch.tsv" $small 2>&1
  fi
}

python=${PYTHON:-python3}
small=
case " $* " in *" --small "*) small=--small ;; esac
parts=
case " $* " in *" --parts "*) parts=--parts ;; esac
record=$root/kernels/cuda/gpu-runs.tsv
[ -z "${OUT:-}" ] || record=$OUT/gpu-runs.tsv
status=0
{
  echo "# GPU report, $(date -u +%Y-%m-%d)"
  echo
  command -v nvidia-smi >/dev/null &&
    nvidia-smi --query-gpu=name,driver_version,memory.total,clocks.max.sm --format=csv,noheader
  for prefer in hand library; do
    printf '\n# manabi.cuda.prefer=%s\n\n' $prefer
    # shellcheck disable=SC2086
    run $prefer $program --figures "$figures/$prefer.tsv" --kernels "$figures/$prefer.kernels" "$@" ||
      status=1
  done
  if [ -s "$figures/hand.tsv" ]; then
    printf '\n# Times\n\n'
    [ "${MANABI_CUDA_DRIVER:-}" != ptx ] || echo "Of the PTX machine: they say nothing of a GPU."
    peer || status=1
    # shellcheck disable=SC2086
    run hand $program --table "$figures/hand.tsv,$figures/library.tsv,$figures/torch.tsv" || status=1
    [ -n "$small$parts" ] || [ ! -s "$figures/hand.kernels" ] ||
      cp "$figures/hand.kernels" "$record"
    if [ -n "${OUT:-}" ]; then cp "$figures"/*.tsv "$OUT"; fi
  fi
  exit $status
} | tee "$report" || status=1
echo "bench: wrote $report" >&2
exit $status
