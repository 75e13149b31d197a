// Matrix products of f16 and bf16 whose rows are 16-byte aligned: tensor cores fed by cp.async.
//
// Idea: mma.sync is so fast that waiting for memory is all the time there is. So
//   - a block computes 128 x 128 of C, 8 warps 64 x 32 each: every element brought to shared memory
//     is used by 128 others, every fragment in registers by 32 or 64;
//   - cp.async moves 16 bytes at a time from global to shared memory without passing registers, and
//     runs on while the tensor cores work: STAGES tiles are on their way at any time, and there is
//     one barrier for each;
//   - rows in shared memory are 8 elements longer than the tile, so that the 8 rows that ldmatrix
//     reads at once lie in different banks.
// B comes with its steps side by side (nt, as the weight of a layer does), or with its columns side
// by side (nn), where ldmatrix transposes on the way. Needs k % 8 == 0, and n % 8 == 0 for nn.
#include "types.cuh"
#include "walk.cuh"

#define ROWS 128
#define COLUMNS 128
#define STEPS 32
#define STAGES 4
#define PAD 8
#define THREADS 256
#define CHUNK 8  // elements in 16 bytes

#if defined(DTYPE_F16)
#define MMA "mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 "
#else
#define MMA "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 "
#endif

__device__ __forceinline__ u32 shared_address(const T* p) {
  return (u32)__cvta_generic_to_shared(p);
}

// Copies 16 bytes, or writes zeros if they lie outside.
__device__ __forceinline__ void copy_chunk(T* to, const T* from, bool inside) {
  int bytes = inside ? 16 : 0;
  asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(shared_address(to)), "l"(from),
               "r"(bytes)
               : "memory");
}

__device__ __forceinline__ void load_matrices(u32 (&r)[4], const T* p) {
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0,%1,%2,%3}, [%4];"
               : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3])
               : "r"(shared_address(p))
               : "memory");
}

__device__ __forceinline__ void load_transposed(u32 (&r)[4], const T* p) {
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0,%1,%2,%3}, [%4];"
               : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3])
               : "r"(shared_address(p))
               : "memory");
}

