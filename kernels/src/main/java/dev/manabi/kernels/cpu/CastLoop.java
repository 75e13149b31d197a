package dev.manabi.kernels.cpu;

import java.lang.invoke.MethodHandles;

/** Template: {@code x -> x as another dtype}, element by element; copied per pair of dtypes. */
final class CastLoop implements RowKernel {
  /** The pair; {@code exact} if the source is an integer, which must not pass through a double. */
  record Pair(Cell from, Cell to, boolean exact) {}

  private static final Pair PAIR = KernelTemplate.function(MethodHandles.lookup(), Pair.class);
  private static final Cell FROM = PAIR.from();
  private static final Cell TO = PAIR.to();
  private static final boolean EXACT = PAIR.exact();

  @Override
  public int lanes() {
    return 1;
  }

  @Override
  public void run(long[] at, int[] step, int n) {
    long x = at[0];
    long y = at[1];
    int xStep = step[0];
    int yStep = step[1];
    for (int i = 0; i < n; i++) {
      long from = x + (long) i * xStep;
      long to = y + (long) i * yStep;
      if (EXACT) {
        TO.putLong(to, FROM.getLong(from));
      } else {
        TO.putDouble(to, FROM.getDouble(from));
      }
    }
  }
}
