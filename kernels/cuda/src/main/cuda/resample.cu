// Resampling of [N, C, H, W] planes to another size, nearest or bilinear, and its gradient.
//
// Where an output pixel lies among the input's is computed in f64 and unfused, as on the CPU, because
// a pixel that falls just left of a border has another neighbour than one just right of it.
#include "planes.cuh"
#include "walk.cuh"

struct Tap {
  int low, high;
  double weight;
};

__device__ __forceinline__ Tap tap(int bilinear, int align_corners, int o, int size, int out) {
  Tap t;
  if (!bilinear) {
    t.low = t.high = (int)((i64)o * size / out);
    t.weight = 0;
    return t;
  }
  double source;
  if (align_corners) {
    source = out == 1 ? 0 : (double)o * (size - 1) / (out - 1);
  } else {
    source = (o + 0.5) * size / out - 0.5;
    source = source > 0 ? source : 0;
  }
  t.low = (int)source;
  t.high = t.low + 1 < size ? t.low + 1 : size - 1;
  t.weight = source - t.low;
  return t;
}

extern "C" __global__ void interpolate(Planes px, Planes py, int bilinear, int align_corners,
                                       const T* x, T* y) {
  u32 i = thread_number();
  if (i >= py.count()) return;
  Place q = place_of(py, i);
  Tap r = tap(bilinear, align_corners, q.h, px.h, py.h);
  Tap c = tap(bilinear, align_corners, q.w, px.w, py.w);
  T* to = &y[py.at(q.n, q.c, q.h, q.w)];
  if (!bilinear) {
    *to = x[px.at(q.n, q.c, r.low, c.low)];
    return;
  }
#if defined(FLOATING)
  A a = get(x[px.at(q.n, q.c, r.low, c.low)]), b = get(x[px.at(q.n, q.c, r.low, c.high)]);
  A d = get(x[px.at(q.n, q.c, r.high, c.low)]), e = get(x[px.at(q.n, q.c, r.high, c.high)]);
  A upper = a + (A)c.weight * (b - a), lower = d + (A)c.weight * (e - d);
  *to = put(upper + (A)r.weight * (lower - upper));
#endif
}

#if defined(FLOATING)
// How much output pixel o takes from input pixel i.
__device__ __forceinline__ A share(const Tap& t, int i) {
  A w = 0;
  if (t.low == i) w += (A)(1 - t.weight);
  if (t.high == i) w += (A)t.weight;
  return w;
}

// The output pixels that may look at input pixel i: their centres lie within one pixel of it.
__device__ __forceinline__ void lookers(int bilinear, int align_corners, int i, int size, int out,
                                        int* first, int* last) {
  double from, to, scale;
  if (!bilinear || !align_corners || size == 1 || out == 1) {
    scale = (double)out / size;
    from = (i - 1) * scale - 2;
    to = (i + 2) * scale + 2;
  } else {
    scale = (double)(out - 1) / (size - 1);
    from = (i - 1) * scale - 1;
    to = (i + 1) * scale + 1;
  }
  *first = from > 0 ? (int)from : 0;
  *last = to < out - 1 ? (int)to : out - 1;
}

// Each input pixel gathers from the output pixels that looked at it.
extern "C" __global__ void interpolate_grad(Planes pg, Planes py, int bilinear, int align_corners,
                                            const T* g, T* y) {
  u32 i = thread_number();
  if (i >= py.count()) return;
  Place q = place_of(py, i);
  int first_h, last_h, first_w, last_w;
  lookers(bilinear, align_corners, q.h, py.h, pg.h, &first_h, &last_h);
  lookers(bilinear, align_corners, q.w, py.w, pg.w, &first_w, &last_w);
  A sum = 0;
#pragma unroll 1
  for (int oh = first_h; oh <= last_h; oh++) {
    Tap r = tap(bilinear, align_corners, oh, py.h, pg.h);
    if (r.low != q.h && r.high != q.h) continue;
    A row = bilinear ? share(r, q.h) : (A)1;
#pragma unroll 1
    for (int ow = first_w; ow <= last_w; ow++) {
      Tap c = tap(bilinear, align_corners, ow, py.w, pg.w);
      if (c.low != q.w && c.high != q.w) continue;
      A column = bilinear ? share(c, q.w) : (A)1;
      sum += row * column * get(g[pg.at(q.n, q.c, oh, ow)]);
    }
  }
  y[py.at(q.n, q.c, q.h, q.w)] = put(sum);
}
#endif
