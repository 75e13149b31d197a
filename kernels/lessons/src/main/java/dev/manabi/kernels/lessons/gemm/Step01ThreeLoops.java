package dev.manabi.kernels.lessons.gemm;

/**
 * The definition: element (i, j) of C is the sum over k of {@code A[i, k] * B[k, j]}.
 *
 * <p>Two things make it slow. It walks down a column of B, so each step of the innermost loop
 * touches another cache line and uses 4 of its 64 bytes. And every addition waits for the one
 * before, four cycles each, because they all go into one sum.
 */
final class Step01ThreeLoops implements Gemm {
  @Override
  public void multiply(Matrix a, Matrix b, Matrix c) {
    for (int i = 0; i < c.rows(); i++) {
      for (int j = 0; j < c.columns(); j++) {
        float sum = 0;
        for (int k = 0; k < a.columns(); k++) {
          sum += a.get(i, k) * b.get(k, j);
        }
        c.set(i, j, sum);
      }
    }
  }
}
