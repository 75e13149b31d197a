// Matrix products with any strides, batched; and with a bias, a layer. f32, f64 and integers by
// product.cuh; f16 and bf16, compiled with -DTENSOR_CORES, by mma.sync. Element by element; aligned
// operands go to gemm_wide.cu.
#include "gemm.cuh"

GEMMS(gemm_64, 1, 1, false)
#if defined(DTYPE_F32)
GEMMS(gemm_128, 2, 1, false)
#endif
