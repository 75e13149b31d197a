package dev.manabi.kernels.lessons.gemm;

import static dev.manabi.kernels.lessons.Tile.COLUMNS;
import static dev.manabi.kernels.lessons.Tile.ROWS;

import dev.manabi.kernels.lessons.Memory;
import dev.manabi.kernels.lessons.Tile;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * A block of B, copied: panels of {@link Tile#COLUMNS} columns one after another, in each row by
 * row, so that a tile reads its panel from one end to the other.
 */
final class PackedBlock {
  /** Most rows of B: six rows of A as long as this are 6 KB, which stay in the L1 cache. */
  private static final int DEPTH = 256;

  /** Most columns of B: with that depth 512 KB, which stay in the L2 cache. */
  private static final int WIDTH = 512;

  private final Matrix b;
  private final int k;
  private final int j;
  private final int depth;
  private final int width;
  private final float[] packed;

  private PackedBlock(Matrix b, int k, int j) {
    this.b = b;
    this.k = k;
    this.j = j;
    depth = Math.min(DEPTH, b.rows() - k);
    width = Math.min(WIDTH, b.columns() - j);
    packed = new float[panels() * depth * COLUMNS];
  }

  /** All blocks of a matrix, one after another, not packed yet. */
  static void forEach(Matrix b, Consumer<PackedBlock> body) {
    for (int j = 0; j < b.columns(); j += WIDTH) {
      for (int k = 0; k < b.rows(); k += DEPTH) {
        body.accept(new PackedBlock(b, k, j));
      }
    }
  }

  /** Strips of as many rows as a tile has, the last one perhaps not full. */
  static int strips(Matrix a) {
    return Math.ceilDiv(a.rows(), ROWS);
  }

  int panels() {
    return Math.ceilDiv(width, COLUMNS);
  }

  /** Copies some of the panels. What the last one has beyond the matrix stays 0. */
  void pack(long from, long to) {
    for (int panel = (int) from; panel < to; panel++) {
      int left = panel * COLUMNS;
      int count = Math.min(COLUMNS, width - left);
      for (int row = 0; row < depth; row++) {
        Memory.copy(b.at(k + row, j + left), packed, (panel * depth + row) * COLUMNS, count);
      }
    }
  }

  /** Adds the product of some strips of A and this block to C. */
  void multiply(Matrix a, long from, long to, Matrix c) {
    float[] strip = new float[ROWS * depth];
    float[] sums = new float[ROWS * COLUMNS];
    for (int i = (int) from * ROWS; i < to * ROWS; i += ROWS) {
      int rows = Math.min(ROWS, a.rows() - i);
      for (int row = 0; row < rows; row++) {
        Memory.copy(a.at(i + row, k), strip, row * depth, depth);
      }
      for (int panel = 0; panel < panels(); panel++) {
        Arrays.fill(sums, 0);
        Tile.addTo(sums, strip, 0, depth, packed, panel * depth * COLUMNS, depth);
        int left = panel * COLUMNS;
        int columns = Math.min(COLUMNS, width - left);
        for (int row = 0; row < rows; row++) {
          Tile.addRowTo(c.at(i + row, j + left), sums, row, columns);
        }
      }
    }
  }
}
