// Convolution and its two gradients as implicit products: the matrix of all windows (im2col) is
// never written, its elements are found in the image when a tile asks for them. Any stride, padding,
// dilation and groups. Shapes: x [N, C, H, W], weight [O, C / G, KH, KW], y [N, O, OH, OW].
//
//                 rows of the result   columns      sum over
//   forward       n, oh, ow            o            kh, kw, c
//   input grad    n, ih, iw            c            kh, kw, o
//   weight grad   o                    kh, kw, c    n, oh, ow
//
// Channels are the fastest of a sum, because images and filters lie channels-last if they can.
#pragma once
#if defined(TENSOR_CORES)
#include "tensor_product.cuh"
#else
#include "product.cuh"
#endif
#include "planes.cuh"
#include "walk.cuh"

// How far an element is from the first: an int, if the file that includes this says that it fits.
#if defined(SMALL_OFFSETS)
typedef int Offset;
static constexpr Offset NOWHERE = -0x7FFFFFFF;
#else
typedef i64 Offset;
static constexpr Offset NOWHERE = OUTSIDE;
#endif

__device__ __forceinline__ Offset along(i64 stride, int i) { return (Offset)stride * i; }

struct Filter {
  i64 so, sc, sh, sw;
  int kh, kw, per_group;  // per_group: C / G
};

struct Conv {
  Planes x, y;
  Filter f;
  int stride_h, stride_w, padding_h, padding_w, dilation_h, dilation_w, outputs;  // outputs: O / G
};

// A pixel of `of`, or none: n is -1.
struct Pixel {
  int n, h, w;
};

__device__ __forceinline__ Pixel pixel(const Planes& of, int i) {
  Pixel p;
  int t = i / of.w;
  p.w = i - t * of.w;
  int u = t / of.h;
  p.h = t - u * of.h;
  p.n = u < of.n ? u : -1;
  return p;
}

// Place of a step (or line) kh, kw, channel.
struct Tap {
  int h, w, channel;
};

__device__ __forceinline__ Tap tap(const Filter& f, int i, int channels) {
  Tap t;
  int u = i / channels;
  t.channel = i - u * channels;
  t.h = u / f.kw;
  t.w = u - t.h * f.kw;
  return t;
}

// x under the windows: lines are output pixels and steps taps, or the other way round.
struct Windows {
  const Conv& v;
  const T* p;
  struct Where {
    Offset base;
    int h, w;
  };
  __device__ __forceinline__ Where of_pixel(int i) const {
    Pixel q = pixel(v.y, i);
    Where l;
    l.h = q.n < 0 ? -0x40000000 : q.h * v.stride_h - v.padding_h;
    l.w = q.w * v.stride_w - v.padding_w;
    l.base = q.n < 0 ? 0 : along(v.x.sn, q.n) + along(v.x.sh, l.h) + along(v.x.sw, l.w);
    return l;
  }
  __device__ __forceinline__ Where of_tap(int k) const {
    Tap t = tap(v.f, k, v.f.per_group);
    Where s;
    s.h = t.h < v.f.kh ? t.h * v.dilation_h : -0x40000000;
    s.w = t.w * v.dilation_w;
    s.base = s.h < 0 ? 0
                     : along(v.x.sh, s.h) + along(v.x.sw, s.w) + along(v.x.sc, t.channel);
    return s;
  }
  __device__ __forceinline__ const T* find(const Where& a, const Where& b) const {
    int h = a.h + b.h, w = a.w + b.w;
    bool inside = h >= 0 && h < v.x.h && w >= 0 && w < v.x.w;
    return inside ? p + (a.base + b.base) : nullptr;
  }
};

struct WindowLines : Windows {
  typedef Where Line;
  typedef Where Step;
  __device__ __forceinline__ Line line(int i) const { return of_pixel(i); }
  __device__ __forceinline__ Step step(int k) const { return of_tap(k); }
};

