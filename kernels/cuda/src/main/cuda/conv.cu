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
#if defined(TENSOR_CORES)
#include "tensor_product.cuh"
#else
#include "product.cuh"
#endif
#include "planes.cuh"
#include "walk.cuh"

// A line or step that has no element.
static constexpr i64 OUTSIDE = -0x7FFFFFFFFFFFFFFFll;

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
  const T* x;
  struct Where {
    i64 base;
    int h, w;
  };
  __device__ __forceinline__ Where of_pixel(int i) const {
    Pixel p = pixel(v.y, i);
    Where l;
    l.h = p.n < 0 ? -0x40000000 : p.h * v.stride_h - v.padding_h;
    l.w = p.w * v.stride_w - v.padding_w;
    l.base = p.n < 0 ? 0 : p.n * v.x.sn + l.h * v.x.sh + l.w * v.x.sw;
    return l;
  }
  __device__ __forceinline__ Where of_tap(int k) const {
    Tap t = tap(v.f, k, v.f.per_group);
    Where s;
    s.h = t.h < v.f.kh ? t.h * v.dilation_h : -0x40000000;
    s.w = t.w * v.dilation_w;
    s.base = s.h < 0 ? 0 : s.h * v.x.sh + s.w * v.x.sw + t.channel * v.x.sc;
    return s;
  }
  __device__ __forceinline__ T at(const Where& a, const Where& b) const {
    int h = a.h + b.h, w = a.w + b.w;
    bool inside = h >= 0 && h < v.x.h && w >= 0 && w < v.x.w;
    return inside ? x[a.base + b.base] : (T)0;
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
  const T* g;
  struct Line {
    i64 base;
    int h, w;
  };
  struct Step {
    i64 base;
    int h, w;
  };
  __device__ __forceinline__ Line line(int i) const {
    Pixel p = pixel(v.x, i);
    return {p.n < 0 ? 0 : p.n * v.y.sn, p.n < 0 ? -0x40000000 : p.h + v.padding_h,
            p.w + v.padding_w};
  }
  __device__ __forceinline__ Step step(int k) const {
    Tap t = tap(v.f, k, v.outputs);
    return {t.channel * v.y.sc, t.h * v.dilation_h, t.w * v.dilation_w};
  }
  __device__ __forceinline__ T at(const Line& l, const Step& s) const {
    int h = l.h - s.h, w = l.w - s.w;
    if (h < 0 || w < 0) return (T)0;
    int oh = h / v.stride_h, ow = w / v.stride_w;
    bool met = oh * v.stride_h == h && ow * v.stride_w == w && oh < v.y.h && ow < v.y.w;
    return met ? g[l.base + s.base + oh * v.y.sh + ow * v.y.sw] : (T)0;
  }
};

// The output gradient by channel and pixel.
struct Gradients {
  const Conv& v;
  const T* g;
  typedef i64 Line;
  typedef i64 Step;
  __device__ __forceinline__ Line line(int i) const {
    return i < v.outputs ? i * v.y.sc : OUTSIDE;
  }
  __device__ __forceinline__ Step step(int k) const {
    Pixel p = pixel(v.y, k);
    return p.n < 0 ? OUTSIDE : p.n * v.y.sn + p.h * v.y.sh + p.w * v.y.sw;
  }
  __device__ __forceinline__ T at(Line l, Step s) const {
    return l == OUTSIDE || s == OUTSIDE ? (T)0 : g[l + s];
  }
};

// Filters: lines are one side of the channels, steps are taps with the other side.
struct Filters {
  const Conv& v;
  const T* weight;
  int lines, channels;
  i64 line_stride, channel_stride;
  typedef i64 Line;
  typedef i64 Step;
  __device__ __forceinline__ Line line(int i) const { return i < lines ? i * line_stride : OUTSIDE; }
  __device__ __forceinline__ Step step(int k) const {
    Tap t = tap(v.f, k, channels);
    return t.channel * channel_stride + t.h * v.f.sh + t.w * v.f.sw;
  }
  __device__ __forceinline__ T at(Line l, Step s) const {
    return l == OUTSIDE ? (T)0 : weight[l + s];
  }
};

// A result of pixels by channels.
struct Image {
  const Planes& p;
  T* y;
  int channels;
  const T* bias;
  i64 bias_stride;
  __device__ __forceinline__ void operator()(int m, int n, A sum) const {
    Pixel q = pixel(p, m);
    if (q.n < 0 || n >= channels) return;
    if (bias) sum += get(bias[n * bias_stride]);
    y[p.at(q.n, n, q.h, q.w)] = put(sum);
  }
};

