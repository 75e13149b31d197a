// Positions of extremes along an axis. NaN counts as the largest number (and, for the
// minimum, as the smallest); of equals the first comes first.
#include "block.cuh"
#include "walk.cuh"

__device__ __forceinline__ bool beats(A challenger, A best, int max) {
  if (max || is_nan(challenger) || is_nan(best)) return above(challenger, best);
  return challenger < best;
}

// One warp for each line; `lines` leads to x and y at the start of a line.
extern "C" __global__ void arg_reduce(Walk<2> lines, const T* x, i64* y, int length, i64 stride,
                                      int max) {
  i64 at[2];
  lines.locate(blockIdx.x, at);
  x += at[0];
  // A thread without elements of its own takes the first: it loses no tie to anybody.
  int index = threadIdx.x < length ? threadIdx.x : 0;
  A best = length > 0 ? get(x[index * stride]) : (A)0;
#pragma unroll 1
  for (int i = index + 32; i < length; i += 32) {
    A v = get(x[i * stride]);
    if (beats(v, best, max)) {
      best = v;
      index = i;
    }
  }
#pragma unroll
  for (int distance = 16; distance > 0; distance >>= 1) {
    A other = __shfl_xor_sync(FULL, best, distance);
    int place = __shfl_xor_sync(FULL, index, distance);
    if (beats(other, best, max) || (place < index && !beats(best, other, max))) {
      best = other;
      index = place;
    }
  }
  if (threadIdx.x == 0) y[at[1]] = index;
}
