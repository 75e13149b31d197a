#!/bin/bash
# Checks and measures the CUDA backend on a machine with an NVIDIA driver, and writes
# bench/results/gpu-<time>.md:
#   bench/gpu.sh            the op catalog, MNISTNet to 99 %, and the table of times beside those of
#                           cuBLAS, cuDNN and PyTorch, most important first; about 10 minutes
#   bench/gpu.sh --parts times    only the times; also catalog, training
#   bench/gpu.sh --seconds 560    ends by then, with tables of what was measured; no part takes more
#                           than half of what is left
#   bench/gpu.sh --small    tiny sizes, only to see that everything runs
#   bench/gpu.sh pack       makes bench/target/gpu.tar.xz, a Java runtime and all jars: with it, in a
#                           checkout, the above runs on a machine without network, Maven or JDK
# Everything is done twice: with our own kernels only, and with cuBLAS and cuDNN where they are found.
# Which kernels ran, with the hash of their PTX, goes to kernels/cuda/gpu-runs.tsv if the catalog agreed;
# AssemblyTest with -Dmanabi.assembly=write takes it into assembly.tsv. Where OUT names a folder, that
# and all figures, as they are measured, go there.
# PyTorch is that of PYTHON (python3); without it its columns stay empty.
# Without a GPU, MANABI_CUDA_DRIVER=ptx bench/gpu.sh --small runs it on the PTX machine.
set -euo pipefail

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
packed=$root/bench/target/gpu
results=${OUT:-$root/bench/results}
python=${PYTHON:-python3}
# The pack has no images: they are in the checkout.
mnist=dev/manabi/data/vision/mnist

pack() {
  mvn -f "$root/pom.xml" -B -q -pl examples -am -Dmaven.test.skip=true -Dspotless.check.skip=true \
    package
  rm -rf "$packed"
  mkdir -p "$packed/lib"
  java=${JAVA_HOME:?set JAVA_HOME to a JDK 25 or newer}
  # Nothing is compressed but the whole, and of the windows only the classes are wanted.
  "$java/bin/jlink" --output "$packed/java" --strip-debug --no-man-pages --no-header-files \
    --compress zip-0 --vm server --add-modules \
    java.base,java.desktop,java.logging,java.management,java.net.http,jdk.incubator.vector,jdk.management,jdk.unsupported,jdk.zipfs
  rm -f "$packed"/java/lib/lib{awt*,fontmanager,freetype,javajpeg,jsound,lcms,mlib_image,splashscreen}.so
  for jar in "$root"/examples/target/lib/*.jar; do
    open=$(mktemp -d)
    (cd "$open" && unzip -q "$jar")
    # Of JCuda's native libraries only the driver's is needed there; the PTX compiler is 24 MB.
    rm -rf "${open:?}/$mnist" "$open"/lib/*JNvPTXCompiler* "$open"/lib/*JNvrtc* "$open"/lib/*JCudaRuntime*
    (cd "$open" && zip -q -r -0 "$packed/lib/$(basename "$jar")" META-INF .)
    rm -rf "$open"
  done
  tar -C "$packed" -cJf "$packed.tar.xz" .
  touch "$packed/unpacked"
  ls -lh "$packed.tar.xz"
}

if [ "${1:-}" = pack ]; then
  pack
  exit
fi
# Where it can be built, what is packed is as new as the sources.
stale() {
  command -v mvn >/dev/null &&
    [ -n "$(find "$root"/*/src/main "$root"/kernels/*/src/main -newer "$packed/unpacked" -print -quit)" ]
}
if [ "$packed.tar.xz" -nt "$packed/unpacked" ]; then
  rm -rf "$packed"
  mkdir -p "$packed"
  # Not every machine has xz; Python has it built in.
  tar -C "$packed" -xJf "$packed.tar.xz" || "$python" -m tarfile -e "$packed.tar.xz" "$packed"
  touch "$packed/unpacked"
fi
if [ ! -f "$packed/unpacked" ] || stale; then
  pack
fi

small=
parts=catalog,training,times
seconds=
options=()
while [ $# -gt 0 ]; do
  case $1 in
    --small) small=--small ;;
    --parts) parts=$2 && shift ;;
    --seconds) seconds=$2 && shift ;;
    *) options+=("$1") ;;
  esac
  shift
done
wanted() { [[ ,$parts, == *,$1,* ]]; }

mkdir -p "$results"
report=$results/gpu-$(date -u +%Y-%m-%dT%H%M%S).md
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
figures=${OUT:-$scratch}
record=${OUT:-$root/kernels/cuda}/gpu-runs.tsv

# Python's cuBLAS and cuDNN, which PyTorch uses, and a driver that the loader does not find by itself.
libraries=$("$python" - 2>/dev/null <<'PYTHON' || true
import glob, site, sysconfig
folders = [sysconfig.get_path("purelib"), *site.getsitepackages()]
print(":".join(dict.fromkeys(lib for f in folders for lib in sorted(glob.glob(f + "/nvidia/*/lib")))))
PYTHON
)
if ! ldconfig -p 2>/dev/null | grep -q 'libcuda\.so\.1'; then
  libraries=$libraries:/usr/local/nvidia/lib64:/usr/local/nvidia/lib
