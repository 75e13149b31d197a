package dev.manabi.kernels.cpu;

import static jdk.incubator.vector.VectorOperators.LE;

import dev.manabi.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.invoke.MethodHandle;
import jdk.incubator.vector.FloatVector;

/**
 * What is done with sums once they are complete, while they are still in the L1 cache: {@code y =
 * max(y + residual, 0)}, or one of the two. In the order and with the bits of separate ops.
 *
 * @param residual from an element of the result to the number that is added to it, in bytes: both
 *     lie alike; 0 for none
 */
record Epilogue(long residual, boolean relu) {
  static final Epilogue NONE = new Epilogue(0, false);

  /** Not final so that the loop is not inlined: see {@link KernelTemplate#entry}. */
  private static MethodHandle run = KernelTemplate.entry(Epilogue.class, "run");

  /**
   * The epilogue of an op with inputs {@code (x, weight[, bias[, residual]])}.
   *
   * @param y where the op writes; a residual that lies otherwise is copied
   */
  static Epilogue of(Tensor[] in, Tensor y, boolean relu, Operands operands) {
    if (in.length < 4 && !relu) {
      return NONE;
    }
    if (Rehearsal.isDue(Epilogue.class)) {
      rehearse();
    }
    long residual = in.length < 4 ? 0 : operands.as(in[3], y.layout()).address() - y.address();
    return new Epilogue(residual, relu);
  }

  boolean isNone() {
    return residual == 0 && !relu;
  }

  /** What becomes of the sum that belongs at {@code address}. */
  float of(float sum, long address) {
    float value = residual == 0 ? sum : sum + Native.getFloat(address + residual);
    return relu && value <= 0 ? 0 : value;
  }

  /** Finishes {@code rows} rows of {@code n} adjacent sums. */
  void finish(long address, long rowBytes, int rows, int n) {
    try {
      run.invokeExact(this, address, rowBytes, rows, n);
    } catch (Throwable t) {
      throw KernelTemplate.unchecked(t);
    }
  }

  void run(long address, long rowBytes, int rows, int n) {
    if (n == Tiles.COLUMNS) {
      if (residual != 0) {
        addToTile(address, rowBytes, rows);
      }
      if (relu) {
        reluOfTile(address, rowBytes, rows);
      }
      return;
    }
    // Rows without gaps are one row.
    boolean adjacent = rowBytes == (long) n * Float.BYTES;
    int numbers = adjacent ? rows * n : n;
    for (int i = 0; i < (adjacent ? 1 : rows); i++) {
      long row = address + i * rowBytes;
      if (residual != 0) {
        Runs.add(row + residual, row, numbers);
      }
      if (relu) {
        Runs.relu(row, numbers);
      }
    }
  }

  /** The rows of a whole tile are two vectors: a loop along each would cost more than they do. */
  private void addToTile(long address, long rowBytes, int rows) {
    for (int i = 0; i < rows; i++) {
      long row = address + i * rowBytes;
      long second = row + Simd.BYTES;
      Simd.store(Simd.load(row).add(Simd.load(row + residual)), row);
      Simd.store(Simd.load(second).add(Simd.load(second + residual)), second);
    }
  }

  private static void reluOfTile(long address, long rowBytes, int rows) {
    for (int i = 0; i < rows; i++) {
      long row = address + i * rowBytes;
      FloatVector a = Simd.load(row);
      FloatVector b = Simd.load(row + Simd.BYTES);
      Simd.store(a.blend(0f, a.compare(LE, 0f)), row);
      Simd.store(b.blend(0f, b.compare(LE, 0f)), row + Simd.BYTES);
    }
  }

  /** Takes every way through {@link #run}. */
  private static void rehearse() {
    int n = Simd.COUNT + 1;
    long residual = Tiles.COLUMN_BYTES;
    Epilogue[] all = {
      new Epilogue(residual, true), new Epilogue(0, true), new Epilogue(residual, false)
    };
    try (Arena arena = Arena.ofConfined()) {
      long sums = arena.allocate(3 * Tiles.COLUMN_BYTES, 64).address();
      Rehearsal.of(
          Epilogue.class,
          () -> {
            for (Epilogue epilogue : all) {
              epilogue.finish(sums, 0, 2, Tiles.COLUMNS);
              epilogue.finish(sums, 0, 2, n);
              epilogue.finish(sums, (long) n * Float.BYTES, 2, n);
            }
          });
    }
  }
}
