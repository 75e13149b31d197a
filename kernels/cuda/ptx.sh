#!/bin/bash
# Remakes src/main/resources/.../ptx/*.ptx from src/main/cuda/*.cu with nvcc (13.0). Needed only when a
# kernel changes; the .ptx are committed. Without arguments all that are out of date, else the families
# named: kernels/cuda/ptx.sh reduce norm
#
# nvcc writes a .version that only the newest drivers load. Nothing here needs it, so it is lowered:
# 6.5 for compute_75, 7.0 for compute_80. The first line of a .ptx has the hash of its .cu and of the
# headers that it includes, and how it was compiled; a test fails when they differ. The .ptx of lessons
# stand beside their .cu.
set -euo pipefail
cd "$(dirname "$0")/src/main/cuda"
out=../resources/dev/manabi/kernels/cuda/ptx
mkdir -p "$out"

floats="F32 F64 F16 BF16"
integers="I64 I32 I8 U8"
widths="B8 B16 B32 B64"

# family, dtypes, flags
table() {
  cat <<TABLE
elementwise|$floats $integers BOOL|
affine|$floats|
copy|$widths|
cast|$floats $integers BOOL|
create|$floats $integers|-fmad=false
reduce|$floats $integers BOOL|
order|$floats $integers BOOL|
sort|$floats $integers BOOL|
lines|$floats $integers BOOL|
loss|$floats|
norm|$floats|
pool|$floats $integers|
resample|$floats $integers|-fmad=false
index|$widths|
accumulate|$floats $integers|
nonzero|$floats $integers BOOL|
optim|$floats|
columns|$floats|
gemm|$floats $integers|
gemm_wide|F32|
conv|$floats|
conv_wide|F32|
gemm|F16 BF16|-DTENSOR_CORES
gemm_wide|F16 BF16|-DTENSOR_CORES
conv|F16 BF16|-DTENSOR_CORES
conv_wide|F16 BF16|-DTENSOR_CORES
TABLE
  for lesson in lessons/*.cu; do echo "${lesson%.cu}|F32|"; done
}

# A source and the headers that it includes, directly or not, each once, in order of name.
sources() {
  local known="$1" before=""
  while [ "$known" != "$before" ]; do
    before=$known
    known=$( { echo "$known"; sed -n 's/^#include "\(.*\)"$/\1/p' $known; } | LC_ALL=C sort -u)
  done
  echo "$known"
}

make_one() {
  local family=$1 dtype=$2 flags=$3 arch=75 version=6.5 suffix=""
  if [ "$flags" = -DTENSOR_CORES ]; then arch=80 version=7.0 suffix=.tensor; fi
  local target=$out/$family.${dtype,,}$suffix.ptx
  case $family in lessons/*) target=$family.ptx ;; esac
  local head="// $(cat $(sources "$family.cu") | sha256sum | cut -c1-64) $family.cu -DDTYPE_$dtype $flags"
  if [ -f "$target" ] && [ "$(head -1 "$target")" = "$head" ]; then return; fi
  local made
  made=$(mktemp)
  nvcc -ptx -O3 -std=c++17 -I. -arch=compute_$arch -DDTYPE_$dtype $flags "$family.cu" -o "$made"
  { echo "$head"
    sed -e "s/^\.version .*/.version $version/" -e '/used_bytes_mask/d' -e '/^[[:space:]]*\/\//d' \
        -e '/^[[:space:]]*$/d' "$made"; } > "$target"
  rm "$made"
  echo "made $(basename "$target")"
}

jobs=0
while IFS='|' read -r family dtypes flags; do
  if [ $# -gt 0 ] && ! [[ " $* " == *" $family "* ]]; then continue; fi
  for dtype in $dtypes; do
    make_one "$family" "$dtype" "$flags" &
    jobs=$((jobs + 1))
    if [ $((jobs % ${JOBS:-2})) = 0 ]; then wait; fi
  done
done < <(table)
wait
