// Kernels for the tests of the PTX machine.
// nvcc -ptx -arch=compute_75 plain.cu -o plain.ptx
#include <cuda_fp16.h>
#include <stdint.h>

__device__ __forceinline__ float warp_sum(float v) {
  for (int o = 16; o; o >>= 1) v += __shfl_xor_sync(~0u, v, o);
  return v;
}

__device__ __forceinline__ float warp_max(float v) {
  for (int o = 16; o; o >>= 1) v = fmaxf(v, __shfl_down_sync(~0u, v, o));
  return __shfl_sync(~0u, v, 0);
}

struct Strides {
  int rank;
  long shape[6];
  long strides[6];
};

__device__ __noinline__ float polynomial(float x, int degree) {
  float y = 0;
  for (int i = degree; i >= 0; i--) y = y * x + (i + 1);
  return y;
}

__constant__ float weights[8] = {1, -2, 3, -4, 5, -6, 7, -8};
__device__ int launches = 40;

extern "C" {

__global__ void vector_add(int n, const float* a, const float* b, float* c) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n) c[i] = a[i] + b[i];
}

__global__ void strided_copy(long n, const float* from, float* to, Strides s) {
  for (long i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x) {
    long rest = i, at = 0;
    for (int d = s.rank - 1; d >= 0; d--) {
      at += rest % s.shape[d] * s.strides[d];
      rest /= s.shape[d];
    }
    to[i] = from[at];
  }
}

__global__ void block_sum(int n, const float* x, float* out) {
  __shared__ float partial[32];
  float v = 0;
  for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x) v += x[i];
  v = warp_sum(v);
  if ((threadIdx.x & 31) == 0) partial[threadIdx.x >> 5] = v;
  __syncthreads();
  if (threadIdx.x < 32) {
    v = threadIdx.x < (blockDim.x >> 5) ? partial[threadIdx.x] : 0.f;
    v = warp_sum(v);
    if (threadIdx.x == 0) atomicAdd(out, v);
  }
}

__global__ void transpose(int rows, int columns, const float* x, float* y, int padded) {
  __shared__ float tile[32 * 33];
  int pitch = padded ? 33 : 32;
  int r = blockIdx.y * 32 + threadIdx.y, c = blockIdx.x * 32 + threadIdx.x;
  for (int k = 0; k < 32; k += 8)
    if (r + k < rows && c < columns) tile[(threadIdx.y + k) * pitch + threadIdx.x] = x[(r + k) * columns + c];
  __syncthreads();
  r = blockIdx.x * 32 + threadIdx.y, c = blockIdx.y * 32 + threadIdx.x;
  for (int k = 0; k < 32; k += 8)
    if (r + k < columns && c < rows) y[(r + k) * rows + c] = tile[threadIdx.x * pitch + threadIdx.y + k];
}

__global__ void sgemm(int m, int n, int k, const float* a, const float* b, float* c) {
  extern __shared__ float tiles[];
  float* ta = tiles;
  float* tb = tiles + 256;
  int row = blockIdx.y * 16 + threadIdx.y, column = blockIdx.x * 16 + threadIdx.x;
  float sum = 0;
  for (int k0 = 0; k0 < k; k0 += 16) {
    ta[threadIdx.y * 16 + threadIdx.x] = row < m && k0 + threadIdx.x < k ? a[row * k + k0 + threadIdx.x] : 0;
    tb[threadIdx.y * 16 + threadIdx.x] = column < n && k0 + threadIdx.y < k ? b[(k0 + threadIdx.y) * n + column] : 0;
    __syncthreads();
    for (int i = 0; i < 16; i++) sum += ta[threadIdx.y * 16 + i] * tb[i * 16 + threadIdx.x];
    __syncthreads();
  }
  if (row < m && column < n) c[row * n + column] = sum;
}

__global__ void softmax(int columns, const float* x, float* y) {
  const float* row = x + blockIdx.x * columns;
  float most = -INFINITY, sum = 0;
  for (int i = threadIdx.x; i < columns; i += 32) most = fmaxf(most, row[i]);
  most = warp_max(most);
  for (int i = threadIdx.x; i < columns; i += 32) sum += expf(row[i] - most);
  sum = warp_sum(sum);
  for (int i = threadIdx.x; i < columns; i += 32) y[blockIdx.x * columns + i] = expf(row[i] - most) / sum;
}

__global__ void histogram(int n, const unsigned char* x, unsigned* counts) {
  __shared__ unsigned local[256];
  local[threadIdx.x] = 0;
  __syncthreads();
  for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x) atomicAdd(&local[x[i]], 1u);
  __syncthreads();
  if (local[threadIdx.x]) atomicAdd(&counts[threadIdx.x], local[threadIdx.x]);
}

