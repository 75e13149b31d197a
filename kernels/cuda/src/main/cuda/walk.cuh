// Where the elements of strided tensors are.
//
// A Walk visits the elements of one shape and tells where each of K tensors has that element. The
// host has merged dimensions that lie behind one another in all K tensors, so most walks have rank
// 1; dimension 0 is the innermost. Strides are in elements and may be 0 or negative; a tensor's
// pointer is that of its element [0, 0, ..].
#pragma once
#include "types.cuh"

#define MAX_RANK 8

template <int K>
struct Walk {
  int rank;
  u32 count;
  int dims[MAX_RANK];
  i64 strides[K][MAX_RANK];

  // Positions of element `i` of the shape.
  __device__ __forceinline__ void locate(u32 i, i64 (&at)[K]) const {
#pragma unroll
    for (int k = 0; k < K; k++) at[k] = 0;
#pragma unroll
    for (int d = 0; d < MAX_RANK; d++) {
      if (d >= rank) break;
      u32 index = i;
      if (d + 1 < rank) {
        u32 rest = i / (u32)dims[d];
        index = i - rest * (u32)dims[d];
        i = rest;
      }
#pragma unroll
      for (int k = 0; k < K; k++) at[k] += (i64)index * strides[k][d];
    }
  }
};

__device__ __forceinline__ u32 thread_number() { return blockIdx.x * blockDim.x + threadIdx.x; }
