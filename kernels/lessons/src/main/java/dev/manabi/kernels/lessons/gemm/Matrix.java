package dev.manabi.kernels.lessons.gemm;

import dev.manabi.kernels.lessons.Memory;
import dev.manabi.kernels.lessons.Rows;
import dev.manabi.tensor.DType;
import dev.manabi.tensor.Tensor;

/**
 * A row-major matrix.
 *
 * @param tensor [rows, columns], to whom the memory belongs
 * @param address of element (0, 0)
 */
record Matrix(Tensor tensor, long address, int rows, int columns) {

  /**
   * The matrix in a tensor's memory.
   *
   * @param t f32, contiguous, [rows, columns]
   * @throws IllegalArgumentException if it is anything else
   */
  static Matrix of(Tensor t) {
    if (t.rank() != 2 || t.dtype() != DType.F32 || !t.layout().isContiguous()) {
      throw new IllegalArgumentException(
          "lesson: expected a contiguous f32 matrix, found " + t.spec());
    }
    return new Matrix(t, t.address(), t.size(0), t.size(1));
  }

  /** Address of element (i, j). */
  long at(int i, int j) {
    return address + ((long) i * columns + j) * Float.BYTES;
  }

  float get(int i, int j) {
    return Memory.get(at(i, j));
  }

  void set(int i, int j, float value) {
    Memory.set(at(i, j), value);
  }

  void add(int i, int j, float value) {
    set(i, j, get(i, j) + value);
  }

  /** Makes all elements 0. */
  void clear() {
    Rows.clear(address, rows * columns);
  }

  /** Makes the elements of some rows and columns 0. */
  void clear(int top, int bottom, int left, int right) {
    for (int i = top; i < bottom; i++) {
      Rows.clear(at(i, left), right - left);
    }
  }
}
