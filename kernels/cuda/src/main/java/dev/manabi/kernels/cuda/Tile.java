package dev.manabi.kernels.cuda;

import dev.manabi.kernels.cuda.driver.Grid;
import dev.manabi.tensor.DType;
import dev.manabi.tensor.Tensor;

/** The square part of a product's result that a block computes; {@code 64 P} of a side. */
enum Tile {
  SMALL(64, 3),
  LARGE(128, 8);

  static final int THREADS = 256;

  /** How many steps of the sum a tile of {@code tensor_product.cuh} holds. */
  private static final int TENSOR_DEPTH = 32;

  /** How many tiles of each operand it holds, brought in chunks or element by element. */
  private static final int WIDE_STAGES = 4;

  private static final int NARROW_STAGES = 2;

  private static final int CHUNK_BYTES = 16;

  private final int side;

  /**
   * Time of a block. A large tile is four small ones, but needs half as many numbers from memory
   * for each multiplication; that it is 1.5 times as fast for it is an estimate.
   */
  private final int cost;

  Tile(int side, int cost) {
    this.side = side;
    this.cost = cost;
  }

  int side() {
    return side;
  }

  /** The tile with which {@code count} results of this size are finished first. */
  static Tile of(int rows, int columns, long count, int multiprocessors) {
    return LARGE.time(rows, columns, count, multiprocessors)
            <= SMALL.time(rows, columns, count, multiprocessors)
        ? LARGE
        : SMALL;
  }

  private long time(int rows, int columns, long count, int multiprocessors) {
    long blocks = (long) Math.ceilDiv(rows, side) * Math.ceilDiv(columns, side) * count;
    return Math.ceilDiv(blocks, (long) multiprocessors) * cost;
  }

  /** A block for each tile of {@code z} results. */
  Grid grid(Gpu gpu, DType dtype, boolean wide, int rows, int columns, int z) {
    Grid grid = Grid.of(Math.ceilDiv(rows, side), Math.ceilDiv(columns, side), z, THREADS);
    if (!onTensorCores(gpu, dtype)) {
      return grid;
    }
    int stages = wide ? WIDE_STAGES : NARROW_STAGES;
    return grid.withShared(stages * 2 * side * TENSOR_DEPTH * dtype.bytes());
  }

  private static boolean onTensorCores(Gpu gpu, DType dtype) {
    return (dtype == DType.F16 || dtype == DType.BF16) && gpu.hasTensorCores();
  }

  /** Whether there are kernels that bring operands 16 bytes at a time. */
  static boolean canBeWide(Gpu gpu, DType dtype) {
    return dtype == DType.F32 || onTensorCores(gpu, dtype);
  }

  /** How many elements are 16 bytes. */
  static int chunk(DType dtype) {
    return CHUNK_BYTES / dtype.bytes();
  }

  /** Whether a tensor's first element is where a chunk may begin. */
  static boolean isAligned(Tensor t) {
    return t.address() % CHUNK_BYTES == 0;
  }
}
