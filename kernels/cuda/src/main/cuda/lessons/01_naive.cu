// Step 1: a thread for each element of C = A * B; A is [m, k], B [k, n], C [m, n], row after row.
//
// The sum of the textbook. Neighbouring threads (threadIdx.x) take neighbouring rows: when a warp of 32
// threads reads B, all want the same number; when it reads A or writes C, 32 numbers that are k or n
// apart, and memory hands out at least 32 bytes for each.
//
// launch: grid (m / 32, n / 8), block (32, 8)
extern "C" __global__ void sgemm(int m, int n, int k, const float* a, const float* b, float* c) {
  int row = blockIdx.x * 32 + threadIdx.x, column = blockIdx.y * 8 + threadIdx.y;
  if (row >= m || column >= n) return;
  float sum = 0;
  for (int s = 0; s < k; s++) sum += a[row * k + s] * b[s * n + column];
  c[row * n + column] = sum;
}
