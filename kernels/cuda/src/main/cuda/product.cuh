// C = A * B on the arithmetic units of f32, f64 and integers.
//
// Idea: an element of A meets every column of B, so each number that comes from far away must be used
// many times. A block of 256 threads computes a tile of 64 P x 64 P of C and goes along the sum a few
// steps at a time; P is 1 or 2.
//   - It brings those steps of 64 P lines of A and of B into shared memory: each number from global
//     memory is used 64 P times.
//   - Each of its 8 warps has a part of 32 P x 16 P, each thread P x P squares of 4 x 4 in that part:
//     a thread reads 4 numbers at once, each is used 4 P times, and the threads of a warp ask for
//     only 32 P and 16 P different ones, whose banks do not collide.
//   - While it multiplies one tile, the next is on its way into registers, and goes to a second tile
//     of shared memory: one barrier a tile, and the memory's latency behind the arithmetic.
#pragma once
#include "operand.cuh"

// What one thread carries to shared memory, 4 elements of a tile. ACROSS: neighbouring threads take
// neighbouring lines, which is right where lines are neighbours in memory; otherwise steps.
template <int P, bool ACROSS, bool WIDE, class O>
struct Carrier {
  static constexpr int SIDE = 64 * P, DEPTH = 16 / P, EACH = 4;
  static constexpr int LINES = ACROSS || WIDE ? 1 : EACH;
  static_assert(!WIDE || CHUNK == EACH, "a thread holds one chunk");
  typedef A Tile[DEPTH][SIDE + 4];
  typename O::Line line[LINES];
  T held[EACH];

  // Line and step of this thread's element r, or of its chunk.
  static __device__ __forceinline__ int line_of(int r) {
    if (WIDE) return ACROSS ? threadIdx.x % (SIDE / EACH) * EACH : threadIdx.x / (DEPTH / EACH);
    return ACROSS ? threadIdx.x % SIDE : threadIdx.x / DEPTH + PRODUCT_THREADS / DEPTH * r;
  }
  static __device__ __forceinline__ int step_of(int r) {
    if (WIDE) return ACROSS ? threadIdx.x / (SIDE / EACH) : threadIdx.x % (DEPTH / EACH) * EACH;
    return ACROSS ? threadIdx.x / SIDE + PRODUCT_THREADS / SIDE * r : threadIdx.x % DEPTH;
  }

  __device__ __forceinline__ void prepare(const O& o, int from) {
#pragma unroll
    for (int r = 0; r < LINES; r++) line[r] = o.line(from + line_of(r));
  }

  __device__ __forceinline__ void fetch(const O& o, int k0, int end) {
    if constexpr (WIDE) {
      int k = k0 + step_of(0);
      const T* p = k < end ? o.find(line[0], o.step(k)) : nullptr;
      Pack<T, EACH> chunk = {};
      if (p) chunk = *(const Pack<T, EACH>*)p;
#pragma unroll
      for (int r = 0; r < EACH; r++) held[r] = chunk.v[r];
    } else {
#pragma unroll
      for (int r = 0; r < EACH; r++) {
        int k = k0 + step_of(r);
        const T* p = k < end ? o.find(line[ACROSS ? 0 : r], o.step(k)) : nullptr;
        held[r] = p ? *p : (T)0;
      }
    }
  }

  __device__ __forceinline__ void store(Tile& to) const {
    if constexpr (WIDE && ACROSS) {
      *(Pack<T, EACH>*)&to[step_of(0)][line_of(0)] = {held[0], held[1], held[2], held[3]};
    } else {
#pragma unroll
      for (int r = 0; r < EACH; r++) to[step_of(r) + (WIDE ? r : 0)][line_of(r)] = get(held[r]);
    }
  }
};

// Sums steps `from` to `end` of the tile at (m0, n0) and gives the sums to `store`, 4 at a time.
template <int P, bool A_ACROSS, bool B_ACROSS, bool WIDE, class OA, class OB, class S>
__device__ __forceinline__ void product(const OA& a, const OB& b, int m0, int n0, int from, int end,
                                        const S& store) {
  typedef Carrier<P, A_ACROSS, WIDE, OA> CarrierA;
  typedef Carrier<P, B_ACROSS, WIDE, OB> CarrierB;
  constexpr int DEPTH = CarrierA::DEPTH;
  __shared__ __align__(16) typename CarrierA::Tile as[2], bs[2];
  CarrierA carry_a;
  CarrierB carry_b;
  carry_a.prepare(a, m0);
  carry_b.prepare(b, n0);
  int lane = threadIdx.x & 31, warp = threadIdx.x >> 5;
  int row = (warp & 1) * 32 * P + (lane & 7) * 4, column = (warp >> 1) * 16 * P + (lane >> 3) * 4;
  A sum[4 * P][4 * P] = {};
  carry_a.fetch(a, from, end);
  carry_b.fetch(b, from, end);
  carry_a.store(as[0]);
  carry_b.store(bs[0]);
  __syncthreads();
  int now = 0;
#pragma unroll 1
  for (int k0 = from; k0 < end; k0 += DEPTH) {
    bool more = k0 + DEPTH < end;
    if (more) {
      carry_a.fetch(a, k0 + DEPTH, end);
      carry_b.fetch(b, k0 + DEPTH, end);
    }
#pragma unroll
    for (int k = 0; k < DEPTH; k++) {
      Pack<A, 4> x[P], y[P];
#pragma unroll
      for (int i = 0; i < P; i++) {
        x[i] = *(const Pack<A, 4>*)&as[now][k][row + 32 * i];
        y[i] = *(const Pack<A, 4>*)&bs[now][k][column + 16 * i];
      }
#pragma unroll
      for (int i = 0; i < 4 * P; i++)
#pragma unroll
        for (int j = 0; j < 4 * P; j++) sum[i][j] += x[i / 4].v[i % 4] * y[j / 4].v[j % 4];
    }
    if (more) {
      now ^= 1;
      carry_a.store(as[now]);
      carry_b.store(bs[now]);
      __syncthreads();
    }
  }
  if constexpr (S::BIASED) {
#pragma unroll
    for (int j = 0; j < 4 * P; j++) {
      A bias = store.bias_of(n0 + column + j / 4 * 16 + j % 4);
#pragma unroll
      for (int i = 0; i < 4 * P; i++) sum[i][j] += bias;
    }
  }
#pragma unroll
  for (int i = 0; i < 4 * P; i++) {
    typename S::Row to = store.row(m0 + row + i / 4 * 32 + i % 4);
#pragma unroll
    for (int j = 0; j < P; j++) {
      A four[4];
#pragma unroll
      for (int e = 0; e < 4; e++) four[e] = sum[i][4 * j + e];
      store.write(to, n0 + column + 16 * j, four);
    }
  }
}
