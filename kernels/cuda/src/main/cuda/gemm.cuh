// A kernel for each way in which the operands of a matrix product can lie.
#pragma once
#if defined(TENSOR_CORES)
#include "tensor_product.cuh"
#else
#include "product.cuh"
#endif
#include "matrix.cuh"
#include "walk.cuh"

struct Strides {
  i64 a_row, a_step, b_column, b_step, c_row, c_column, bias;
};

// The product, or, if there is `part`, only the sums of some steps, row by row, to be added up by
// gemm_sum: where results are few but sums long, blocks for parts of the sums keep a device busy.
template <bool WHOLE>
struct Result {
  static constexpr bool BIASED = true;
  Output<WHOLE> whole;
  A* part;

  __device__ __forceinline__ A bias_of(int n) const { return whole.bias_of(n); }
  typedef int Row;
  __device__ __forceinline__ Row row(int m) const { return m < whole.rows ? m : -1; }
  template <int N>
  __device__ __forceinline__ void write(Row m, int n, A (&v)[N]) const {
    if (m < 0) return;
    int columns = whole.columns;
    if (part) {
      write_row<WHOLE>(part + (i64)m * columns, n, columns, 1, columns % N == 0, v);
    } else {
      whole.write(whole.row(m), n, v);
    }
  }
};

// batch: a, b, c at a matrix. blockIdx.z is a part of `steps` steps and a matrix. Across: neighbouring
// lines are neighbours in memory. At least BLOCKS blocks are to run on a multiprocessor at once, which
// limits the registers of a thread.
#define GEMM(NAME, P, BLOCKS, A_ACROSS, B_ACROSS, WIDE)                                        \
  extern "C" __global__ void __launch_bounds__(PRODUCT_THREADS, BLOCKS)                        \
      NAME(int m, int n, int k, int steps, Walk<3> batch, Strides s, const T* a, const T* b,   \
           T* c, const T* bias, A* parts, const T* residual, int relu) {                       \
    i64 at[3];                                                                                 \
    int from = blockIdx.z / batch.count * steps, end = min(from + steps, k);                   \
    batch.locate(blockIdx.z % batch.count, at);                                                \
    Matrix x = {a + at[0], s.a_row, s.a_step, m};                                              \
    Matrix y = {b + at[1], s.b_column, s.b_step, n};                                           \
    T* to = c + at[2];                                                                         \
    bool pairs = s.c_column == 1 && s.c_row % 2 == 0 && (u64)to % (2 * sizeof(T)) == 0;        \
    Result<WIDE && CHUNK == 4> z = {                                                           \
        {to, s.c_row, s.c_column, m, n, bias, s.bias, WIDE && pairs,                           \
         {residual ? residual + at[2] : residual, relu}},                                      \
        parts ? parts + (i64)blockIdx.z * m * n : nullptr};                                    \
    product<P, A_ACROSS, B_ACROSS, WIDE>(x, y, blockIdx.x * 64 * P, blockIdx.y * 64 * P, from, \
                                         end, z);                                              \
  }

#define GEMMS(NAME, P, BLOCKS, WIDE)             \
  GEMM(NAME##_ss, P, BLOCKS, false, false, WIDE) \
  GEMM(NAME##_sa, P, BLOCKS, false, true, WIDE)  \
  GEMM(NAME##_as, P, BLOCKS, true, false, WIDE)  \
  GEMM(NAME##_aa, P, BLOCKS, true, true, WIDE)