struct WindowSteps : Windows {
  typedef Where Line;
  typedef Where Step;
  __device__ __forceinline__ Line line(int i) const { return of_tap(i); }
  __device__ __forceinline__ Step step(int k) const { return of_pixel(k); }
};

// The output gradient as an input pixel meets it: input row ih saw output row oh through tap kh where
// ih + padding - kh * dilation = oh * stride.
struct Meetings {
  const Conv& v;
  const T* p;
  struct Line {
    Offset base;
    int h, w;
  };
  struct Step {
    Offset base;
    int h, w;
  };
  __device__ __forceinline__ Line line(int i) const {
    Pixel q = pixel(v.x, i);
    return {q.n < 0 ? 0 : along(v.y.sn, q.n), q.n < 0 ? -0x40000000 : q.h + v.padding_h,
            q.w + v.padding_w};
  }
  __device__ __forceinline__ Step step(int k) const {
    Tap t = tap(v.f, k, v.outputs);
    return {along(v.y.sc, t.channel), t.h * v.dilation_h, t.w * v.dilation_w};
  }
  __device__ __forceinline__ const T* find(const Line& l, const Step& s) const {
    int h = l.h - s.h, w = l.w - s.w;
    if (h < 0 || w < 0) return nullptr;
    int oh = h / v.stride_h, ow = w / v.stride_w;
    bool met = oh * v.stride_h == h && ow * v.stride_w == w && oh < v.y.h && ow < v.y.w;
    return met ? p + (l.base + s.base + along(v.y.sh, oh) + along(v.y.sw, ow)) : nullptr;
  }
};

// The output gradient by channel and pixel.
struct Gradients {
  const Conv& v;
  const T* p;
  typedef Offset Line;
  typedef Offset Step;
  __device__ __forceinline__ Line line(int i) const {
    return i < v.outputs ? along(v.y.sc, i) : NOWHERE;
  }
  __device__ __forceinline__ Step step(int k) const {
    Pixel q = pixel(v.y, k);
    return q.n < 0 ? NOWHERE : along(v.y.sn, q.n) + along(v.y.sh, q.h) + along(v.y.sw, q.w);
  }
  __device__ __forceinline__ const T* find(Line l, Step s) const {
    return l == NOWHERE || s == NOWHERE ? nullptr : p + (l + s);
  }
};

// Filters: lines are one side of the channels, steps are taps with the other side.
struct Filters {
  const Conv& v;
  const T* p;
  int lines, channels;
  i64 line_stride, channel_stride;
  typedef Offset Line;
  typedef Offset Step;
  __device__ __forceinline__ Line line(int i) const { return i < lines ? along(line_stride, i) : NOWHERE; }
  __device__ __forceinline__ Step step(int k) const {
    Tap t = tap(v.f, k, channels);
    return along(channel_stride, t.channel) + along(v.f.sh, t.h) + along(v.f.sw, t.w);
  }
  __device__ __forceinline__ const T* find(Line l, Step s) const {
    return l == NOWHERE ? nullptr : p + (l + s);
  }
};

// A result of pixels by channels.
template <bool WIDE>
struct Image {
  static constexpr bool BIASED = true;
  const Planes& of;
  T* p;
  int channels;
  const T* bias;
  i64 bias_stride;
  Epilogue end;
  __device__ __forceinline__ A bias_of(int n) const {
    return bias && n < channels ? get(bias[n * bias_stride]) : (A)0;
  }
  typedef T* Row;
  __device__ __forceinline__ Row row(int m) const {
    Pixel q = pixel(of, m);
    return q.n < 0 ? nullptr : p + of.at(q.n, 0, q.h, q.w);
  }
  template <int N>
  __device__ __forceinline__ void write(Row to, int n, A (&v)[N]) const {
    if (!to) return;
    finish<WIDE>(end, to - p, n, channels, of.sc, false, v);
    write_row<WIDE>(to, n, channels, of.sc, false, v);
  }
};

