// Step 4: a thread computes 8 x 8 elements of C, a block of 256 threads 128 x 128.
//
// Faster because 8 + 8 numbers from shared memory now serve 64 multiplications, where two served one:
// the sums wait in registers, which cost nothing to read. And a number from global memory is used
// 128 times.
//
// launch: grid (n / 128, m / 128), block (256)
#define TILE 128
#define DEPTH 8
#define EACH 8

extern "C" __global__ void __launch_bounds__(256)
    sgemm(int m, int n, int k, const float* a, const float* b, float* c) {
  __shared__ float as[DEPTH][TILE], bs[DEPTH][TILE];
  int m0 = blockIdx.y * TILE, n0 = blockIdx.x * TILE;
  int row = threadIdx.x / 16 * EACH, column = threadIdx.x % 16 * EACH;
  float sum[EACH][EACH] = {};
  for (int s = 0; s < k; s += DEPTH) {
    for (int i = threadIdx.x; i < TILE * DEPTH; i += 256) {
      int line = i / DEPTH, step = i % DEPTH;
      as[step][line] = m0 + line < m && s + step < k ? a[(m0 + line) * k + s + step] : 0;
    }
    for (int i = threadIdx.x; i < TILE * DEPTH; i += 256) {
      int line = i % TILE, step = i / TILE;
      bs[step][line] = n0 + line < n && s + step < k ? b[(s + step) * n + n0 + line] : 0;
    }
    __syncthreads();
#pragma unroll
    for (int i = 0; i < DEPTH; i++) {
      float x[EACH], y[EACH];
#pragma unroll
      for (int e = 0; e < EACH; e++) {
        x[e] = as[i][row + e];
        y[e] = bs[i][column + e];
      }
#pragma unroll
      for (int p = 0; p < EACH; p++)
#pragma unroll
        for (int q = 0; q < EACH; q++) sum[p][q] += x[p] * y[q];
    }
    __syncthreads();
  }
#pragma unroll
  for (int p = 0; p < EACH; p++)
#pragma unroll
    for (int q = 0; q < EACH; q++)
      if (m0 + row + p < m && n0 + column + q < n)
        c[(m0 + row + p) * n + n0 + column + q] = sum[p][q];
}