__device__ __forceinline__ void multiply(float (&c)[4], const u32 (&a)[4], u32 b0, u32 b1) {
  asm volatile(MMA "{%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
               : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
               : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
}

// A tile of LINES x WIDTH elements of a row-major matrix of `lines` x `width`, from (l0, w0).
template <int LINES, int WIDTH>
__device__ __forceinline__ void bring(T* to, const T* from, i64 stride, int l0, int w0, int lines,
                                      int width) {
#pragma unroll
  for (int i = 0; i < LINES * WIDTH / CHUNK / THREADS; i++) {
    int chunk = threadIdx.x + i * THREADS;
    int l = chunk / (WIDTH / CHUNK), w = chunk % (WIDTH / CHUNK) * CHUNK;
    bool inside = l0 + l < lines && w0 + w < width;
    const T* p = inside ? from + (l0 + l) * stride + w0 + w : from;
    copy_chunk(&to[l * (WIDTH + PAD) + w], p, inside);
  }
}

template <bool B_TRANSPOSED>
__device__ __forceinline__ void product(int m, int n, int k, const T* a, i64 a_stride, const T* b,
                                        i64 b_stride, T* c, i64 c_stride, const T* bias,
                                        i64 bias_stride) {
  extern __shared__ __align__(16) T shared[];
  constexpr int A_TILE = ROWS * (STEPS + PAD);
  constexpr int B_TILE = B_TRANSPOSED ? COLUMNS * (STEPS + PAD) : STEPS * (COLUMNS + PAD);
  int m0 = blockIdx.x * ROWS, n0 = blockIdx.y * COLUMNS;
  int lane = threadIdx.x & 31, warp = threadIdx.x >> 5;
  int row = (warp & 1) * 64, column = (warp >> 1) * 32;
  int tiles = (k + STEPS - 1) / STEPS;

  auto request = [&](int tile) {
    if (tile < tiles) {
      T* as = shared + tile % STAGES * (A_TILE + B_TILE);
      T* bs = as + A_TILE;
      bring<ROWS, STEPS>(as, a, a_stride, m0, tile * STEPS, m, k);
      if (B_TRANSPOSED) {
        bring<COLUMNS, STEPS>(bs, b, b_stride, n0, tile * STEPS, n, k);
      } else {
        bring<STEPS, COLUMNS>(bs, b, b_stride, tile * STEPS, n0, k, n);
      }
    }
    // A group for every tile, even an empty one: so the wait below counts right to the end.
    asm volatile("cp.async.commit_group;" ::: "memory");
  };

#pragma unroll
  for (int s = 0; s < STAGES - 1; s++) request(s);
  float sum[4][4][4] = {};
#pragma unroll 1
  for (int tile = 0; tile < tiles; tile++) {
    asm volatile("cp.async.wait_group %0;" ::"n"(STAGES - 2) : "memory");
    __syncthreads();
    request(tile + STAGES - 1);
    const T* as = shared + tile % STAGES * (A_TILE + B_TILE);
    const T* bs = as + A_TILE;
#pragma unroll
    for (int s = 0; s < STEPS; s += 16) {
      u32 x[4][4], y[2][4];
#pragma unroll
      for (int i = 0; i < 4; i++)
        load_matrices(x[i],
                      &as[(row + 16 * i + (lane & 15)) * (STEPS + PAD) + s + (lane >> 4) * 8]);
#pragma unroll
      for (int j = 0; j < 2; j++) {
        int c0 = column + 16 * j;
        if (B_TRANSPOSED) {
          load_matrices(y[j], &bs[(c0 + (lane & 7) + (lane >> 4) * 8) * (STEPS + PAD) + s +
                                  ((lane >> 3) & 1) * 8]);
        } else {
          load_transposed(y[j], &bs[(s + (lane & 15)) * (COLUMNS + PAD) + c0 + (lane >> 4) * 8]);
        }
      }
#pragma unroll
      for (int i = 0; i < 4; i++)
#pragma unroll
        for (int j = 0; j < 2; j++) {
          multiply(sum[i][2 * j], x[i], y[j][0], y[j][1]);
          multiply(sum[i][2 * j + 1], x[i], y[j][2], y[j][3]);
        }
    }
  }
  asm volatile("cp.async.wait_group 0;" ::: "memory");

  // A lane has two neighbouring columns of two rows of each 16 x 8 tile.
#pragma unroll
  for (int j = 0; j < 4; j++) {
    int col = n0 + column + 8 * j + (lane & 3) * 2;
    float b0 = bias && col < n ? get(bias[col * bias_stride]) : 0;
    float b1 = bias && col + 1 < n ? get(bias[(col + 1) * bias_stride]) : 0;
#pragma unroll
    for (int i = 0; i < 4; i++)
#pragma unroll
      for (int half = 0; half < 2; half++) {
        int r = m0 + row + 16 * i + (lane >> 2) + 8 * half;
        if (r >= m) continue;
        T* p = c + r * c_stride + col;
        if (col < n) p[0] = put(sum[i][j][2 * half] + b0);
        if (col + 1 < n) p[1] = put(sum[i][j][2 * half + 1] + b1);
      }
  }
}

// batch: a, b, c at matrix blockIdx.z.
#define HGEMM(NAME, B_TRANSPOSED)                                                               \
  extern "C" __global__ void __launch_bounds__(THREADS)                                         \
      NAME(int m, int n, int k, Walk<3> batch, const T* a, i64 a_stride, const T* b,            \
           i64 b_stride, T* c, i64 c_stride, const T* bias, i64 bias_stride) {                  \
    i64 at[3];                                                                                  \
    batch.locate(blockIdx.z, at);                                                               \
    product<B_TRANSPOSED>(m, n, k, a + at[0], a_stride, b + at[1], b_stride, c + at[2],         \
                          c_stride, bias, bias_stride);                                         \
  }

HGEMM(hgemm_nt, true)
HGEMM(hgemm_nn, false)
