package dev.manabi.kernels.cpu;

import java.lang.invoke.MethodHandles;

/**
 * Template: {@code y = fn(a, b)} by the reference's scalar functions, for what has no vector form;
 * copied per function and dtype.
 */
final class ScalarLoop implements RowKernel {
  /** A function as the reference defines it for floating dtypes. */
  interface OfDouble {
    double apply(double a, double b);
  }

  /** A function as the reference defines it for integers and bool. */
  interface OfLong {
    long apply(long a, long b);
  }

  /** The function and what it reads and writes. */
  record Function(
      Cell in, Cell out, boolean floating, int arity, OfDouble ofDouble, OfLong ofLong) {}

  private static final Function FUNCTION =
      KernelTemplate.function(MethodHandles.lookup(), Function.class);
  private static final Cell IN = FUNCTION.in();
  private static final Cell OUT = FUNCTION.out();
  private static final boolean FLOATING = FUNCTION.floating();
  private static final OfDouble OF_DOUBLE = FUNCTION.ofDouble();
  private static final OfLong OF_LONG = FUNCTION.ofLong();
  private static final int ARITY = FUNCTION.arity();
  private static final int B = ARITY - 1;

  @Override
  public int lanes() {
    return 1;
  }

  @Override
  public void run(long[] at, int[] step, int n) {
    long a = at[0];
    long b = at[B];
    long y = at[ARITY];
    for (int i = 0; i < n; i++) {
      one(a + (long) i * step[0], b + (long) i * step[B], y + (long) i * step[ARITY]);
    }
  }

  private static void one(long a, long b, long y) {
    if (FLOATING) {
      OUT.putDouble(y, OF_DOUBLE.apply(IN.getDouble(a), IN.getDouble(b)));
    } else {
      OUT.putLong(y, OF_LONG.apply(IN.getLong(a), IN.getLong(b)));
    }
  }
}
