// Combining a value of every thread of a block: within a warp by shuffles, which need no memory and
// no barrier, then one value per warp through shared memory.
#pragma once
#include "types.cuh"

#define FULL 0xFFFFFFFFu

template <class V, class F>
__device__ __forceinline__ V warp_combine(V v, F join) {
#pragma unroll
  for (int distance = 16; distance > 0; distance >>= 1)
    v = join(v, __shfl_xor_sync(FULL, v, distance));
  return v;
}

// All threads get the result. The block has whole warps, at most 32.
template <class V, class F>
__device__ __forceinline__ V block_combine(V v, V neutral, F join) {
  __shared__ V of_warp[32];
  v = warp_combine(v, join);
  if (blockDim.x <= 32) return v;
  __syncthreads();
  if ((threadIdx.x & 31) == 0) of_warp[threadIdx.x >> 5] = v;
  __syncthreads();
  v = (threadIdx.x & 31) < (blockDim.x >> 5) ? of_warp[threadIdx.x & 31] : neutral;
  return warp_combine(v, join);
}

template <class V>
__device__ __forceinline__ V block_sum(V v) {
  return block_combine(v, (V)0, [](V a, V b) { return a + b; });
}
