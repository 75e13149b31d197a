// Batch norm where channels are innermost in memory (channels-last images, rows of features): x is a
// matrix [rows, channels], and each column has its own mean.
//
// Idea: norm.cu gives a block one channel, whose elements are then a whole row apart, and of every 32
// bytes fetched 4 are used. Here a warp stands on 32 neighbouring channels and walks down the rows, so
// each access is one run of memory; several blocks share the rows and leave partial sums, added in
// order afterwards. Training passes over x twice (sums; result), its gradient over each of its
// tensors twice. Sums are taken of x less its first row, which is near the mean: without that, the
// square of a large mean would drown the variance.
#include "vectors.cuh"
#include "walk.cuh"

#define ROWS_AT_ONCE 8

// One number for each channel, `stride` apart.
struct PerChannel {
  const T* p;
  i64 stride;
  __device__ __forceinline__ A operator[](int c) const { return get(p[c * stride]); }
};

// Adds what the 8 warps of a block have of each channel; the first warp writes it.
__device__ __forceinline__ void write_partial(A first, A second, int c, int channels, A* partial) {
  __shared__ A sums[2][ROWS_AT_ONCE][33];
  sums[0][threadIdx.y][threadIdx.x] = first;
  sums[1][threadIdx.y][threadIdx.x] = second;
  __syncthreads();
  if (threadIdx.y > 0 || c >= channels) return;
#pragma unroll
  for (int k = 0; k < 2; k++) {
    A sum = 0;
#pragma unroll
    for (int r = 0; r < ROWS_AT_ONCE; r++) sum += sums[k][r][threadIdx.x];
    partial[((i64)blockIdx.y * 2 + k) * channels + c] = sum;
  }
}

__device__ __forceinline__ void add_partial(const A* partial, int splits, int channels, int c,
                                            A* first, A* second) {
  *first = *second = 0;
#pragma unroll 1
  for (int s = 0; s < splits; s++) {
    *first += partial[(s * 2LL) * channels + c];
    *second += partial[(s * 2LL + 1) * channels + c];
  }
}

// partial: [splits][sum, sum of squares][channels]. Grid: channels / 32, splits.
extern "C" __global__ void column_sums(int rows, int channels, int per_split, const T* x,
                                       A* partial) {
  int c = blockIdx.x * 32 + threadIdx.x;
  A sum = 0, squares = 0;
  if (c < channels) {
    A shift = get(x[c]);
    int end = min(rows, (int)(blockIdx.y + 1) * per_split);
#pragma unroll 4
    for (int r = blockIdx.y * per_split + threadIdx.y; r < end; r += ROWS_AT_ONCE) {
      A d = get(x[(i64)r * channels + c]) - shift;
      sum += d;
      squares += d * d;
    }
  }
  write_partial(sum, squares, c, channels, partial);
}

// exact: mean and rstd of each channel before they are rounded.
extern "C" __global__ void column_statistics(int rows, int channels, int splits, const T* x,
                                             const A* partial, double eps, A* exact, T* mean_out,
                                             T* rstd_out) {
  int c = thread_number();
  if (c >= channels) return;
  A sum, squares;
  add_partial(partial, splits, channels, c, &sum, &squares);
  A n = rows, d = sum / n;
  A variance = squares / n - d * d;
  A mean = get(x[c]) + d, rstd = 1 / sqrt((variance > 0 ? variance : (A)0) + (A)eps);
  exact[c] = mean;
  exact[channels + c] = rstd;
  mean_out[c] = put(mean);
  rstd_out[c] = put(rstd);
}

// Four neighbouring elements of a row for each thread: channels % 4 is 0.
extern "C" __global__ void column_normalise(u32 count, int channels, const T* x, PerChannel weight,
                                            PerChannel bias, const A* exact, const T* residual, T* y,
                                            int relu) {
  u32 i = thread_number() * LANES;
  if (i >= count) return;
  int c = i % channels;
  T v[LANES], s[LANES], r[LANES];
  load4(x + i, v);
  if (residual) load4(residual + i, s);
#pragma unroll
  for (int k = 0; k < LANES; k++) {
    A normal = (get(v[k]) - exact[c + k]) * exact[channels + c + k];
    A out = normal * weight[c + k] + bias[c + k];
    if (residual) out += get(s[k]);
    r[k] = put(relu ? larger(out, 0) : out);
  }
  store4(y + i, r);
}

// What of a gradient counts: all of it, or after ReLU only what the output y let through.
__device__ __forceinline__ A counting(T grad, T y, bool relu) {
  return relu && !(get(y) > 0) ? (A)0 : get(grad);
}

// partial: [splits][sum of c, sum of c * n][channels] for c, what counts of the gradient, and the
// normalised n. y is null where there was no ReLU.
extern "C" __global__ void column_grad_sums(int rows, int channels, int per_split, const T* x,
                                            const T* grad, const T* y, PerChannel mean,
                                            PerChannel rstd, A* partial) {
  int c = blockIdx.x * 32 + threadIdx.x;
  A sum = 0, product = 0;
  if (c < channels) {
    A m = mean[c], s = rstd[c];
    int end = min(rows, (int)(blockIdx.y + 1) * per_split);
#pragma unroll 4
    for (int r = blockIdx.y * per_split + threadIdx.y; r < end; r += ROWS_AT_ONCE) {
      i64 p = (i64)r * channels + c;
      A g = counting(grad[p], y ? y[p] : (T)0, y != nullptr);
      sum += g;
      product += g * (get(x[p]) - m) * s;
    }
  }
  write_partial(sum, product, c, channels, partial);
}

extern "C" __global__ void column_grad_affine(int channels, int splits, const A* partial, A* exact,
                                              T* grad_weight, T* grad_bias) {
  int c = thread_number();
  if (c >= channels) return;
  A sum, product;
  add_partial(partial, splits, channels, c, &sum, &product);
  exact[c] = sum;
  exact[channels + c] = product;
  grad_weight[c] = put(product);
  grad_bias[c] = put(sum);
}

// gradX = rstd * weight * (c - mean(c) - n * mean(c * n)).
extern "C" __global__ void column_grad(u32 count, int channels, int rows, const T* x, const T* grad,
                                       const T* y, PerChannel weight, PerChannel mean,
                                       PerChannel rstd, const A* exact, T* grad_x,
                                       T* grad_residual) {
  u32 i = thread_number() * LANES;
  if (i >= count) return;
  int c = i % channels;
  T v[LANES], g[LANES], o[LANES], r[LANES], s[LANES];
  load4(x + i, v);
  load4(grad + i, g);
  if (y) load4(y + i, o);
#pragma unroll
  for (int k = 0; k < LANES; k++) {
    A f = counting(g[k], y ? o[k] : (T)0, y != nullptr);
    A normal = (get(v[k]) - mean[c + k]) * rstd[c + k];
    A centred = f - exact[c + k] / (A)rows - normal * (exact[channels + c + k] / (A)rows);
    r[k] = put(rstd[c + k] * weight[c + k] * centred);
    s[k] = put(f);
  }
  store4(grad_x + i, r);
  if (grad_residual) store4(grad_residual + i, s);
}
