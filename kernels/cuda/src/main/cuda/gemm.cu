// Matrix products with any strides, batched; and with a bias, a layer. f32, f64 and integers by
// product.cuh; f16 and bf16, compiled with -DTENSOR_CORES, by mma.sync. Element by element; aligned
// operands go to gemm_wide.cu. And the last step of products whose sums are split.
#include "gemm.cuh"

GEMMS(gemm_64, 1, 1, false)
#if defined(DTYPE_F32)
GEMMS(gemm_128, 2, 1, false)
#endif

// Adds up the parts of a product in order, so that every run gives the same bits.
extern "C" __global__ void gemm_sum(int m, int n, int splits, Walk<3> batch, Strides s, const A* parts,
                                    T* c, const T* bias, const T* residual, int relu) {
  u32 i = thread_number(), count = batch.count * m * n;
  if (i >= count) return;
  A sum = 0;
#pragma unroll 1
  for (int split = 0; split < splits; split++) sum += parts[split * (i64)count + i];
  u32 line = i / n, column = i - line * n, matrix = line / m, row = line - matrix * m;
  if (bias) sum += get(bias[column * s.bias]);
  i64 at[3];
  batch.locate(matrix, at);
  i64 place = at[2] + row * s.c_row + column * s.c_column;
  if (residual) sum += get(residual[place]);
  c[place] = put(relu && sum <= 0 ? (A)0 : sum);
}
