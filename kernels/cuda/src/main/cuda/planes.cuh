// Batches of planes [N, C, H, W] in any memory order.
#pragma once
#include "types.cuh"

struct Planes {
  int n, c, h, w;
  i64 sn, sc, sh, sw;

  __device__ __forceinline__ u32 count() const { return (u32)n * c * h * w; }
  __device__ __forceinline__ i64 at(int in, int ic, int ih, int iw) const {
    return in * sn + ic * sc + ih * sh + iw * sw;
  }
};

struct Place {
  int n, c, h, w;
};

// Place number i in memory order: channels innermost if they have stride 1, else columns.
__device__ __forceinline__ Place place_of(const Planes& p, u32 i) {
  Place q;
  if (p.sc == 1 && p.sw != 1) {
    q.c = i % p.c;
    i /= p.c;
    q.w = i % p.w;
    i /= p.w;
    q.h = i % p.h;
    q.n = i / p.h;
  } else {
    q.w = i % p.w;
    i /= p.w;
    q.h = i % p.h;
    i /= p.h;
    q.c = i % p.c;
    q.n = i / p.c;
  }
  return q;
}
