// C = A * B for operands that say themselves where their elements are: a matrix with strides, or the
// windows of an image, which are never written out (implicit GEMM).
//
// Idea: an element of A meets every column of B. So a block of 256 threads computes a tile of 64 x 64
// of C: it brings 64 lines of A and of B, 16 steps deep, into shared memory, and each thread
// multiplies 4 + 4 numbers from there into 16 sums in its registers. Each number from global memory
// is used 64 times, each from shared memory 4 times.
//
// An operand has
//   Line line(int i)    what one row of A (or column of B) has in common; may lie outside
//   Step step(int k)    what one step of the sum has in common; may lie outside
//   T at(Line, Step)    the element, 0 outside
#pragma once
#include "types.cuh"

#define SIDE 64
#define DEPTH 16
#define PER_THREAD 4
#define PRODUCT_THREADS 256

// What one thread carries to shared memory. ACROSS: neighbouring threads take neighbouring lines,
// which is right where lines are neighbours in memory; otherwise they take neighbouring steps.
template <bool ACROSS, class O>
struct Carrier {
  static constexpr int LINES = ACROSS ? 1 : PER_THREAD;
  typename O::Line line[LINES];

  __device__ __forceinline__ void prepare(const O& o, int from) {
#pragma unroll
    for (int r = 0; r < LINES; r++)
      line[r] = o.line(from + (ACROSS ? threadIdx.x & 63 : (threadIdx.x >> 4) + 16 * r));
  }

  __device__ __forceinline__ void carry(const O& o, int k0, int end, A (&to)[DEPTH][SIDE + 4]) {
    if (ACROSS) {
#pragma unroll 1
      for (int k = threadIdx.x >> 6; k < DEPTH; k += PRODUCT_THREADS / SIDE)
        to[k][threadIdx.x & 63] = k0 + k < end ? get(o.at(line[0], o.step(k0 + k))) : (A)0;
    } else {
      int k = threadIdx.x & 15;
      typename O::Step step = o.step(k0 + k);
#pragma unroll
      for (int r = 0; r < LINES; r++)
        to[k][(threadIdx.x >> 4) + 16 * r] = k0 + k < end ? get(o.at(line[r], step)) : (A)0;
    }
  }
};

// Sums steps `from` to `end` of the tile at (m0, n0) and gives each sum to `store`.
template <bool A_ACROSS, bool B_ACROSS, class OA, class OB, class S>
__device__ __forceinline__ void product(const OA& a, const OB& b, int m0, int n0, int from, int end,
                                        const S& store) {
  __shared__ A as[DEPTH][SIDE + 4], bs[DEPTH][SIDE + 4];
  Carrier<A_ACROSS, OA> carry_a;
  Carrier<B_ACROSS, OB> carry_b;
  carry_a.prepare(a, m0);
  carry_b.prepare(b, n0);
  int row = (threadIdx.x >> 4) * PER_THREAD, column = (threadIdx.x & 15) * PER_THREAD;
  A sum[PER_THREAD][PER_THREAD] = {};
#pragma unroll 1
  for (int k0 = from; k0 < end; k0 += DEPTH) {
    carry_a.carry(a, k0, end, as);
    carry_b.carry(b, k0, end, bs);
    __syncthreads();
#pragma unroll
    for (int k = 0; k < DEPTH; k++) {
      A x[PER_THREAD], y[PER_THREAD];
#pragma unroll
      for (int i = 0; i < PER_THREAD; i++) {
        x[i] = as[k][row + i];
        y[i] = bs[k][column + i];
      }
#pragma unroll
      for (int i = 0; i < PER_THREAD; i++)
#pragma unroll
        for (int j = 0; j < PER_THREAD; j++) sum[i][j] += x[i] * y[j];
    }
    __syncthreads();
  }
#pragma unroll
  for (int i = 0; i < PER_THREAD; i++)
#pragma unroll
    for (int j = 0; j < PER_THREAD; j++) store(m0 + row + i, n0 + column + j, sum[i][j]);
}
