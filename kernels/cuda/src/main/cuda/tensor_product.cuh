// C = A * B for f16 and bf16 on tensor cores.
//
// Idea: mma.sync lets a warp multiply a 16 x 16 by a 16 x 8 tile in one instruction, with f32 sums; it
// is so fast that waiting for memory is all the time there is. So
//   - a block of 8 warps computes 64 P x 64 P of C, each warp 32 P x 16 P, P being 1 or 2: every
//     element brought to shared memory is used by 64 P others;
//   - a wide product moves 16 bytes at a time with cp.async from global to shared memory without
//     passing registers, which runs on while the tensor cores work: three tiles are on their way at
//     any time, and there is one barrier for each;
//   - in shared memory the chunks of a tile are swizzled: their places in a row are exchanged by an
//     exclusive or with the row's number, so that the 8 chunks that ldmatrix fetches at once, one
//     from each of 8 rows, lie in different banks. No memory is spent on padding.
// Tiles lie as the operand does: steps side by side, or, ACROSS, lines side by side; then ldmatrix
// transposes on the way to the registers.
#pragma once
#include "operand.cuh"

#define DEPTH 32

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
template <bool TRANSPOSED>
__device__ __forceinline__ void load_matrices(u32 (&r)[4], const T* p) {
  u32 address = (u32)__cvta_generic_to_shared(p);
  if (TRANSPOSED) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0,%1,%2,%3}, [%4];"
                 : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3])
                 : "r"(address)
                 : "memory");
  } else {
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0,%1,%2,%3}, [%4];"
                 : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3])
                 : "r"(address)
                 : "memory");
  }
}

// Copies 16 bytes, or writes zeros if there is nothing to read.
__device__ __forceinline__ void copy_chunk(T* to, const T* from, const T* somewhere) {
  u32 address = (u32)__cvta_generic_to_shared(to);
  int bytes = from ? 16 : 0;
  asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(address),
               "l"(from ? from : somewhere), "r"(bytes)
               : "memory");
}

// How one operand gets to shared memory. A thread carries 8 P chunks or, if not wide, elements.
template <int P, bool ACROSS, bool WIDE, class O>
struct Carrier {
  static constexpr int SIDE = 64 * P;
  static constexpr int UNIT = WIDE ? CHUNK : 1;
  static constexpr int EACH = SIDE * DEPTH / UNIT / PRODUCT_THREADS;
  static constexpr int IN_ROW = (ACROSS ? SIDE : DEPTH) / UNIT;
  static constexpr int LINES = ACROSS ? 1 : EACH;
  typename O::Line line[LINES];
  T held[WIDE ? 1 : EACH];

  // Where an element of the tile stands.
  static __device__ __forceinline__ int place(int line, int k) {
    return ACROSS ? k * SIDE + ((line / CHUNK ^ k % 8) * CHUNK + line % CHUNK)
                  : line * DEPTH + ((k / CHUNK ^ line / 2 % 4) * CHUNK + k % CHUNK);
  }
  static __device__ __forceinline__ int along_row() { return threadIdx.x % IN_ROW * UNIT; }
  static __device__ __forceinline__ int row_of(int r) {
    return threadIdx.x / IN_ROW + PRODUCT_THREADS / IN_ROW * r;
  }
  static __device__ __forceinline__ int line_of(int r) { return ACROSS ? along_row() : row_of(r); }
  static __device__ __forceinline__ int step_of(int r) { return ACROSS ? row_of(r) : along_row(); }

  __device__ __forceinline__ void prepare(const O& o, int from) {
#pragma unroll
    for (int r = 0; r < LINES; r++) line[r] = o.line(from + line_of(r));
  }

  __device__ __forceinline__ const T* find(const O& o, int r, int k, int end) const {
    return k < end ? o.find(line[ACROSS ? 0 : r], o.step(k)) : nullptr;
  }

  __device__ __forceinline__ void request(const O& o, int k0, int end, T* to) {
#pragma unroll
    for (int r = 0; r < EACH; r++)
      copy_chunk(to + place(line_of(r), step_of(r)), find(o, r, k0 + step_of(r), end), o.p);
  }

  __device__ __forceinline__ void fetch(const O& o, int k0, int end) {
#pragma unroll
    for (int r = 0; r < EACH; r++) {
      const T* p = find(o, r, k0 + step_of(r), end);
      held[r] = p ? *p : (T)0;
    }
  }

  __device__ __forceinline__ void store(T* to) const {
#pragma unroll
    for (int r = 0; r < EACH; r++) to[place(line_of(r), step_of(r))] = held[r];
  }

  // The fragment of a 16 x 16 tile: as the left operand, or as two right ones of 8 columns.
  static __device__ __forceinline__ void load(u32 (&r)[4], const T* tile, int line, int k,
                                              bool left) {
    int lane = threadIdx.x & 31, low = lane & 7, first = (lane >> 3) & 1, second = lane >> 4;
    // Matrices 0 and 1 are neighbours along the lines for a left operand, along the steps for a right.
    int l = line + (ACROSS ? 0 : low) + (left ? first : second) * 8;
    int s = k + (ACROSS ? low : 0) + (left ? second : first) * 8;
    load_matrices<ACROSS>(r, tile + place(l, s));
  }
};

