#!/bin/sh
# Measures the engine beside libtorch and writes bench/results/<time>.json and .md:
#   bench/run.sh [JMH arguments]
# for example `bench/run.sh Matmul -f 3`, or, only to see that everything runs,
#   bench/run.sh -f 0 -wi 0 -i 1 -r 1ms
# Without arguments all benchmarks, about 35 minutes. Nothing else should run meanwhile.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
jar=$root/bench/target/benchmarks.jar
results=$root/bench/results

java=${JAVA_HOME:+$JAVA_HOME/bin/}java
major=$("$java" -XshowSettings:properties -version 2>&1 |
  sed -n 's/^ *java.specification.version = \([0-9]*\).*/\1/p')
if [ "${major:-0}" -lt 25 ]; then
  echo "bench: no JDK 25 or newer; set JAVA_HOME to its folder" >&2
  exit 1
fi

if [ ! -f "$jar" ] || [ -n "$(find "$root"/*/src/main "$root"/*/pom.xml \
  "$root"/kernels/*/src/main "$root"/kernels/*/pom.xml "$root/pom.xml" \
  -newer "$jar" -print | head -n 1)" ]; then
  echo "bench: building" >&2
  mvn -f "$root/pom.xml" -B -q -pl bench -am -Dmaven.test.skip=true \
    -Dspotless.check.skip=true package
fi

# Let glibc keep what is freed, or libtorch pays 10 to 20 % of a training step for page faults. The
# benchmarks ask for it themselves when they load libtorch; this does so from the first allocation.
export MALLOC_MMAP_MAX_=0 MALLOC_TRIM_THRESHOLD_=16000000000

mkdir -p "$results"
name=$results/$(date -u +%Y-%m-%dT%H%M%S)
"$java" --add-modules=jdk.incubator.vector --enable-native-access=ALL-UNNAMED \
  -jar "$jar" -foe true -prof gc \
  -rf json -rff "$name.json" "$@"
"$java" --add-modules=jdk.incubator.vector --enable-native-access=ALL-UNNAMED -cp "$jar" dev.manabi.bench.Report "$name.json" \
  >"$name.md"
echo "bench: wrote $name.json and $name.md"
