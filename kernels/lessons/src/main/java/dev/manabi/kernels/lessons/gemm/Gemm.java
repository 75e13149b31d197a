package dev.manabi.kernels.lessons.gemm;

/** One way to multiply matrices. */
interface Gemm {
  /**
   * Computes {@code C = A B}.
   *
   * @param a [M, K]
   * @param b [K, N]
   * @param c [M, N], another memory than A and B; what it held is overwritten
   */
  void multiply(Matrix a, Matrix b, Matrix c);
}