// A part of the weight gradient, in scratch memory: [split][O][KH, KW, C / G].
struct Part {
  A* part;
  int rows, columns;
  __device__ __forceinline__ void operator()(int m, int n, A sum) const {
    if (m < rows && n < columns) part[(i64)m * columns + n] = sum;
  }
};

// blockIdx.z is the group. Across: neighbouring pixels rather than channels are neighbours in memory.
#define FORWARD(NAME, ACROSS)                                                                    \
  extern "C" __global__ void __launch_bounds__(PRODUCT_THREADS)                                  \
      NAME(Conv v, const T* x, const T* weight, T* y, const T* bias, i64 bias_stride) {          \
    int group = blockIdx.z, o = group * v.outputs;                                               \
    WindowLines a = {{v, x + group * v.f.per_group * v.x.sc}};                                   \
    Filters b = {v, weight + o * v.f.so, v.outputs, v.f.per_group, v.f.so, v.f.sc};              \
    Image c = {v.y, y + o * v.y.sc, v.outputs, bias ? bias + o * bias_stride : bias,             \
               bias_stride};                                                                     \
    int steps = v.f.kh * v.f.kw * v.f.per_group;                                                 \
    product<ACROSS, false>(a, b, blockIdx.x * SIDE, blockIdx.y * SIDE, 0, steps, c);             \
  }

FORWARD(conv_forward_s, false)
FORWARD(conv_forward_a, true)

#define INPUT_GRAD(NAME, ACROSS)                                                                 \
  extern "C" __global__ void __launch_bounds__(PRODUCT_THREADS)                                  \
      NAME(Conv v, const T* g, const T* weight, T* x) {                                          \
    int group = blockIdx.z, o = group * v.outputs, c0 = group * v.f.per_group;                   \
    Meetings a = {v, g + o * v.y.sc};                                                            \
    Filters b = {v, weight + o * v.f.so, v.f.per_group, v.outputs, v.f.sc, v.f.so};              \
    Image c = {v.x, x + c0 * v.x.sc, v.f.per_group, nullptr, 0};                                 \
    int steps = v.f.kh * v.f.kw * v.outputs;                                                     \
    product<ACROSS, true>(a, b, blockIdx.x * SIDE, blockIdx.y * SIDE, 0, steps, c);              \
  }

INPUT_GRAD(conv_input_grad_s, false)
INPUT_GRAD(conv_input_grad_a, true)

// The sum runs over all pixels of the batch, so it is split among blocks: blockIdx.z is split and
// group. The parts are added in order by conv_weight_grad_sum.
#define WEIGHT_GRAD(NAME, ACROSS)                                                                \
  extern "C" __global__ void __launch_bounds__(PRODUCT_THREADS)                                  \
      NAME(Conv v, const T* x, const T* g, A* parts, int groups, int per_split) {                \
    int group = blockIdx.z % groups, split = blockIdx.z / groups;                                \
    int columns = v.f.kh * v.f.kw * v.f.per_group, pixels = v.y.n * v.y.h * v.y.w;               \
    Gradients a = {v, g + group * v.outputs * v.y.sc};                                           \
    WindowSteps b = {{v, x + group * v.f.per_group * v.x.sc}};                                   \
    Part c = {parts + ((i64)split * groups + group) * v.outputs * columns, v.outputs, columns};  \
    int from = split * per_split, end = min(from + per_split, pixels);                           \
    product<ACROSS, ACROSS>(a, b, blockIdx.x * SIDE, blockIdx.y * SIDE, from, end, c);           \
  }

WEIGHT_GRAD(conv_weight_grad_s, false)
WEIGHT_GRAD(conv_weight_grad_a, true)

extern "C" __global__ void conv_weight_grad_sum(Conv v, const A* parts, T* weight, int filters,
                                                int splits) {
  u32 i = thread_number();
  int columns = v.f.kh * v.f.kw * v.f.per_group;
  u32 count = (u32)filters * columns;
  if (i >= count) return;
  A sum = 0;
#pragma unroll 1
  for (int s = 0; s < splits; s++) sum += parts[s * (i64)count + i];
  int o = i / columns;
  Tap t = tap(v.f, i - o * columns, v.f.per_group);
  weight[o * v.f.so + t.channel * v.f.sc + t.h * v.f.sh + t.w * v.f.sw] = put(sum);
}