// Sums steps `from` to `end` of the tile at (m0, n0) and gives the sums to `store`, 2 at a time.
// Shared memory: for a wide product 4 times, else 2 times a tile of A and one of B.
template <int P, bool A_ACROSS, bool B_ACROSS, bool WIDE, class OA, class OB, class S>
__device__ __forceinline__ void product(const OA& a, const OB& b, int m0, int n0, int from, int end,
                                        const S& store) {
  typedef Carrier<P, A_ACROSS, WIDE, OA> CarrierA;
  typedef Carrier<P, B_ACROSS, WIDE, OB> CarrierB;
  extern __shared__ __align__(16) T tiles[];
  constexpr int STAGES = WIDE ? 4 : 2, TILE = 64 * P * DEPTH;
  CarrierA carry_a;
  CarrierB carry_b;
  carry_a.prepare(a, m0);
  carry_b.prepare(b, n0);
  int lane = threadIdx.x & 31, warp = threadIdx.x >> 5;
  int row = (warp & 1) * 32 * P, column = (warp >> 1) * 16 * P;

  auto tile_a = [&](int stage) { return tiles + stage % STAGES * 2 * TILE; };
  auto tile_b = [&](int stage) { return tile_a(stage) + TILE; };
  auto request = [&](int stage) {
    int k0 = from + stage * DEPTH;
    if (k0 < end) {
      carry_a.request(a, k0, end, tile_a(stage));
      carry_b.request(b, k0, end, tile_b(stage));
    }
    // A group for every stage, even an empty one: so the wait below counts right to the end.
    asm volatile("cp.async.commit_group;" ::: "memory");
  };
  auto store_held = [&](int stage) {
    carry_a.store(tile_a(stage));
    carry_b.store(tile_b(stage));
  };
  auto fetch = [&](int stage) {
    carry_a.fetch(a, from + stage * DEPTH, end);
    carry_b.fetch(b, from + stage * DEPTH, end);
  };

  if constexpr (WIDE) {
#pragma unroll
    for (int s = 0; s < STAGES - 1; s++) request(s);
  } else {
    fetch(0);
    store_held(0);
  }
  float sum[2 * P][2 * P][4] = {};
  int stages = (end - from + DEPTH - 1) / DEPTH;
#pragma unroll 1
  for (int stage = 0; stage < stages; stage++) {
    if constexpr (WIDE) asm volatile("cp.async.wait_group %0;" ::"n"(STAGES - 2) : "memory");
    __syncthreads();
    if constexpr (WIDE) {
      request(stage + STAGES - 1);
    } else if (stage + 1 < stages) {
      fetch(stage + 1);
    }
    const T* as = tile_a(stage);
    const T* bs = tile_b(stage);
#pragma unroll
    for (int k = 0; k < DEPTH; k += 16) {
      u32 x[2 * P][4], y[P][4];
#pragma unroll
      for (int i = 0; i < 2 * P; i++) CarrierA::load(x[i], as, row + 16 * i, k, true);
#pragma unroll
      for (int j = 0; j < P; j++) CarrierB::load(y[j], bs, column + 16 * j, k, false);
#pragma unroll
      for (int i = 0; i < 2 * P; i++)
#pragma unroll
        for (int j = 0; j < P; j++) {
          multiply(sum[i][2 * j], x[i], y[j][0], y[j][1]);
          multiply(sum[i][2 * j + 1], x[i], y[j][2], y[j][3]);
        }
    }
    if constexpr (!WIDE) {
      if (stage + 1 < stages) store_held(stage + 1);
    }
  }
  if constexpr (WIDE) asm volatile("cp.async.wait_group 0;" ::: "memory");

  // Lane l of a warp has columns 2 (l % 4) and the next of rows l / 4 and l / 4 + 8.
  int n = n0 + column + lane % 4 * 2;
  if constexpr (S::BIASED) {
#pragma unroll
    for (int j = 0; j < 4 * P; j++) {
      float bias = store.bias_of(n + j / 2 * 8 + j % 2);
#pragma unroll
      for (int i = 0; i < 4 * P; i++) sum[i / 2][j / 2][i % 2 * 2 + j % 2] += bias;
    }
  }
#pragma unroll
  for (int i = 0; i < 4 * P; i++) {
    typename S::Row to = store.row(m0 + row + lane / 4 + 8 * i);
#pragma unroll
    for (int j = 0; j < 2 * P; j++) {
      const float(&c)[4] = sum[i / 2][j];
      float two[2] = {c[i % 2 * 2], c[i % 2 * 2 + 1]};
      store.write(to, n + 8 * j, two);
    }
  }
}
