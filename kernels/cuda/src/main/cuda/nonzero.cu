// Positions of the non-zero elements in row-major order. Every block has a run of elements: a first
// launch counts the non-zero ones in each, so that in the second a block knows where to begin. In each
// of its rounds it looks at 256 elements, a ballot within every warp and a sum over the warps before it
// tell each thread how many came before, and the total moves the start of the next round.
#include "block.cuh"
#include "walk.cuh"

// Blocks of `run` elements each, which is a multiple of the block's threads.
extern "C" __global__ void count_nonzero(Walk<1> w, const T* x, u32 run, u32* counts) {
  u32 from = blockIdx.x * run, count = 0;
#pragma unroll 1
  for (u32 i = from + threadIdx.x; i < from + run && i < w.count; i += blockDim.x) {
    i64 at[1];
    w.locate(i, at);
    if (get(x[at[0]]) != 0) count++;
  }
  count = block_sum(count);
  if (threadIdx.x == 0) counts[blockIdx.x] = count;
}

extern "C" __global__ void nonzero(Walk<1> w, const T* x, u32 run, const u32* counts, i64* y,
                                   u32 wanted, i64 y_row, i64 y_column, int rank, int d0, int d1,
                                   int d2, int d3, int d4, int d5, int d6, int d7) {
  __shared__ u32 of_warp[8];
  int lane = threadIdx.x & 31, warp = threadIdx.x >> 5;
  int dims[MAX_RANK] = {d0, d1, d2, d3, d4, d5, d6, d7};
  u32 before = 0;
  for (u32 b = threadIdx.x; b < blockIdx.x; b += blockDim.x) before += counts[b];
  u32 start = block_sum(before), first = blockIdx.x * run;
#pragma unroll 1
  for (u32 from = first; from < first + run && from < w.count; from += blockDim.x) {
    u32 i = from + threadIdx.x;
    i64 at[1];
    bool found = false;
    if (i < w.count) {
      w.locate(i, at);
      found = get(x[at[0]]) != 0;
    }
    u32 votes = __ballot_sync(FULL, found);
    if (lane == 0) of_warp[warp] = __popc(votes);
    __syncthreads();
    u32 place = start + __popc(votes & ((1u << lane) - 1)), total = 0;
#pragma unroll
    for (int k = 0; k < 8; k++) {
      if (k < warp) place += of_warp[k];
      total += of_warp[k];
    }
    if (found && place < wanted) {
      u32 rest = i;
#pragma unroll
      for (int d = MAX_RANK - 1; d >= 0; d--) {
        if (d >= rank) continue;
        u32 next = rest / (u32)dims[d];
        y[place * y_row + d * y_column] = rest - next * (u32)dims[d];
        rest = next;
      }
    }
    start += total;
    __syncthreads();
  }
}
