// Conversion from the dtype this file is compiled for to any other. The target is a number that is
// the same for all threads, so the switch costs a few instructions and no divergence.
#include "walk.cuh"

// The order of the engine's DType.
enum Target { F32, F64, F16, BF16, I64, I32, I8, U8, BOOL };

extern "C" __global__ void cast(Walk<2> w, const T* x, void* y, int target) {
  u32 i = thread_number();
  if (i >= w.count) return;
  i64 at[2];
  w.locate(i, at);
  A v = get(x[at[0]]);
  i64 p = at[1];
  switch (target) {
    case F32: ((float*)y)[p] = (float)v; break;
    case F64: ((double*)y)[p] = (double)v; break;
    case F16: ((u16*)y)[p] = float_to_half((float)v); break;
    case BF16: ((u16*)y)[p] = float_to_bfloat((float)v); break;
    case I64: ((i64*)y)[p] = (i64)v; break;
    case I32: ((int*)y)[p] = (int)(i64)v; break;
    case I8:
    case U8: ((u8*)y)[p] = (u8)(i64)v; break;
    default: ((u8*)y)[p] = v != 0;
  }
}
