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

// batch: a, b, c at matrix blockIdx.z. Across: neighbouring lines are neighbours in memory. At least
// BLOCKS blocks are to run on a multiprocessor at once, which limits the registers of a thread.
#define GEMM(NAME, P, BLOCKS, A_ACROSS, B_ACROSS, WIDE)                                        \
  extern "C" __global__ void __launch_bounds__(PRODUCT_THREADS, BLOCKS)                        \
      NAME(int m, int n, int k, Walk<3> batch, Strides s, const T* a, const T* b, T* c,        \
           const T* bias) {                                                                    \
    i64 at[3];                                                                                 \
    batch.locate(blockIdx.z, at);                                                              \
    Matrix x = {a + at[0], s.a_row, s.a_step, m};                                              \
    Matrix y = {b + at[1], s.b_column, s.b_step, n};                                           \
    T* to = c + at[2];                                                                         \
    bool pairs = s.c_column == 1 && s.c_row % 2 == 0 && (u64)to % (2 * sizeof(T)) == 0;        \
    Output<WIDE && CHUNK == 4> z = {to,   s.c_row, s.c_column, m, n,                           \
                                    bias, s.bias,  WIDE && pairs};                             \
    product<P, A_ACROSS, B_ACROSS, WIDE>(x, y, blockIdx.x * 64 * P, blockIdx.y * 64 * P, 0, k, z); \
  }

#define GEMMS(NAME, P, BLOCKS, WIDE)             \
  GEMM(NAME##_ss, P, BLOCKS, false, false, WIDE) \
  GEMM(NAME##_sa, P, BLOCKS, false, true, WIDE)  \
  GEMM(NAME##_as, P, BLOCKS, true, false, WIDE)  \
  GEMM(NAME##_aa, P, BLOCKS, true, true, WIDE)
