// Four neighbouring elements in one access of up to 16 bytes: what a memory-bound kernel needs to
// reach the bandwidth of the memory. The host calls these paths for aligned, gapless tensors only.
#pragma once
#include "types.cuh"

#define LANES 4

template <class E> struct Four;
template <> struct Four<double> { double2 lo, hi; };
template <> struct Four<i64> { longlong2 lo, hi; };
template <> struct Four<u64> { ulonglong2 lo, hi; };
template <> struct Four<float> { float4 all; };
template <> struct Four<int> { int4 all; };
template <> struct Four<u32> { uint4 all; };
template <> struct Four<u16> { ushort4 all; };
template <> struct Four<u8> { uchar4 all; };
template <> struct Four<signed char> { char4 all; };

template <class E>
__device__ __forceinline__ void load4(const E* p, E (&x)[LANES]) {
  *reinterpret_cast<Four<E>*>(x) = *reinterpret_cast<const Four<E>*>(p);
}

template <class E>
__device__ __forceinline__ void store4(E* p, const E (&x)[LANES]) {
  *reinterpret_cast<Four<E>*>(p) = *reinterpret_cast<const Four<E>*>(x);
}
