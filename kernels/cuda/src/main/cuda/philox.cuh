// The counter-based generator Philox4x32-10 (Salmon et al., SC 2011), the same stream as on the CPU:
// element i takes word i % 4 of the block with key `seed` and counter (i / 4, stream). It has no
// state, so any thread can have any number.
#pragma once
#include "types.cuh"

struct PhiloxBlock {
  u32 word[4];
};

__device__ __forceinline__ PhiloxBlock philox_block(u64 seed, u64 stream, u64 block) {
  u32 c0 = (u32)block, c1 = (u32)(block >> 32), c2 = (u32)stream, c3 = (u32)(stream >> 32);
  u32 k0 = (u32)seed, k1 = (u32)(seed >> 32);
#pragma unroll
  for (int round = 0; round < 10; round++) {
    u32 h0 = __umulhi(0xD2511F53u, c0), l0 = 0xD2511F53u * c0;
    u32 h1 = __umulhi(0xCD9E8D57u, c2), l1 = 0xCD9E8D57u * c2;
    c0 = h1 ^ c1 ^ k0;
    c2 = h0 ^ c3 ^ k1;
    c1 = l1;
    c3 = l0;
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  return {{c0, c1, c2, c3}};
}

__device__ __forceinline__ u32 philox_word(u64 seed, u64 stream, u64 i) {
  PhiloxBlock b = philox_block(seed, stream, i >> 2);
  u32 low = (i & 1) ? b.word[1] : b.word[0];
  u32 high = (i & 1) ? b.word[3] : b.word[2];
  return (i & 2) ? high : low;
}

// Uniform on [0, 1) in steps of 2^-24.
__device__ __forceinline__ double uniform24(u32 word) { return (word >> 8) * 0x1p-24; }

// 53 random bits from the words 2i and 2i + 1.
__device__ __forceinline__ u64 bits53(u64 seed, u64 stream, u64 i) {
  PhiloxBlock b = philox_block(seed, stream, i >> 1);
  u32 high = (i & 1) ? b.word[2] : b.word[0];
  u32 low = (i & 1) ? b.word[3] : b.word[1];
  return ((u64)(high >> 5) << 26) + (low >> 6);
}
