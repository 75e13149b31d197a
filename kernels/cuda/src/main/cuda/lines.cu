// Softmax, its logarithm, and running sums: each line along an axis belongs to one block.
//
// Softmax reads its line three times (maximum, sum, result); the second and third time it comes from
// the cache. Subtracting the maximum keeps exp from overflowing.
#include "block.cuh"
#include "walk.cuh"

#if defined(FLOATING)
__device__ __forceinline__ void line_sums(const T* x, int length, i64 stride, A* max, A* sum) {
  A m = -infinity();
#pragma unroll 1
  for (int i = threadIdx.x; i < length; i += blockDim.x) m = larger(m, get(x[i * stride]));
  m = block_combine(m, -infinity(), [](A a, A b) { return larger(a, b); });
  A s = 0;
#pragma unroll 1
  for (int i = threadIdx.x; i < length; i += blockDim.x) s += exp(get(x[i * stride]) - m);
  *max = m;
  *sum = block_sum(s);
}

extern "C" __global__ void softmax(Walk<2> lines, const T* x, T* y, int length, i64 x_stride,
                                   i64 y_stride) {
  i64 at[2];
  lines.locate(blockIdx.x, at);
  A max, sum;
  line_sums(x + at[0], length, x_stride, &max, &sum);
#pragma unroll 1
  for (int i = threadIdx.x; i < length; i += blockDim.x)
    y[at[1] + i * y_stride] = put(exp(get(x[at[0] + i * x_stride]) - max) / sum);
}

extern "C" __global__ void log_softmax(Walk<2> lines, const T* x, T* y, int length, i64 x_stride,
                                       i64 y_stride) {
  i64 at[2];
  lines.locate(blockIdx.x, at);
  A max, sum;
  line_sums(x + at[0], length, x_stride, &max, &sum);
  A log_sum = log(sum);
#pragma unroll 1
  for (int i = threadIdx.x; i < length; i += blockDim.x)
    y[at[1] + i * y_stride] = put(get(x[at[0] + i * x_stride]) - max - log_sum);
}
#endif

// Sums of integers are i64.
#if defined(FLOATING)
typedef T Total;
__device__ __forceinline__ Total put_total(A v) { return put(v); }
#else
typedef i64 Total;
__device__ __forceinline__ Total put_total(A v) { return v; }
#endif

// One warp for each line goes along it 32 elements at a time. Within those, lane i adds what lies 1,
// 2, 4, 8 and 16 lanes before it: five steps instead of 31 (Hillis and Steele 1986).
extern "C" __global__ void cum_sum(Walk<2> lines, const T* x, Total* y, int length, i64 x_stride,
                                   i64 y_stride, int reverse) {
  i64 at[2];
  lines.locate(blockIdx.x, at);
  A carry = 0;
#pragma unroll 1
  for (int from = 0; from < length; from += 32) {
    int k = from + threadIdx.x;
    int i = reverse ? length - 1 - k : k;
    A v = k < length ? get(x[at[0] + i * x_stride]) : (A)0;
#pragma unroll
    for (int distance = 1; distance < 32; distance <<= 1) {
      A before = __shfl_up_sync(FULL, v, distance);
      if (threadIdx.x >= distance) v += before;
    }
    v += carry;
    if (k < length) y[at[1] + i * y_stride] = put_total(v);
    carry = __shfl_sync(FULL, v, 31);
  }
}
