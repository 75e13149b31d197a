// Kernels for the tests of the PTX machine, with the instructions of tensor cores.
// nvcc -ptx -arch=compute_80 tensor.cu -o tensor.ptx
#include <cuda_bf16.h>
#include <cuda_fp16.h>
#include <stdint.h>

extern "C" {

// C[32 x 32] blocks of A[m x k] times B[k x n], bf16 to f32: four warps of 16 x 16, two stages.
__global__ void gemm_bf16(int m, int n, int k, const __nv_bfloat16* a, const __nv_bfloat16* b, float* c) {
  __shared__ __align__(16) __nv_bfloat16 sa[2][32][24], sb[2][16][40];
  int warp = threadIdx.x >> 5, lane = threadIdx.x & 31;
  int m0 = blockIdx.y * 32, n0 = blockIdx.x * 32, wm = (warp & 1) * 16, wn = (warp >> 1) * 16;
  auto stage = [&](int s, int k0) {
    if (threadIdx.x < 64) {
      int r = threadIdx.x >> 1, x = (threadIdx.x & 1) * 8;
      uint32_t to = (uint32_t)__cvta_generic_to_shared(&sa[s][r][x]);
      asm volatile("cp.async.cg.shared.global [%0], [%1], 16;" ::"r"(to), "l"(a + (size_t)(m0 + r) * k + k0 + x));
    } else {
      int t = threadIdx.x - 64, r = t >> 2, x = (t & 3) * 8;
      uint32_t to = (uint32_t)__cvta_generic_to_shared(&sb[s][r][x]);
      asm volatile("cp.async.cg.shared.global [%0], [%1], 16;" ::"r"(to), "l"(b + (size_t)(k0 + r) * n + n0 + x));
    }
    asm volatile("cp.async.commit_group;");
  };
  float d[2][4] = {};
  stage(0, 0);
  for (int k0 = 0, s = 0; k0 < k; k0 += 16, s ^= 1) {
    if (k0 + 16 < k) {
      stage(s ^ 1, k0 + 16);
      asm volatile("cp.async.wait_group 1;");
    } else {
      asm volatile("cp.async.wait_group 0;");
    }
    __syncthreads();
    uint32_t fa[4], fb[4];
    uint32_t pa = (uint32_t)__cvta_generic_to_shared(&sa[s][wm + (lane & 15)][(lane >> 4) * 8]);
    uint32_t pb = (uint32_t)__cvta_generic_to_shared(&sb[s][lane & 15][wn + (lane >> 4) * 8]);
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0,%1,%2,%3}, [%4];" : "=r"(fa[0]), "=r"(fa[1]), "=r"(fa[2]), "=r"(fa[3]) : "r"(pa));
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0,%1,%2,%3}, [%4];" : "=r"(fb[0]), "=r"(fb[1]), "=r"(fb[2]), "=r"(fb[3]) : "r"(pb));
    for (int j = 0; j < 2; j++)
      asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
                   : "+f"(d[j][0]), "+f"(d[j][1]), "+f"(d[j][2]), "+f"(d[j][3])
                   : "r"(fa[0]), "r"(fa[1]), "r"(fa[2]), "r"(fa[3]), "r"(fb[2 * j]), "r"(fb[2 * j + 1]));
    __syncthreads();
  }
  for (int j = 0; j < 2; j++) {
    int r = m0 + wm + (lane >> 2), x = n0 + wn + 8 * j + (lane & 3) * 2;
    *(float2*)&c[(size_t)r * n + x] = make_float2(d[j][0], d[j][1]);
    *(float2*)&c[(size_t)(r + 8) * n + x] = make_float2(d[j][2], d[j][3]);
  }
}

// One warp: 16 x 8 products of each shape, straight from global memory.
__global__ void mma_f16(const uint32_t* a, const uint32_t* b, uint32_t* d) {
  int l = threadIdx.x, g = l >> 2, t = l & 3;
  uint32_t r[2] = {};
  asm volatile("mma.sync.aligned.m16n8k8.row.col.f16.f16.f16.f16 {%0,%1}, {%2,%3}, {%4}, {%0,%1};"
               : "+r"(r[0]), "+r"(r[1]) : "r"(a[g * 4 + t]), "r"(a[(g + 8) * 4 + t]), "r"(b[g * 4 + t]));
  d[g * 4 + t] = r[0];
  d[(g + 8) * 4 + t] = r[1];
}

__global__ void mma_tf32(const float* a, const float* b, float* d) {
  int l = threadIdx.x, g = l >> 2, t = l & 3;
  float r[4] = {};
  float from[6] = {a[g * 8 + t], a[(g + 8) * 8 + t], a[g * 8 + t + 4], a[(g + 8) * 8 + t + 4], b[t * 8 + g], b[(t + 4) * 8 + g]};
  uint32_t x[6];
  for (int i = 0; i < 6; i++) asm volatile("cvt.rna.tf32.f32 %0, %1;" : "=r"(x[i]) : "f"(from[i]));
  asm volatile("mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
               : "+f"(r[0]), "+f"(r[1]), "+f"(r[2]), "+f"(r[3]) : "r"(x[0]), "r"(x[1]), "r"(x[2]), "r"(x[3]), "r"(x[4]), "r"(x[5]));
  *(float2*)&d[g * 8 + t * 2] = make_float2(r[0], r[1]);
  *(float2*)&d[(g + 8) * 8 + t * 2] = make_float2(r[2], r[3]);
}

__global__ void bf16_add_relu(int n, const __nv_bfloat162* x, const __nv_bfloat162* y, __nv_bfloat162* z) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n) z[i] = __hmax2(__hadd2(x[i], y[i]), __float2bfloat162_rn(0.f));
}

__global__ void reductions(const int* x, int* out) {
  int v = x[threadIdx.x];
  out[threadIdx.x * 4] = __reduce_add_sync(~0u, v);
  out[threadIdx.x * 4 + 1] = __reduce_min_sync(~0u, v);
  out[threadIdx.x * 4 + 2] = __reduce_max_sync(~0u, (unsigned)v);
  out[threadIdx.x * 4 + 3] = __reduce_xor_sync(~0u, (unsigned)v);
}
}
