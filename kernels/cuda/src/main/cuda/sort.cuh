// What is sorted: an element's value as an unsigned number in the same order, then its index, so that
// no two entries are equal, equal elements keep their places, and any way of sorting is a stable one.
#pragma once
#include "types.cuh"

#if defined(DTYPE_F64) || defined(DTYPE_I64)
typedef u64 Key;

struct __align__(16) Entry {
  Key key;
  u32 index;
};
__device__ __forceinline__ bool operator<(const Entry& a, const Entry& b) {
  return a.key < b.key || (a.key == b.key && a.index < b.index);
}
__device__ __forceinline__ Entry entry(Key key, u32 index) { return {key, index}; }
__device__ __forceinline__ u32 index_of(const Entry& e) { return e.index; }
#else
// Both in one number, so that one comparison is enough.
typedef u32 Key;
typedef u64 Entry;
__device__ __forceinline__ Entry entry(Key key, u32 index) { return (u64)key << 32 | index; }
__device__ __forceinline__ u32 index_of(Entry e) { return (u32)e; }
#endif

#define SIGN ((Key)1 << (8 * sizeof(Key) - 1))

// Floats are signed magnitudes: negative ones must have all their bits turned over, the others only
// the sign. Integers are two's complement, for which the sign is enough. NaN is the largest number.
#if defined(FLOATING)
#if defined(DTYPE_F64)
__device__ __forceinline__ Key bits_of(A v) { return (Key)__double_as_longlong(v); }
#else
__device__ __forceinline__ Key bits_of(A v) { return __float_as_uint(v); }
#endif
__device__ __forceinline__ Key ascending_key(A v) {
  if (is_nan(v)) return ~(Key)0;
  Key bits = v == 0 ? 0 : bits_of(v);  // -0 equals 0
  return bits & SIGN ? ~bits : bits | SIGN;
}
#else
__device__ __forceinline__ Key ascending_key(A v) { return (Key)v ^ SIGN; }
#endif

__device__ __forceinline__ Key key_of(T x, int descending) {
  Key key = ascending_key(get(x));
  return descending ? ~key : key;
}

// Comes after every entry of an element.
__device__ __forceinline__ Entry last_entry() { return entry(~(Key)0, ~0u); }
