// A kernel cannot throw. One that meets an index outside its dimension notes the first such in this
// record, goes on with something harmless, and the host throws when it next waits for the device.
#pragma once
#include "types.cuh"

struct Fault {
  u32 noted;  // 0, or 1 once the rest is set
  int op;     // the host's number of the op
  i64 index, size;
};

__device__ __forceinline__ bool outside(i64 index, i64 size, Fault* fault, int op) {
  if (index >= 0 && index < size) return false;
  if (atomicCAS(&fault->noted, 0u, 1u) == 0) {
    fault->op = op;
    fault->index = index;
    fault->size = size;
  }
  return true;
}
