// Moving elements from and to computed places. Compiled for each width of an element; what adds
// where places repeat is in accumulate.cu.
#include "block.cuh"
#include "faults.cuh"
#include "indices.cuh"
#include "walk.cuh"

// Gather and index_select. Walk: x with its axis standing still, index, y.
extern "C" __global__ void take(Walk<3> w, const T* x, const void* index, int wide, T* y, i64 stride,
                                i64 size, Fault* fault, int op) {
  u32 i = thread_number();
  if (i >= w.count) return;
  i64 at[3];
  w.locate(i, at);
  i64 place = read_index(index, at[1], wide);
  y[at[2]] = outside(place, size, fault, op) ? (T)0 : x[at[0] + place * stride];
}

// The same where a place is row * W + column of a plane.
extern "C" __global__ void take_in_plane(Walk<3> w, const T* x, const void* index, int wide, T* y,
                                         int width, i64 row_stride, i64 column_stride, i64 size,
                                         Fault* fault, int op) {
  u32 i = thread_number();
  if (i >= w.count) return;
  i64 at[3];
  w.locate(i, at);
  i64 place = read_index(index, at[1], wide);
  if (outside(place, size, fault, op)) place = 0;
  u32 row = (u32)place / width;
  y[at[2]] = x[at[0] + row * row_stride + ((u32)place - row * width) * column_stride];
}

// Where places repeat, the last source in row-major order wins: every source claims its place with
// its number, and only the highest bidder writes. Walk, in row-major order: index, source, y with its
// axis standing still.
extern "C" __global__ void claim(Walk<3> w, const void* index, int wide, int* winner, i64 stride,
                                 i64 size, Fault* fault, int op) {
  u32 i = thread_number();
  if (i >= w.count) return;
  i64 at[3];
  w.locate(i, at);
  i64 place = read_index(index, at[0], wide);
  if (outside(place, size, fault, op)) return;
  atomicMax(&winner[at[2] + place * stride], (int)i);
}

extern "C" __global__ void put_claimed(Walk<3> w, const void* index, int wide, const int* winner,
                                       const T* source, T* y, i64 stride, i64 size) {
  u32 i = thread_number();
  if (i >= w.count) return;
  i64 at[3];
  w.locate(i, at);
  i64 place = read_index(index, at[0], wide);
  if (place < 0 || place >= size) return;
  i64 p = at[2] + place * stride;
  if (winner[p] == (int)i) y[p] = source[at[1]];
}
