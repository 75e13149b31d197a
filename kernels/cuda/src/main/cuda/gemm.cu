// Matrix products with any strides, batched; and with a bias, a layer. f32, f64 and integers by
// product.cuh; f16 and bf16, compiled with -DTENSOR_CORES, by mma.sync.
#if defined(TENSOR_CORES)
#include "tensor_product.cuh"
#else
#include "product.cuh"
#endif
#include "walk.cuh"

static constexpr i64 OUTSIDE = -0x7FFFFFFFFFFFFFFFll;

struct Matrix {
  const T* p;
  i64 line_stride, step_stride;
  int lines;
  typedef i64 Line;
  typedef i64 Step;
  __device__ __forceinline__ Line line(int i) const { return i < lines ? i * line_stride : OUTSIDE; }
  __device__ __forceinline__ Step step(int k) const { return k * step_stride; }
  __device__ __forceinline__ T at(Line l, Step s) const { return l == OUTSIDE ? (T)0 : p[l + s]; }
};

struct Output {
  T* p;
  i64 row_stride, column_stride;
  int rows, columns;
  const T* bias;
  i64 bias_stride;
  __device__ __forceinline__ void operator()(int m, int n, A v) const {
    if (m >= rows || n >= columns) return;
    if (bias) v += get(bias[n * bias_stride]);
    p[m * row_stride + n * column_stride] = put(v);
  }
};

struct Strides {
  i64 a_row, a_step, b_column, b_step, c_row, c_column, bias;
};

// batch: a, b, c at matrix blockIdx.z. Across: neighbouring lines are neighbours in memory.
#define GEMM(NAME, A_ACROSS, B_ACROSS)                                                         \
  extern "C" __global__ void __launch_bounds__(PRODUCT_THREADS)                                \
      NAME(int m, int n, int k, Walk<3> batch, Strides s, const T* a, const T* b, T* c,        \
           const T* bias) {                                                                    \
    i64 at[3];                                                                                 \
    batch.locate(blockIdx.z, at);                                                              \
    Matrix x = {a + at[0], s.a_row, s.a_step, m};                                              \
    Matrix y = {b + at[1], s.b_column, s.b_step, n};                                           \
    Output z = {c + at[2], s.c_row, s.c_column, m, n, bias, s.bias};                           \
    product<A_ACROSS, B_ACROSS>(x, y, blockIdx.x * SIDE, blockIdx.y * SIDE, 0, k, z);          \
  }

GEMM(gemm_ss, false, false)
GEMM(gemm_sa, false, true)
GEMM(gemm_as, true, false)
GEMM(gemm_aa, true, true)
