package dev.manabi.kernels.cases;

import dev.manabi.tensor.DType;

/** The shapes and dtypes that most topics go through. */
final class Sizes {
  private Sizes() {}

  /**
   * Empty, scalar, around every vector length, odd ranks, and one that is worth several threads.
   */
  static final int[][] SHAPES = {
    {},
    {0},
    {1},
    {2},
    {3},
    {7},
    {16},
    {17},
    {31},
    {33},
    {63},
    {65},
    {1000},
    {3, 0, 2},
    {2, 3},
    {7, 33},
    {1, 65, 1},
    {4, 5, 6},
    {2, 17, 5, 3},
    {2, 3, 1, 4, 5},
    {65, 129},
    {70_003},
  };

  /** Shapes of rank 1 and more, without an empty one: what has a line to work along. */
  static final int[][] LINES = {
    {1},
    {2},
    {7},
    {17},
    {33},
    {65},
    {1000},
    {2, 3},
    {7, 33},
    {65, 31},
    {1, 16},
    {4, 5, 6},
    {2, 17, 5, 3},
    {3, 2, 2, 3, 2},
    {9, 2049},
  };

  private static final Arrangement[] ARRANGEMENTS = Arrangement.values();

  /** The arrangements in turn. */
  static Arrangement arrangement(int i) {
    return ARRANGEMENTS[i % ARRANGEMENTS.length];
  }

  /** Dtypes with which every op on floating numbers must work, besides f32. */
  static final DType[] OTHER_FLOATS = {DType.F64, DType.F16, DType.BF16};

  static final DType[] INTEGERS = {DType.I64, DType.I32, DType.I8, DType.U8};
}
