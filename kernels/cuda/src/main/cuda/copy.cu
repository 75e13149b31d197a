// Moving elements without looking at them: copies between any strides, fills, selection, and
// transposes through shared memory. Compiled for each width of an element.
#include "vectors.cuh"
#include "walk.cuh"

extern "C" __global__ void copy(Walk<2> w, int linear, const T* x, T* y) {
  u32 i = linear ? thread_number() * LANES : blockIdx.x * blockDim.x * LANES + threadIdx.x;
  if (linear && i + LANES <= w.count) {
    T a[LANES];
    load4(x + i, a);
    store4(y + i, a);
    return;
  }
  u32 step = linear ? 1 : blockDim.x;
#pragma unroll 1
  for (int k = 0; k < LANES && i < w.count; k++, i += step) {
    i64 at[2];
    w.locate(i, at);
    y[at[1]] = x[at[0]];
  }
}

extern "C" __global__ void fill(Walk<1> w, T* y, T value) {
  u32 i = thread_number();
  if (i >= w.count) return;
  i64 at[1];
  w.locate(i, at);
  y[at[0]] = value;
}

extern "C" __global__ void where(Walk<4> w, const u8* condition, const T* x, const T* y, T* z) {
  u32 i = thread_number();
  if (i >= w.count) return;
  i64 at[4];
  w.locate(i, at);
  z[at[3]] = condition[at[0]] ? x[at[1]] : y[at[2]];
}

// Transposes a batch of matrices: x [rows, columns] with stride 1 along rows' columns, y with stride
// 1 along rows. Reading and writing in memory order at once is impossible, so a block reads a tile
// row by row into shared memory and writes it column by column. The odd row length of the tile puts
// the elements of a column into different banks.
#define TILE 32
extern "C" __global__ void transpose(const T* x, T* y, int rows, int columns, i64 x_row, i64 y_column,
                                     i64 x_batch, i64 y_batch) {
  __shared__ T tile[TILE][TILE + 1];
  x += blockIdx.z * x_batch;
  y += blockIdx.z * y_batch;
  int c = blockIdx.x * TILE + threadIdx.x;
  for (int k = threadIdx.y; k < TILE; k += blockDim.y) {
    int r = blockIdx.y * TILE + k;
    if (r < rows && c < columns) tile[k][threadIdx.x] = x[r * x_row + c];
  }
  __syncthreads();
  int r = blockIdx.y * TILE + threadIdx.x;
  for (int k = threadIdx.y; k < TILE; k += blockDim.y) {
    int out = blockIdx.x * TILE + k;
    if (r < rows && out < columns) y[out * y_column + r] = tile[threadIdx.x][k];
  }
}
