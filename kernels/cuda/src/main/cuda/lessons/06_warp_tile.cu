// Step 6: each warp has a part of 64 x 32 of the tile, each thread 2 x 2 squares of 4 x 4 in it. This is
// the kernel that ships: product.cuh, which gemm_wide.cu instantiates for every way in which matrices
// can lie, here for the one of these lessons.
//
// Faster because the threads of a warp, and so the 8 that shared memory serves at once, read 32
// neighbouring numbers of A or all the same 4 of B, where in step 5 those of B came from the same
// banks; and a line of padding sends what they store to different banks as well.
//
// launch: grid (m / 128, n / 128), block (256)
#include "product.cuh"
#include "matrix.cuh"

extern "C" __global__ void __launch_bounds__(PRODUCT_THREADS, 2)
    sgemm(int m, int n, int k, const float* a, const float* b, float* c) {
  Matrix x = {a, k, 1, m}, y = {b, 1, n, n};
  Output<true> z = {c, n, 1, m, n, nullptr, 0, true};
  product<2, false, true, true>(x, y, blockIdx.x * 128, blockIdx.y * 128, 0, k, z);
}
