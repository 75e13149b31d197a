// Adding where places may repeat: gradients of look-ups, gathers and pooling. Atomic additions, for
// which any number of threads may come to one place; the last kernel rounds once, so that f16 does
// not round after every addition and integers do not wrap early.
//
// Floating additions in an order that nobody knows would give other bits in every run. So they are
// made in fixed point, as integers, whose sum is the same in any order (Le Grand, Goetz and Walker
// 2013): a first pass notes the largest exponent that comes to each place, the second adds every
// value as a multiple of a power of two that leaves room for all of them. With n additions a value
// keeps 62 - log2(n) bits below the largest of its place, for f64 twice that in two integers; more
// than a sum in floating point would keep.
#include "faults.cuh"
#include "indices.cuh"
#include "walk.cuh"

#if defined(DTYPE_F64)
#define LIMBS 2
#define EXPONENT_MASK 0x7FF
#define EXPONENT_BIAS 1023
__device__ __forceinline__ u32 exponent(double v) {
  return (u32)((u64)__double_as_longlong(v) >> 52) & EXPONENT_MASK;
}
#else
#define LIMBS 1
#define EXPONENT_MASK 0xFF
#define EXPONENT_BIAS 127
__device__ __forceinline__ u32 exponent(float v) {
  return __float_as_uint(v) >> 23 & EXPONENT_MASK;
}
#endif

// Sums, LIMBS integers each, all the first ones before the second. `largest` (for floats) has the
// biased exponent of the largest value that comes to each, 0 where none does.
struct Sums {
  i64* parts;
  u32* largest;
  i64 count;
  int bits;       // that a value may have, so that no sum of all of them overflows
  int measuring;  // whether this pass is the first
};

#if defined(FLOATING)
// In parts[0] of a place to which an infinity or NaN comes.
#define PLUS_INFINITY 1
#define MINUS_INFINITY 2
#define NOT_A_NUMBER 4

// v * 2^power, for powers beyond what one factor can have.
__device__ __forceinline__ double scaled(double v, int power) {
  int half = power / 2;
  return v * __longlong_as_double((i64)(1023 + half) << 52) *
         __longlong_as_double((i64)(1023 + power - half) << 52);
}

// The power of two that brings values of this biased exponent to just below 2^bits.
__device__ __forceinline__ int to_fixed(u32 largest, int bits) {
  return bits - 1 - ((int)largest - EXPONENT_BIAS);
}

__device__ __forceinline__ void add_part(i64* p, i64 v) { atomicAdd((u64*)p, (u64)v); }

__device__ __forceinline__ void add(const Sums& s, i64 p, A v) {
  if (s.measuring) {
    // A subnormal number has the exponent of the smallest normal ones.
    u32 e = exponent(v) > 1 ? exponent(v) : 1;
    if (e > s.largest[p]) atomicMax(&s.largest[p], e);
    return;
  }
  u32 largest = s.largest[p];
  if (largest == EXPONENT_MASK) {
    if (v != v || v == infinity() || v == -infinity()) {
      int kind = v != v ? NOT_A_NUMBER : v > 0 ? PLUS_INFINITY : MINUS_INFINITY;
      atomicOr((u64*)&s.parts[p], (u64)kind);
    }
    return;
  }
  double fixed = scaled(v, to_fixed(largest, s.bits));
  i64 whole = __double2ll_rn(fixed);
  add_part(&s.parts[p], whole);
  if (LIMBS == 2) {
    double rest = (fixed - (double)whole) * __longlong_as_double((i64)(1023 + s.bits) << 52);
    add_part(&s.parts[s.count + p], __double2ll_rn(rest));
  }
}

__device__ __forceinline__ A total(const Sums& s, i64 p) {
  i64 first = s.parts[p];
  u32 largest = s.largest[p];
  if (largest == EXPONENT_MASK) {
    if (first == PLUS_INFINITY) return infinity();
    return first == MINUS_INFINITY ? -infinity() : not_a_number();
  }
  double sum = (double)first;
  if (LIMBS == 2)
    sum += (double)s.parts[s.count + p] * __longlong_as_double((i64)(1023 - s.bits) << 52);
  return (A)scaled(sum, -to_fixed(largest, s.bits));
}
#else
__device__ __forceinline__ void add(const Sums& s, i64 p, A v) {
  atomicAdd((u64*)&s.parts[p], (u64)v);
}

__device__ __forceinline__ A total(const Sums& s, i64 p) { return s.parts[p]; }
#endif

// Walk: sums, y.
extern "C" __global__ void store_sums(Walk<2> w, const Sums sums, T* y) {
  u32 i = thread_number();
  if (i >= w.count) return;
  i64 at[2];
  w.locate(i, at);
  y[at[1]] = put(total(sums, at[0]));
}

// Walk: x, sums.
extern "C" __global__ void add_all(Walk<2> w, const T* x, const Sums sums) {
  u32 i = thread_number();
  if (i >= w.count) return;
  i64 at[2];
  w.locate(i, at);
  add(sums, at[1], get(x[at[0]]));
}

// Walk: g, index, sums with the axis standing still.
extern "C" __global__ void add_at(Walk<3> w, const T* g, const void* index, int wide,
                                  const Sums sums, i64 stride, i64 size, Fault* fault, int op) {
  u32 i = thread_number();
  if (i >= w.count) return;
  i64 at[3];
  w.locate(i, at);
  i64 place = read_index(index, at[1], wide);
  if (outside(place, size, fault, op)) return;
  add(sums, at[2] + place * stride, get(g[at[0]]));
}