__global__ void max_pool(int total, const float* x, int height, int width, int oh, int ow, float* y, int* index) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= total) return;
  int c = i % ow, r = i / ow % oh, plane = i / ow / oh, best = -1;
  float most = -INFINITY;
  for (int a = 0; a < 3; a++)
    for (int b = 0; b < 3; b++) {
      int ih = 2 * r - 1 + a, iw = 2 * c - 1 + b;
      if (ih < 0 || iw < 0 || ih >= height || iw >= width) continue;
      float v = x[(plane * height + ih) * width + iw];
      if (v > most || isnan(v)) most = v, best = ih * width + iw;
    }
  y[i] = most;
  index[i] = best;
}

__global__ void philox(int n, uint64_t seed, uint32_t* out) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n) return;
  uint32_t c0 = i, c1 = 0, c2 = 0, c3 = 0, k0 = (uint32_t)seed, k1 = (uint32_t)(seed >> 32);
  for (int round = 0; round < 10; round++) {
    uint32_t h0 = __umulhi(0xD2511F53u, c0), l0 = 0xD2511F53u * c0;
    uint32_t h1 = __umulhi(0xCD9E8D57u, c2), l1 = 0xCD9E8D57u * c2;
    c0 = h1 ^ c1 ^ k0, c1 = l1, c2 = h0 ^ c3 ^ k1, c3 = l0;
    k0 += 0x9E3779B9u, k1 += 0xBB67AE85u;
  }
  reinterpret_cast<uint4*>(out)[i] = make_uint4(c0, c1, c2, c3);
}

__global__ void collatz(int n, const int* x, int* steps) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n) return;
  int count = 0;
  for (int v = x[i]; v != 1; count++) v = v & 1 ? 3 * v + 1 : v / 2;
  steps[i] = count;
}

__global__ void choose(int* x, int k) {
  int v = x[threadIdx.x];
  switch (v & 7) {
    case 0: v = k * v; break;
    case 1: v += 7 * k; break;
    case 2: v ^= k; break;
    case 3: v = v / k; break;
    case 4: v = ~v; break;
    case 5: v = __clz(v); break;
    case 6: v = __popc(v) * k; break;
    case 7: v = __brev(v); break;
  }
  x[threadIdx.x] = v;
}

__global__ void call(float* x) {
  int i = threadIdx.x;
  if (i % 3) x[i] = polynomial(x[i], i);
}

__global__ void library(int n, const double* x, double* y, const float* u, float* v) {
  int i = threadIdx.x;
  if (i >= n) return;
  y[4 * i] = sin(x[i]);
  y[4 * i + 1] = pow(x[i] * x[i] + 1, 1.25);
  y[4 * i + 2] = exp(x[i] / 100);
  y[4 * i + 3] = log(fabs(x[i]) + 1);
  v[4 * i] = sinf(u[i]);
  v[4 * i + 1] = erff(u[i]);
  v[4 * i + 2] = tanhf(u[i]);
  v[4 * i + 3] = log1pf(fabsf(u[i]));
}

__global__ void halves(int n, const __half2* a, const __half2* b, __half2* c) {
  int i = threadIdx.x;
  if (i < n) c[i] = __hfma2(a[i], b[i], __hmul2(__hadd2(a[i], b[i]), __float2half2_rn(0.5f)));
}

__global__ void variables(float* out) {
  out[threadIdx.x] = weights[threadIdx.x & 7] + launches;
  if (threadIdx.x == 0) atomicAdd(&launches, 1);
}

__global__ void votes(const int* x, unsigned* out) {
  int v = x[threadIdx.x];
  out[threadIdx.x * 4] = __ballot_sync(~0u, v > 10);
  out[threadIdx.x * 4 + 1] = __match_any_sync(~0u, v & 3);
  out[threadIdx.x * 4 + 2] = __syncthreads_count(v > 10);
  out[threadIdx.x * 4 + 3] = __any_sync(~0u, v == 7) * 2 + __all_sync(~0u, v < 100);
}

__global__ void longs(int n, const long* a, const long* b, long* c) {
  int i = threadIdx.x;
  if (i >= n) return;
  c[6 * i] = a[i] * b[i];
  c[6 * i + 1] = b[i] ? a[i] / b[i] : 0;
  c[6 * i + 2] = b[i] ? a[i] % b[i] : 0;
  c[6 * i + 3] = __mul64hi(a[i], b[i]);
  c[6 * i + 4] = (long)((unsigned long)a[i] >> (b[i] & 63));
  c[6 * i + 5] = a[i] < b[i] ? a[i] : b[i];
}
}
