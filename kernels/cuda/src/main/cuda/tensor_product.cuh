// The product of product.cuh for f16 and bf16 on tensor cores.
//
// Idea: mma.sync lets a warp multiply a 16 x 16 by a 16 x 8 tile in one instruction, with f32 sums.
// A block of 8 warps computes 64 x 64 of C, each warp 32 x 16. Operands lie in shared memory with
// their steps side by side, 8 elements of padding to a line, so that ldmatrix, which fetches 8 x 8
// elements for a warp, finds the 8 lines in different banks.
#pragma once
#include "types.cuh"

#define SIDE 64
#define DEPTH 32
#define PADDED (DEPTH + 8)
#define PRODUCT_THREADS 256

#if defined(DTYPE_F16)
#define MMA "mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 "
#else
#define MMA "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 "
#endif

__device__ __forceinline__ void multiply(float (&c)[4], const u32 (&a)[4], u32 b0, u32 b1) {
  asm volatile(MMA "{%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
               : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
               : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
}

// Four 8 x 8 matrices; lanes 8i .. 8i + 7 give the addresses of the rows of matrix i.
__device__ __forceinline__ void load_matrices(u32 (&r)[4], const T* p) {
  u32 address = (u32)__cvta_generic_to_shared(p);
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0,%1,%2,%3}, [%4];"
               : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3])
               : "r"(address)
               : "memory");
}

template <bool ACROSS, class O>
struct Carrier {
  static constexpr int PER_THREAD = SIDE * DEPTH / PRODUCT_THREADS;
  static constexpr int LINES = ACROSS ? 1 : PER_THREAD;
  typename O::Line line[LINES];

  __device__ __forceinline__ void prepare(const O& o, int from) {
#pragma unroll
    for (int r = 0; r < LINES; r++)
      line[r] = o.line(from + (ACROSS ? threadIdx.x & 63 : (threadIdx.x >> 5) + 8 * r));
  }

  __device__ __forceinline__ void carry(const O& o, int k0, int end, T (&to)[SIDE][PADDED]) {
    if (ACROSS) {
      // One step after another, because each keeps several registers.
#pragma unroll 1
      for (int k = threadIdx.x >> 6; k < DEPTH; k += PRODUCT_THREADS / SIDE)
        to[threadIdx.x & 63][k] = k0 + k < end ? o.at(line[0], o.step(k0 + k)) : (T)0;
    } else {
      int k = threadIdx.x & 31;
      typename O::Step step = o.step(k0 + k);
#pragma unroll
      for (int r = 0; r < LINES; r++)
        to[(threadIdx.x >> 5) + 8 * r][k] = k0 + k < end ? o.at(line[r], step) : (T)0;
    }
  }
};

template <bool A_ACROSS, bool B_ACROSS, class OA, class OB, class S>
__device__ __forceinline__ void product(const OA& a, const OB& b, int m0, int n0, int from, int end,
                                        const S& store) {
  __shared__ __align__(16) T as[SIDE][PADDED];
  __shared__ __align__(16) T bs[SIDE][PADDED];
  Carrier<A_ACROSS, OA> carry_a;
  Carrier<B_ACROSS, OB> carry_b;
  carry_a.prepare(a, m0);
  carry_b.prepare(b, n0);
  int lane = threadIdx.x & 31, warp = threadIdx.x >> 5;
  int row = (warp & 1) * 32, column = (warp >> 1) * 16;
  float sum[2][2][4] = {};
#pragma unroll 1
  for (int k0 = from; k0 < end; k0 += DEPTH) {
    carry_a.carry(a, k0, end, as);
    carry_b.carry(b, k0, end, bs);
    __syncthreads();
#pragma unroll
    for (int k = 0; k < DEPTH; k += 16) {
      u32 x[2][4], y[4];
#pragma unroll
      for (int i = 0; i < 2; i++)
        load_matrices(x[i], &as[row + 16 * i + (lane & 15)][k + (lane >> 4) * 8]);
      load_matrices(y, &bs[column + (lane & 7) + (lane >> 4) * 8][k + ((lane >> 3) & 1) * 8]);
#pragma unroll
      for (int i = 0; i < 2; i++) {
        multiply(sum[i][0], x[i], y[0], y[1]);
        multiply(sum[i][1], x[i], y[2], y[3]);
      }
    }
    __syncthreads();
  }
  // Lane l of a warp has columns 2 (l % 4) and the next of rows l / 4 and l / 4 + 8.
#pragma unroll
  for (int i = 0; i < 2; i++)
#pragma unroll
    for (int j = 0; j < 2; j++)
#pragma unroll
      for (int e = 0; e < 4; e++)
        store(m0 + row + 16 * i + (lane >> 2) + (e >> 1) * 8,
              n0 + column + 8 * j + (lane & 3) * 2 + (e & 1), sum[i][j][e]);
}
