// Adding where places may repeat: gradients of look-ups, gathers, views and pooling.
//
// Sums go to zeroed scratch memory in the type of arithmetic, so that f16 does not round after every
// addition and integers do not wrap early, by atomic additions; the last kernel rounds once.
#include "faults.cuh"
#include "indices.cuh"
#include "walk.cuh"

__device__ __forceinline__ void add(float* p, float v) { atomicAdd(p, v); }
__device__ __forceinline__ void add(double* p, double v) { atomicAdd(p, v); }
__device__ __forceinline__ void add(i64* p, i64 v) { atomicAdd((u64*)p, (u64)v); }

// Walk: x, sums.
extern "C" __global__ void load_sums(Walk<2> w, const T* x, A* sums) {
  u32 i = thread_number();
  if (i >= w.count) return;
  i64 at[2];
  w.locate(i, at);
  sums[at[1]] = get(x[at[0]]);
}

// Walk: sums, y.
extern "C" __global__ void store_sums(Walk<2> w, const A* sums, T* y) {
  u32 i = thread_number();
  if (i >= w.count) return;
  i64 at[2];
  w.locate(i, at);
  y[at[1]] = put(sums[at[0]]);
}

// Walk: g, sums seen through the view.
extern "C" __global__ void add_through(Walk<2> w, const T* g, A* sums) {
  u32 i = thread_number();
  if (i >= w.count) return;
  i64 at[2];
  w.locate(i, at);
  add(&sums[at[1]], get(g[at[0]]));
}

// Walk: g, index, sums with the axis standing still.
extern "C" __global__ void add_at(Walk<3> w, const T* g, const void* index, int wide, A* sums,
                                  i64 stride, i64 size, Fault* fault, int op) {
  u32 i = thread_number();
  if (i >= w.count) return;
  i64 at[3];
  w.locate(i, at);
  i64 place = read_index(index, at[1], wide);
  if (outside(place, size, fault, op)) return;
  add(&sums[at[2] + place * stride], get(g[at[0]]));
}
