// Pooling of [N, C, H, W] planes: one thread for each element that is written.
//
// The gradients of pooling are gathers too: an input element asks which windows saw it, so no two
// threads add to one place and the result does not depend on their order.
#include "indices.cuh"
#include "planes.cuh"
#include "walk.cuh"

// A sliding window along one axis, or (kernel 0) the parts of adaptive pooling.
struct Axis {
  int kernel, stride, padding, dilation;
};

// The input rows that an output row sees: from, from + step, .. below to.
struct Span {
  int from, to, step, divisor;
};

__device__ __forceinline__ int ceil_div(int a, int b) { return (a + b - 1) / b; }

__device__ __forceinline__ Span span(const Axis& a, int o, int size, int out, int count_padding) {
  Span s;
  if (a.kernel == 0) {
    s.from = (int)((i64)o * size / out);
    s.to = (int)(((o + 1LL) * size + out - 1) / out);
    s.step = 1;
    s.divisor = s.to - s.from;
    return s;
  }
  int start = o * a.stride - a.padding;
  int end = start + (a.kernel - 1) * a.dilation + 1;
  s.from = start < 0 ? start + ceil_div(-start, a.dilation) * a.dilation : start;
  s.to = end < size ? end : size;
  s.step = a.dilation;
  // Padding counts, but what ceil mode lets hang over beyond it does not.
  int counted = end < size + a.padding ? end : size + a.padding;
  s.divisor = count_padding ? ceil_div(counted - start, a.dilation)
                            : ceil_div(s.to - s.from, a.dilation);
  return s;
}

extern "C" __global__ void max_pool(Planes px, Planes py, Planes pi, Axis rows, Axis columns,
                                    const T* x, T* y, void* index, int wide) {
  u32 i = thread_number();
  if (i >= py.count()) return;
  Place q = place_of(py, i);
  Span r = span(rows, q.h, px.h, py.h, 0), c = span(columns, q.w, px.w, py.w, 0);
  int best_h = r.from, best_w = c.from;
  const T* plane = x + q.n * px.sn + q.c * px.sc;
  T bits = plane[best_h * px.sh + best_w * px.sw];
  A best = get(bits);
#pragma unroll 1
  for (int h = r.from; h < r.to; h += r.step) {
#pragma unroll 1
    for (int w = c.from; w < c.to; w += c.step) {
      T candidate = plane[h * px.sh + w * px.sw];
      A v = get(candidate);
      if (above(v, best)) {
        bits = candidate;
        best = v;
        best_h = h;
        best_w = w;
      }
    }
  }
  y[py.at(q.n, q.c, q.h, q.w)] = bits;
  i64 p = pi.at(q.n, q.c, q.h, q.w), found = (i64)best_h * px.w + best_w;
  if (wide) {
    ((i64*)index)[p] = found;
  } else {
    ((int*)index)[p] = (int)found;
  }
}

#if defined(FLOATING)
extern "C" __global__ void avg_pool(Planes px, Planes py, Axis rows, Axis columns, int count_padding,
                                    const T* x, T* y) {
  u32 i = thread_number();
  if (i >= py.count()) return;
  Place q = place_of(py, i);
  Span r = span(rows, q.h, px.h, py.h, count_padding);
  Span c = span(columns, q.w, px.w, py.w, count_padding);
  A sum = 0;
#pragma unroll 1
  for (int h = r.from; h < r.to; h += r.step)
#pragma unroll 1
    for (int w = c.from; w < c.to; w += c.step) sum += get(x[px.at(q.n, q.c, h, w)]);
  y[py.at(q.n, q.c, q.h, q.w)] = put(sum / ((A)r.divisor * (A)c.divisor));
}

// First and last output row that can see input row h.
__device__ __forceinline__ void seers(const Axis& a, int h, int size, int out, int* first,
                                      int* last) {
  if (a.kernel == 0) {
    *first = (int)((i64)h * out / size);
    *last = (int)(((h + 1LL) * out + size - 1) / size) - 1;
  } else {
    int reach = h + a.padding - (a.kernel - 1) * a.dilation;
    *first = reach > 0 ? ceil_div(reach, a.stride) : 0;
    *last = (h + a.padding) / a.stride;
  }
  if (*last > out - 1) *last = out - 1;
}

__device__ __forceinline__ bool sees(const Span& s, int h) {
  return h >= s.from && h < s.to && (h - s.from) % s.step == 0;
}

extern "C" __global__ void avg_pool_grad(Planes pg, Planes py, Axis rows, Axis columns,
                                         int count_padding, const T* g, T* y) {
  u32 i = thread_number();
  if (i >= py.count()) return;
  Place q = place_of(py, i);
  int first_h, last_h, first_w, last_w;
  seers(rows, q.h, py.h, pg.h, &first_h, &last_h);
  seers(columns, q.w, py.w, pg.w, &first_w, &last_w);
  A sum = 0;
#pragma unroll 1
  for (int oh = first_h; oh <= last_h; oh++) {
    Span r = span(rows, oh, py.h, pg.h, count_padding);
    if (!sees(r, q.h)) continue;
#pragma unroll 1
    for (int ow = first_w; ow <= last_w; ow++) {
      Span c = span(columns, ow, py.w, pg.w, count_padding);
      if (sees(c, q.w)) sum += get(g[pg.at(q.n, q.c, oh, ow)]) / ((A)r.divisor * (A)c.divisor);
    }
  }
  y[py.at(q.n, q.c, q.h, q.w)] = put(sum);
}

// The gradient of max pooling asks the other way round, too: which of the windows that see an element
// chose it. An index is row * W + column.
extern "C" __global__ void max_pool_grad(Planes pg, Planes pi, Planes py, Axis rows, Axis columns,
                                         const T* g, const void* index, int wide, T* y) {
  u32 i = thread_number();
  if (i >= py.count()) return;
  Place q = place_of(py, i);
  int first_h, last_h, first_w, last_w;
  seers(rows, q.h, py.h, pg.h, &first_h, &last_h);
  seers(columns, q.w, py.w, pg.w, &first_w, &last_w);
  i64 mine = (i64)q.h * py.w + q.w;
  A sum = 0;
#pragma unroll 1
  for (int oh = first_h; oh <= last_h; oh++)
#pragma unroll 1
    for (int ow = first_w; ow <= last_w; ow++)
      if (read_index(index, pi.at(q.n, q.c, oh, ow), wide) == mine)
        sum += get(g[pg.at(q.n, q.c, oh, ow)]);
  y[py.at(q.n, q.c, q.h, q.w)] = put(sum);
}
#endif