fi

# Runs `manabi gpu` by hand or with libraries, $1.
java_gpu() {
  local prefer=$1
  shift
  LD_LIBRARY_PATH=$libraries${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH} \
    limited "$packed/java/bin/java" -XX:+UseParallelGC "@$root/warm-up.args" \
    --enable-native-access=dev.manabi.tensor,dev.manabi.kernels,dev.manabi.kernels.cuda,jcuda,jcublas,jcudnn \
    -Dmanabi.cuda.driver="${MANABI_CUDA_DRIVER:-jcuda}" -Dmanabi.cuda.prefer="$prefer" \
    --patch-module dev.manabi.data="$root/data/src/main/resources" \
    --module-path "$packed/lib" --module dev.manabi.examples/dev.manabi.examples.Main gpu "$@"
}

# The table at the end takes a second or two.
deadline=$((SECONDS + ${seconds:-1000000} - 10))
limited() {
  local left=$(((deadline - SECONDS) / ${share:-1}))
  if [ "$left" -le 0 ]; then
    echo "not run: the time is over"
    return 1
  fi
  # Killed, so that a device that hangs does not hold it up.
  timeout -s KILL "$left" "$@" || {
    local code=$?
    [ "$code" != 137 ] || echo "ended: the time is over"
    return "$code"
  }
}

# PyTorch on the workloads that we measured, in the same minutes on the same card.
peer() {
  [ -s "$figures/hand.tsv" ] || return 0
  local code=0
  "$python" -c 'import sys, torch; sys.exit(0 if torch.cuda.is_available() else 3)' 2>/dev/null || code=$?
  case $code in
    0) limited "$python" "$root/bench/gpu/torch_times.py" "$figures/hand.tsv" "$figures/torch.tsv" $small 2>&1 ;;
    3) echo "PyTorch: not measured, it finds no GPU" ;;
    *) echo "PyTorch: not measured, $python has no torch" ;;
  esac
}

# One part, $1, by hand or with libraries, $2.
part() {
  printf '\n# %s, manabi.cuda.prefer=%s\n\n' "$1" "$2"
  # At most half of what is left, so that one that hangs does not cost all the others.
  share=2 java_gpu "$2" --parts "$1" --figures "$figures/$2.tsv" --kernels "$scratch/$1-$2" $small \
    "${options[@]}" 2>&1
}

rm -f "$figures"/{hand,library,torch}.tsv
status=0
{
  echo "# GPU report, $(date -u +%Y-%m-%d)"
  echo
  nvidia-smi --query-gpu=name,driver_version,memory.total,clocks.max.sm --format=csv,noheader \
    2>/dev/null || true
  for each in catalog training times; do
    wanted $each || continue
    for prefer in hand library; do
      code=0
      part $each $prefer || code=$?
      # No GPU: nothing else would run either.
      [ "$code" != 3 ] || exit 1
      [ "$code" = 0 ] || status=1
    done
  done
  if [ -s "$figures/hand.tsv" ] || [ -s "$figures/library.tsv" ]; then
    printf '\n# Times\n\n'
    [ "${MANABI_CUDA_DRIVER:-}" != ptx ] || echo "Of the PTX machine: they say nothing of a GPU."
    peer || status=1
    deadline=$((SECONDS + 30))
    java_gpu hand --table "$figures/hand.tsv,$figures/library.tsv,$figures/torch.tsv" || status=1
  fi
  if [ -z "$small" ] && [ -s "$scratch/catalog-hand" ]; then
    { cat "$scratch"/*-hand "$scratch"/*-library 2>/dev/null || true; } | sort -u >"$record"
  fi
  exit $status
} | tee "$report" || status=1
echo "bench: wrote $report" >&2
exit $status
