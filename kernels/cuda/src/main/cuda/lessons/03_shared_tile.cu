// Step 3: a block brings tiles of A and B into shared memory and all its threads read them there.
//
// Faster because each number from global memory is used 32 times by the threads of the block, and
// global memory is what everything waited for. Now each multiplication waits for two numbers from
// shared memory instead.
//
// launch: grid (n / 32, m / 32), block (32, 32)
#define TILE 32

extern "C" __global__ void sgemm(int m, int n, int k, const float* a, const float* b, float* c) {
  __shared__ float as[TILE][TILE], bs[TILE][TILE];
  int x = threadIdx.x, y = threadIdx.y;
  int row = blockIdx.y * TILE + y, column = blockIdx.x * TILE + x;
  float sum = 0;
  for (int s = 0; s < k; s += TILE) {
    as[y][x] = row < m && s + x < k ? a[row * k + s + x] : 0;
    bs[y][x] = s + y < k && column < n ? b[(s + y) * n + column] : 0;
    __syncthreads();
    for (int i = 0; i < TILE; i++) sum += as[y][i] * bs[i][x];
    __syncthreads();
  }
  if (row < m && column < n) c[row * n + column] = sum;
}
