// The products of gemm.cu for f32, and on tensor cores f16 and bf16, whose operands can be brought 16
// bytes at a time: lines or steps are neighbours, and everything is aligned.
#include "gemm.cuh"

GEMMS(gemm_wide_64, 1, 3, true)
GEMMS(gemm_wide_128, 2, 2, true)
