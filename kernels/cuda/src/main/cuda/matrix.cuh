// Matrices with any strides as operands and results of a product.
#pragma once
#include "operand.cuh"

struct Matrix {
  const T* p;
  i64 line_stride, step_stride;
  int lines;
  typedef i64 Line;
  typedef i64 Step;
  __device__ __forceinline__ Line line(int i) const { return i < lines ? i * line_stride : OUTSIDE; }
  __device__ __forceinline__ Step step(int k) const { return k * step_stride; }
  __device__ __forceinline__ const T* find(Line l, Step s) const {
    return l == OUTSIDE ? nullptr : p + (l + s);
  }
};

// WHOLE: its rows consist of whole chunks as well.
template <bool WHOLE>
struct Output {
  static constexpr bool BIASED = true;
  T* p;
  i64 row_stride, column_stride;
  int rows, columns;
  const T* bias;
  i64 bias_stride;
  bool together;  // whether a pair of neighbours may be written at once
  Epilogue end;

  __device__ __forceinline__ A bias_of(int n) const {
    return bias && n < columns ? get(bias[n * bias_stride]) : (A)0;
  }
  typedef T* Row;
  __device__ __forceinline__ Row row(int m) const {
    return m < rows ? p + m * row_stride : nullptr;
  }
  template <int N>
  __device__ __forceinline__ void write(Row to, int n, A (&v)[N]) const {
    if (!to) return;
    finish<WHOLE>(end, to - p, n, columns, column_stride, together, v);
    write_row<WHOLE>(to, n, columns, column_stride, together, v);
  }
};
