// Ranges and random numbers. The host has chosen the dtype of the output at compile time; arithmetic
// is in f64 and unfused, so that the numbers are those of the CPU, bit for bit.
#include "fdlibm.cuh"
#include "philox.cuh"
#include "replay.cuh"
#include "walk.cuh"

#if defined(FLOATING)
__device__ __forceinline__ T from_double(double v) { return put((A)v); }
#else
__device__ __forceinline__ T from_double(double v) { return put((i64)v); }
#endif

extern "C" __global__ void range(Walk<1> w, T* y, double start, double step) {
  u32 i = thread_number();
  if (i >= w.count) return;
  i64 at[1];
  w.locate(i, at);
  y[at[0]] = from_double(start + i * step);
}

#if defined(FLOATING)
#if defined(DTYPE_F64)
__device__ __forceinline__ double unit(u64 seed, u64 stream, u64 i, int plus) {
  return (bits53(seed, stream, i) + plus) * 0x1p-53;
}
#else
__device__ __forceinline__ double unit(u64 seed, u64 stream, u64 i, int plus) {
  return ((philox_word(seed, stream, i) >> 8) + plus) * 0x1p-24;
}
#endif

// Uniform on [a, b).
extern "C" __global__ void random_uniform(Walk<1> w, T* y, double a, double b, u64 seed,
                                          u64 stream, const Replay* replay) {
  stream += replay->streams;
  u32 i = thread_number();
  if (i >= w.count) return;
  i64 at[1];
  w.locate(i, at);
  y[at[0]] = from_double(a + (b - a) * unit(seed, stream, i, 0));
}

// Normal with mean a and deviation b, by the transform of Box and Muller (1958): elements 2j and
// 2j + 1 are the coordinates of one random point.
extern "C" __global__ void random_normal(Walk<1> w, T* y, double a, double b, u64 seed, u64 stream, const Replay* replay) {
  stream += replay->streams;
  u32 i = thread_number();
  if (i >= w.count) return;
  u64 even = i & ~1u;
  double radius = sqrt(-2 * fdlibm_log(unit(seed, stream, even, 1)));
  double angle = 2 * 3.14159265358979311600 * unit(seed, stream, even + 1, 0);
  i64 at[1];
  w.locate(i, at);
  y[at[0]] = from_double(a + b * (radius * fdlibm_wave(angle, (i & 1) ? 0 : 1)));
}
#endif

// Integers from low to high - 1.
extern "C" __global__ void random_integer(Walk<1> w, T* y, i64 low, i64 high, u64 seed,
                                          u64 stream, const Replay* replay) {
  stream += replay->streams;
  u32 i = thread_number();
  if (i >= w.count) return;
  PhiloxBlock block = philox_block(seed, stream, (u64)i >> 1);
  u32 upper = (i & 1) ? block.word[2] : block.word[0];
  u32 lower = (i & 1) ? block.word[3] : block.word[1];
  u64 bits = ((u64)upper << 32) | lower;
  i64 v = low + (i64)__umul64hi(bits, (u64)(high - low));
  i64 at[1];
  w.locate(i, at);
#if defined(FLOATING)
  y[at[0]] = put((A)v);
#else
  y[at[0]] = put(v);
#endif
}
