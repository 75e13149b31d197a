// Element types. A kernel file is compiled once for each of them, with -DDTYPE_F32 and so on, and
// speaks only of these names:
//
//   T          the element as it lies in memory (f16, bf16 and bool are mere bits)
//   A          the type of arithmetic: float for f32, f16 and bf16, double for f64, long for integers
//   get, put   from T to A and back; put rounds to nearest even, wraps integers, makes bool 0 or 1
#pragma once

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef long long i64;

__device__ __forceinline__ float half_to_float(u16 h) {
  float f;
  asm("cvt.f32.f16 %0, %1;" : "=f"(f) : "h"(h));
  return f;
}

__device__ __forceinline__ u16 float_to_half(float f) {
  u16 h;
  asm("cvt.rn.f16.f32 %0, %1;" : "=h"(h) : "f"(f));
  return h;
}

__device__ __forceinline__ float bfloat_to_float(u16 b) { return __uint_as_float((u32)b << 16); }

// bf16 is the upper half of an f32. Adding 0x7FFF, and one more if the last kept bit is set, carries
// into the upper half just when rounding to nearest even goes up. A NaN stays one.
__device__ __forceinline__ u16 float_to_bfloat(float f) {
  u32 bits = __float_as_uint(f);
  if (f != f) return (u16)((bits >> 16) | 0x40);
  return (u16)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
}

#if defined(DTYPE_F32)
#define FLOATING 1
typedef float T;
typedef float A;
__device__ __forceinline__ A get(T x) { return x; }
__device__ __forceinline__ T put(A x) { return x; }
#elif defined(DTYPE_F64)
#define FLOATING 1
typedef double T;
typedef double A;
__device__ __forceinline__ A get(T x) { return x; }
__device__ __forceinline__ T put(A x) { return x; }
#elif defined(DTYPE_F16)
#define FLOATING 1
typedef u16 T;
typedef float A;
__device__ __forceinline__ A get(T x) { return half_to_float(x); }
__device__ __forceinline__ T put(A x) { return float_to_half(x); }
#elif defined(DTYPE_BF16)
#define FLOATING 1
typedef u16 T;
typedef float A;
__device__ __forceinline__ A get(T x) { return bfloat_to_float(x); }
__device__ __forceinline__ T put(A x) { return float_to_bfloat(x); }
#elif defined(DTYPE_I64)
typedef i64 T;
typedef i64 A;
__device__ __forceinline__ A get(T x) { return x; }
__device__ __forceinline__ T put(A x) { return x; }
#elif defined(DTYPE_I32)
typedef int T;
typedef i64 A;
__device__ __forceinline__ A get(T x) { return x; }
__device__ __forceinline__ T put(A x) { return (T)x; }
#elif defined(DTYPE_I8)
typedef signed char T;
typedef i64 A;
__device__ __forceinline__ A get(T x) { return x; }
__device__ __forceinline__ T put(A x) { return (T)x; }
#elif defined(DTYPE_U8)
typedef u8 T;
typedef i64 A;
__device__ __forceinline__ A get(T x) { return x; }
__device__ __forceinline__ T put(A x) { return (T)x; }
#elif defined(DTYPE_BOOL)
typedef u8 T;
typedef i64 A;
__device__ __forceinline__ A get(T x) { return x; }
__device__ __forceinline__ T put(A x) { return x != 0; }
// Data that is only moved is compiled for each width instead.
#elif defined(DTYPE_B8)
typedef u8 T;
#elif defined(DTYPE_B16)
typedef u16 T;
#elif defined(DTYPE_B32)
typedef u32 T;
#elif defined(DTYPE_B64)
typedef u64 T;
#endif

#if defined(FLOATING)
__device__ __forceinline__ A not_a_number() { return (A)__int_as_float(0x7FC00000); }
__device__ __forceinline__ A infinity() { return (A)__int_as_float(0x7F800000); }

// As the engine defines them: NaN if either is NaN, and -0 below +0.
__device__ __forceinline__ A larger(A a, A b) {
  if (a != a || b != b) return not_a_number();
  if (a == b) return signbit(a) ? b : a;
  return a > b ? a : b;
}
__device__ __forceinline__ A smaller(A a, A b) {
  if (a != a || b != b) return not_a_number();
  if (a == b) return signbit(a) ? a : b;
  return a < b ? a : b;
}
// The order of sorting: NaN is the largest, and -0 equals 0.
__device__ __forceinline__ bool above(A a, A b) { return a > b || (a != a && b == b); }
__device__ __forceinline__ bool is_nan(A a) { return a != a; }
#elif !defined(DTYPE_B8) && !defined(DTYPE_B16) && !defined(DTYPE_B32) && !defined(DTYPE_B64)
__device__ __forceinline__ A larger(A a, A b) { return a > b ? a : b; }
__device__ __forceinline__ A smaller(A a, A b) { return a < b ? a : b; }
__device__ __forceinline__ bool above(A a, A b) { return a > b; }
__device__ __forceinline__ bool is_nan(A) { return false; }
#endif