// A part of the weight gradient, in scratch memory: [split][O][KH, KW, C / G].
template <bool WIDE>
struct Part {
  static constexpr bool BIASED = false;
  A* p;
  int rows, columns;
  typedef A* Row;
  __device__ __forceinline__ Row row(int m) const {
    return m < rows ? p + (i64)m * columns : nullptr;
  }
  template <int N>
  __device__ __forceinline__ void write(Row to, int n, const A (&v)[N]) const {
    if (to) write_row<WIDE>(to, n, columns, 1, false, v);
  }
};

// blockIdx.z is the group. Across: neighbouring lines of the image are neighbours in memory.
#define FORWARD(NAME, P, ACROSS, WIDE)                                                           \
  extern "C" __global__ void __launch_bounds__(PRODUCT_THREADS, P)                               \
      NAME(Conv v, const T* x, const T* weight, T* y, const T* bias, i64 bias_stride,            \
           const T* residual, int relu) {                                                        \
    int group = blockIdx.z, o = group * v.outputs;                                               \
    WindowLines a = {{v, x + group * v.f.per_group * v.x.sc}};                                   \
    Filters b = {v, weight + o * v.f.so, v.outputs, v.f.per_group, v.f.so, v.f.sc};              \
    Image<WIDE> c = {v.y, y + o * v.y.sc, v.outputs, bias ? bias + o * bias_stride : bias,       \
                     bias_stride, {residual ? residual + o * v.y.sc : residual, relu}};          \
    int steps = v.f.kh * v.f.kw * v.f.per_group;                                                 \
    product<P, ACROSS, false, WIDE>(a, b, blockIdx.x * 64 * P, blockIdx.y * 64 * P, 0, steps, c); \
  }

#define INPUT_GRAD(NAME, P, ACROSS, WIDE)                                                        \
  extern "C" __global__ void __launch_bounds__(PRODUCT_THREADS, P)                               \
      NAME(Conv v, const T* g, const T* weight, T* x) {                                          \
    int group = blockIdx.z, o = group * v.outputs, c0 = group * v.f.per_group;                   \
    Meetings a = {v, g + o * v.y.sc};                                                            \
    Filters b = {v, weight + o * v.f.so, v.f.per_group, v.outputs, v.f.sc, v.f.so};              \
    Image<WIDE> c = {v.x, x + c0 * v.x.sc, v.f.per_group, nullptr, 0};                           \
    int steps = v.f.kh * v.f.kw * v.outputs;                                                     \
    product<P, ACROSS, true, WIDE>(a, b, blockIdx.x * 64 * P, blockIdx.y * 64 * P, 0, steps, c);  \
  }

// The sum runs over all pixels of the batch, so it is split among blocks: blockIdx.z is split and
// group. The parts are added in order by conv_weight_grad_sum. Lines are channels and steps pixels.
#define WEIGHT_GRAD(NAME, P, ACROSS, WIDE)                                                       \
  extern "C" __global__ void __launch_bounds__(PRODUCT_THREADS, P)                               \
      NAME(Conv v, const T* x, const T* g, A* parts, int groups, int per_split) {                \
    int group = blockIdx.z % groups, split = blockIdx.z / groups;                                \
    int columns = v.f.kh * v.f.kw * v.f.per_group, pixels = v.y.n * v.y.h * v.y.w;               \
    Gradients a = {v, g + group * v.outputs * v.y.sc};                                           \
    WindowSteps b = {{v, x + group * v.f.per_group * v.x.sc}};                                   \
    Part<WIDE> c = {parts + ((i64)split * groups + group) * v.outputs * columns, v.outputs,      \
                    columns};                                                                    \
    int from = split * per_split, end = min(from + per_split, pixels);                           \
    product<P, ACROSS, ACROSS, WIDE>(a, b, blockIdx.x * 64 * P, blockIdx.y * 64 * P, from, end, c); \
  }
