package dev.manabi.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.manabi.kernels.reference.Scalars;
import dev.manabi.tensor.DType;
import dev.manabi.tensor.op.ElementwiseOp.UnaryFn;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The vector functions of f32 against the reference in f64, over the whole range of floats. */
class FloatMathTest {
  /** A prime, so that the steps through the bit patterns of all floats meet every exponent. */
  private static final int STEP = 9973;

  @ParameterizedTest
  @EnumSource(names = {"EXP", "EXPM1", "LOG", "LOG1P", "SIN", "COS", "TANH", "SIGMOID", "ERF"})
  void isWithinAFewUnitsInTheLastPlace(UnaryFn fn) {
    checkAll(fn, fn == UnaryFn.TANH || fn == UnaryFn.SIGMOID ? 3 : 2);
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOOR", "CEIL", "ROUND", "TRUNC"})
  void roundsExactly(UnaryFn fn) {
    checkAll(fn, 0);
  }

  /** The rest of ln 2 that it leaves out counts once for every doubling. */
  @Test
  void exponentialBesideOneIsNearOrVanishes() {
    for (float x = -120; x < 88; x += 0.01f) {
      float want = x < -87 ? 0 : (float) Math.exp(x);
      float found = expDownward(x);
      assertEquals(want, found, (2 + Math.abs(x) / 16) * Math.ulp(want), "e^" + x);
    }
    assertEquals(0, expDownward(Float.NEGATIVE_INFINITY));
    assertEquals(Float.NaN, expDownward(Float.NaN));
  }

  private static float expDownward(float x) {
    return FloatMath.expDownward(FloatVector.broadcast(Simd.F32, x)).lane(0);
  }

  private static void checkAll(UnaryFn fn, double ulps) {
    int n = 4096;
    RowKernel kernel = ElementwiseKernels.unary(fn, DType.F32);
    try (Arena arena = Arena.ofConfined()) {
      var x = arena.allocate(4L * n, 64);
      var y = arena.allocate(4L * n, 64);
      for (long bits = 0; bits < 1L << 32; bits += (long) n * STEP) {
        for (int i = 0; i < n; i++) {
          x.setAtIndex(ValueLayout.JAVA_INT, i, (int) (bits + (long) i * STEP));
        }
        kernel.run(new long[] {x.address(), y.address()}, new int[] {4, 4}, n);
        for (int i = 0; i < n; i++) {
          check(
              fn,
              x.getAtIndex(ValueLayout.JAVA_FLOAT, i),
              y.getAtIndex(ValueLayout.JAVA_FLOAT, i),
              ulps);
        }
      }
    }
  }

  private static void check(UnaryFn fn, float x, float y, double ulps) {
    double want = Scalars.apply(fn, x);
    boolean same = Double.compare((float) want, y) == 0;
    boolean near = Math.abs(y - want) <= ulps * Math.ulp((float) want);
    assertTrue(same || near, () -> fn + " of " + x + ": expected " + want + ", found " + y);
  }
}
