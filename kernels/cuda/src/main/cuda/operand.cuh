// What a product asks of its operands. An operand says itself where its elements are: a matrix with
// strides, or the windows of an image, which are never written out (implicit GEMM). It has
//   const T* p                   where it begins
//   Line line(int i)             what one row of A (or column of B) has in common
//   Step step(int k)             what one step of the sum has in common
//   const T* find(Line, Step)    the element, or null if it is outside and counts as 0
//
// A result takes the sums:
//   static bool BIASED           whether there can be a bias; then
//   A bias_of(int n)             what is added to those of column n
//   Row row(int m)               where row m begins, or null if it is outside
//   write(Row, int n, v)         takes the sums of columns n, n + 1 .., and may change them
//
// A product is wide if it brings 16 bytes, a chunk, at a time: then the elements of a chunk are
// neighbours in memory, aligned, and all inside or all outside. The host asks for it only so.
#pragma once
#include "types.cuh"

#define PRODUCT_THREADS 256

static constexpr int CHUNK = 16 / sizeof(T);

// A line or step that has no element.
static constexpr i64 OUTSIDE = -0x7FFFFFFFFFFFFFFFll;

// N elements that are read or written in one instruction.
template <class E, int N>
struct __align__(sizeof(E) * N > 16 ? 16 : sizeof(E) * N) Pack {
  E v[N];
};

template <class E>
__device__ __forceinline__ E rounded(A v) {
  if constexpr (sizeof(E) == sizeof(A)) return v;
  else return put(v);
}

// What becomes of sums before they are written: the element of `residual`, which lies as the result
// does, is added if there is one, and then, if `relu`, what is below 0 becomes 0.
struct Epilogue {
  const T* residual;
  int relu;
};

// For columns n to n + N of the row that begins `row` elements after the first; else as write_row.
template <bool WHOLE, int N>
__device__ __forceinline__ void finish(const Epilogue& end, i64 row, int n, int columns, i64 stride,
                                       bool together, A (&v)[N]) {
  if (end.residual) {
    const T* from = end.residual + row;
    if (WHOLE ? n < columns : together && n + N <= columns) {
      Pack<T, N> added = *(const Pack<T, N>*)(from + n);
#pragma unroll
      for (int j = 0; j < N; j++) v[j] += get(added.v[j]);
    } else if (!WHOLE) {
#pragma unroll
      for (int j = 0; j < N; j++)
        if (n + j < columns) v[j] += get(from[(n + j) * stride]);
    }
  }
  if (end.relu) {
#pragma unroll
    for (int j = 0; j < N; j++) v[j] = v[j] <= 0 ? (A)0 : v[j];
  }
}

// Writes columns n to n + N of a row. WHOLE: all are inside or none, and neighbours; else they are
// written at once only if they are all inside and `together`.
template <bool WHOLE, class E, int N>
__device__ __forceinline__ void write_row(E* row, int n, int columns, i64 stride, bool together,
                                          const A (&v)[N]) {
  if (WHOLE ? n < columns : together && n + N <= columns) {
    Pack<E, N> out;
#pragma unroll
    for (int j = 0; j < N; j++) out.v[j] = rounded<E>(v[j]);
    *(Pack<E, N>*)(row + n) = out;
  } else if (!WHOLE) {
#pragma unroll
    for (int j = 0; j < N; j++)
      if (n + j < columns) row[(n + j) * stride] = rounded<E>(v[j]);
  }
}
