// Index tensors are i64, those of pooling perhaps i32.
#pragma once
#include "types.cuh"

__device__ __forceinline__ i64 read_index(const void* index, i64 at, int wide) {
  return wide ? ((const i64*)index)[at] : (i64)((const int*)index)[at];
}
