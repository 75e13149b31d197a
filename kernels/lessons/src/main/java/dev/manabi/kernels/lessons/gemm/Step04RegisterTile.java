package dev.manabi.kernels.lessons.gemm;

import static dev.manabi.kernels.lessons.Tile.COLUMNS;
import static dev.manabi.kernels.lessons.Tile.ROWS;

import dev.manabi.kernels.lessons.Lanes;
import dev.manabi.kernels.lessons.Memory;
import jdk.incubator.vector.FloatVector;

/**
 * A tile of C, six rows of two vectors, stays in registers while k runs from end to end.
 *
 * <p>Faster, because C is no longer loaded and stored at every step, and what is loaded is used
 * more than once: two vectors of B and six numbers of A give twelve multiply-adds. Twelve sums are
 * also enough that none waits for its own last addition (two such instructions may start in every
 * cycle, and each takes four), and few enough that 16 registers hold them with their operands.
 *
 * <p>Every sum has a variable of its own because the JIT keeps no array of vectors in registers.
 */
final class Step04RegisterTile implements Gemm {
  @Override
  public void multiply(Matrix a, Matrix b, Matrix c) {
    int bottom = c.rows() - c.rows() % ROWS;
    int right = c.columns() - c.columns() % COLUMNS;
    for (int j = 0; j < right; j += COLUMNS) {
      for (int i = 0; i < bottom; i += ROWS) {
        tile(a, b, c, i, j);
      }
    }
    // What no whole tile covers.
    c.clear(0, bottom, right, c.columns());
    Step02LoopOrder.addPart(a, b, c, 0, bottom, right, c.columns());
    c.clear(bottom, c.rows(), 0, c.columns());
    Step02LoopOrder.addPart(a, b, c, bottom, c.rows(), 0, c.columns());
  }

  private static void tile(Matrix a, Matrix b, Matrix c, int i, int j) {
    FloatVector c00 = FloatVector.zero(Lanes.F32);
    FloatVector c01 = c00;
    FloatVector c10 = c00;
    FloatVector c11 = c00;
    FloatVector c20 = c00;
    FloatVector c21 = c00;
    FloatVector c30 = c00;
    FloatVector c31 = c00;
    FloatVector c40 = c00;
    FloatVector c41 = c00;
    FloatVector c50 = c00;
    FloatVector c51 = c00;
    for (int k = 0; k < a.columns(); k++) {
      FloatVector b0 = Memory.load(b.at(k, j));
      FloatVector b1 = Memory.load(b.at(k, j) + Lanes.BYTES);
      FloatVector x = broadcast(a, i, k);
      c00 = b0.fma(x, c00);
      c01 = b1.fma(x, c01);
      x = broadcast(a, i + 1, k);
      c10 = b0.fma(x, c10);
      c11 = b1.fma(x, c11);
      x = broadcast(a, i + 2, k);
      c20 = b0.fma(x, c20);
      c21 = b1.fma(x, c21);
      x = broadcast(a, i + 3, k);
      c30 = b0.fma(x, c30);
      c31 = b1.fma(x, c31);
      x = broadcast(a, i + 4, k);
      c40 = b0.fma(x, c40);
      c41 = b1.fma(x, c41);
      x = broadcast(a, i + 5, k);
      c50 = b0.fma(x, c50);
      c51 = b1.fma(x, c51);
    }
    store(c00, c01, c, i, j);
    store(c10, c11, c, i + 1, j);
    store(c20, c21, c, i + 2, j);
    store(c30, c31, c, i + 3, j);
    store(c40, c41, c, i + 4, j);
    store(c50, c51, c, i + 5, j);
  }

  private static FloatVector broadcast(Matrix a, int i, int k) {
    return FloatVector.broadcast(Lanes.F32, a.get(i, k));
  }

  private static void store(FloatVector left, FloatVector right, Matrix c, int i, int j) {
    Memory.store(left, c.at(i, j));
    Memory.store(right, c.at(i, j) + Lanes.BYTES);
  }
}
