// Step 2: neighbouring threads take neighbouring columns.
//
// Faster because the 32 numbers of B that a warp reads now lie side by side: 128 bytes in one access,
// and so do the 32 of C that it writes; of A all want the same number, which comes once. Nothing else
// has changed but which thread does what.
//
// launch: grid (n / 32, m / 8), block (32, 8)
extern "C" __global__ void sgemm(int m, int n, int k, const float* a, const float* b, float* c) {
  int row = blockIdx.y * 8 + threadIdx.y, column = blockIdx.x * 32 + threadIdx.x;
  if (row >= m || column >= n) return;
  float sum = 0;
  for (int s = 0; s < k; s++) sum += a[row * k + s] * b[s * n + column];
  c[row * n + column] = sum;
}
