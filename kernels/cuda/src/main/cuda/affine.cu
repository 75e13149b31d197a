// y = x * scale + shift (+ residual), then perhaps ReLU; and dropout.
//
// Idea: each of these would be a pass over memory of its own. Together they cost one: x, and the
// residual if there is one, are read once and y is written once, while scale and shift (one number
// for each channel) come from the cache.
#include "philox.cuh"
#include "replay.cuh"
#include "walk.cuh"

// Walk: x, scale, shift, residual, y.
extern "C" __global__ void scale_shift(Walk<5> w, const T* x, const T* scale, const T* shift,
                                       const T* residual, T* y, int adds, int relu) {
  u32 i = thread_number();
  if (i >= w.count) return;
  i64 at[5];
  w.locate(i, at);
  A v = get(x[at[0]]) * get(scale[at[1]]) + get(shift[at[2]]);
  if (adds) v += get(residual[at[3]]);
  y[at[4]] = put(relu ? larger(v, 0) : v);
}

// The walk goes in row-major order, because the number of an element chooses its random number.
extern "C" __global__ void dropout(Walk<2> w, const T* x, T* y, double p, double scale,
                                   u64 seed, u64 stream, const Replay* replay) {
  stream += replay->streams;
  u32 i = thread_number();
  if (i >= w.count) return;
  i64 at[2];
  w.locate(i, at);
  bool dropped = uniform24(philox_word(seed, stream, i)) < p;
  y[at[1]] = dropped ? put(0) : put(get(x[at[0]]) * (A)scale);
}
