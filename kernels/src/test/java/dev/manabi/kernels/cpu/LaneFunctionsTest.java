package dev.manabi.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.manabi.kernels.reference.Scalars;
import dev.manabi.tensor.DType;
import dev.manabi.tensor.op.ElementwiseOp.BinaryFn;
import dev.manabi.tensor.op.ElementwiseOp.UnaryFn;
import java.lang.foreign.Arena;
import java.util.SplittableRandom;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Vector functions that must give the reference's very bits, and powers, which nearly do. */
class LaneFunctionsTest {
  private static final int N = 1024;
  private static final int ROUNDS = 100;
  private static final double[] EDGES = {
    0.0,
    -0.0,
    1,
    -1,
    0.5,
    -0.5,
    1.5,
    2,
    -2,
    3,
    -3,
    0.1f,
    1e-45,
    -1e-45,
    1e-40,
    0x1p-126,
    0x1p23,
    0x1p24,
    0x1p24 + 2,
    -0x1p25,
    0x1p31,
    0x1p53,
    1e30,
    -1e30,
    Float.MAX_VALUE,
    -Float.MAX_VALUE,
    Double.MIN_VALUE,
    Double.MAX_VALUE,
    1 / 0.0,
    -1 / 0.0,
    Double.NaN
  };

  @ParameterizedTest
  @EnumSource(names = {"REMAINDER", "FLOOR_DIV"})
  void divisionOfFloatsIsExact(BinaryFn fn) {
    for (DType type : new DType[] {DType.F32, DType.F64}) {
      everyPair(fn, type, 0);
      SplittableRandom random = new SplittableRandom(1);
      // Ever larger quotients, of which many are within a rounding error of an integer.
      for (int round = 0; round < ROUNDS; round++) {
        double scale = Math.scalb(1, round);
        double[] a = new double[N];
        double[] b = new double[N];
        for (int i = 0; i < N; i++) {
          b[i] = rounded(type, random.nextDouble(-2, 2));
          double multiple = b[i] * random.nextInt(1 << Math.min(round, 30));
          a[i] = rounded(type, i % 2 == 0 ? multiple : random.nextDouble(-1, 1) * scale);
        }
        compare(fn, type, a, b, 0);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"REMAINDER", "FLOOR_DIV"})
  void divisionOfIntegersIsExact(BinaryFn fn) {
    SplittableRandom random = new SplittableRandom(2);
    for (DType type : new DType[] {DType.I32, DType.I64}) {
      int bits = type.bytes() * Byte.SIZE;
      for (int shift = 0; shift < bits; shift += 3) {
        int s = shift + 64 - bits;
        compareLongs(fn, type, i -> random.nextLong() >> s, i -> nonZero(random.nextLong() >> s));
        compareLongs(fn, type, i -> random.nextLong() >> s, i -> i % 2 == 0 ? 7 : -1);
        long least = Long.MIN_VALUE >> (64 - bits);
        compareLongs(fn, type, i -> i % 3 == 0 ? least : -least - 1, i -> i % 2 == 0 ? -1 : least);
      }
    }
  }

  private static long nonZero(long x) {
    return x == 0 ? 1 : x;
  }

  @ParameterizedTest
  @EnumSource(names = {"REMAINDER", "FLOOR_DIV"})
  void integersCannotBeDividedByZero(BinaryFn fn) {
    for (DType type : new DType[] {DType.I32, DType.I64}) {
      assertThrows(
          ArithmeticException.class, () -> compareLongs(fn, type, i -> i, i -> i == N - 1 ? 0 : 1));
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOOR", "CEIL", "ROUND", "TRUNC"})
  void doublesRoundExactly(UnaryFn fn) {
    RowKernel kernel = ElementwiseKernels.unary(fn, DType.F64);
    SplittableRandom random = new SplittableRandom(3);
    try (Arena arena = Arena.ofConfined()) {
      long x = arena.allocate(8L * N, 64).address();
      long y = arena.allocate(8L * N, 64).address();
      for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < N; i++) {
          double value = random.nextDouble(-1, 1) * Math.scalb(1, random.nextInt(-3, 60));
          double half = Math.rint(value) + 0.5;
          double bits = Double.longBitsToDouble(random.nextLong());
          Native.putDouble(
              x + 8L * i,
              i < EDGES.length ? EDGES[i] : i % 3 == 0 ? half : i % 3 == 1 ? value : bits);
        }
        kernel.run(new long[] {x, y}, new int[] {8, 8}, N);
        for (int i = 0; i < N; i++) {
          double at = Native.getDouble(x + 8L * i);
          assertEquals(Scalars.apply(fn, at), Native.getDouble(y + 8L * i), () -> fn + " of " + at);
        }
      }
    }
  }

  @Test
  void powersAreRoundedFromMoreBits() {
    everyPair(BinaryFn.POW, DType.F32, 0.51);
    SplittableRandom random = new SplittableRandom(4);
    double[] a = new double[N];
    double[] b = new double[N];
    for (int round = 0; round < ROUNDS; round++) {
      for (int i = 0; i < N; i++) {
        a[i] = Float.intBitsToFloat(random.nextInt());
        // Such that many powers are floats.
        double most = 130 / Math.abs(Math.log(Math.abs(a[i])) / Math.log(2));
        b[i] = (float) (random.nextDouble(-1.1, 1.1) * Math.min(most, 1e30));
        b[i] = i % 4 == 0 ? Math.rint(b[i]) : b[i];
        a[i] = i % 4 == 3 ? Math.abs(a[i]) : a[i];
      }
      compare(BinaryFn.POW, DType.F32, a, b, 0.51);
      for (int i = 0; i < N; i++) {
        a[i] = (float) random.nextDouble(-3, 3);
        b[i] = i % 2 == 0 ? random.nextInt(-9, 10) : (float) random.nextDouble(-9, 9);
      }
      compare(BinaryFn.POW, DType.F32, a, b, 0.51);
    }
  }

  private static double rounded(DType type, double value) {
    return type == DType.F32 ? (float) value : value;
  }

  private static void everyPair(BinaryFn fn, DType type, double ulps) {
    double[] a = new double[N];
    double[] b = new double[N];
    for (int i = 0; i < N; i++) {
      a[i] = rounded(type, EDGES[i / EDGES.length % EDGES.length]);
      b[i] = rounded(type, EDGES[i % EDGES.length]);
    }
    compare(fn, type, a, b, ulps);
    // Next to ordinary numbers only, those that vectors can do are not left to the scalar loop.
    for (double edge : EDGES) {
      java.util.Arrays.fill(a, 1.25);
      java.util.Arrays.fill(b, 0.75);
      for (int i = 0; i < N; i += 2) {
        (i % 4 == 0 ? a : b)[i] = rounded(type, edge);
      }
      compare(fn, type, a, b, ulps);
    }
  }

  private static void compare(BinaryFn fn, DType type, double[] a, double[] b, double ulps) {
    int bytes = type.bytes();
    Cell cell = Cell.of(type);
    try (Arena arena = Arena.ofConfined()) {
      long y =
          run(
              fn,
              type,
              arena,
              (at, i) -> cell.putDouble(at, a[i]),
              (at, i) -> cell.putDouble(at, b[i]));
      for (int i = 0; i < N; i++) {
        double exact = Scalars.apply(fn, a[i], b[i]);
        double want = rounded(type, exact);
        double found = cell.getDouble(y + (long) i * bytes);
        boolean near = ulps > 0 && Math.abs(found - exact) <= ulps * Math.ulp((float) want);
        String what = fn + " " + type + " of " + a[i] + " and " + b[i];
        assertTrue(
            Double.compare(want, found) == 0 || near,
            () -> what + ": expected " + want + ", found " + found);
      }
    }
  }

  private static void compareLongs(
      BinaryFn fn, DType type, LongUnaryOperator left, LongUnaryOperator right) {
    Cell cell = Cell.of(type);
    long[] a = java.util.stream.LongStream.range(0, N).map(left).toArray();
    long[] b = java.util.stream.LongStream.range(0, N).map(right).toArray();
    try (Arena arena = Arena.ofConfined()) {
      long y =
          run(
              fn,
              type,
              arena,
              (at, i) -> cell.putLong(at, a[i]),
              (at, i) -> cell.putLong(at, b[i]));
      long want = arena.allocate(8).address();
      for (int i = 0; i < N; i++) {
        cell.putLong(want, Scalars.apply(fn, a[i], b[i]));
        String what = fn + " " + type + " of " + a[i] + " and " + b[i];
        assertEquals(cell.getLong(want), cell.getLong(y + (long) i * type.bytes()), what);
      }
    }
  }

  private interface Put {
    void at(long address, int i);
  }

  /** Where the results are. */
  private static long run(BinaryFn fn, DType type, Arena arena, Put left, Put right) {
    int bytes = type.bytes();
    long[] at = new long[3];
    for (int k = 0; k < 3; k++) {
      at[k] = arena.allocate((long) N * bytes, 64).address();
    }
    for (int i = 0; i < N; i++) {
      left.at(at[0] + (long) i * bytes, i);
      right.at(at[1] + (long) i * bytes, i);
    }
    ElementwiseKernels.binary(fn, type).run(at, new int[] {bytes, bytes, bytes}, N);
    return at[2];
  }
}
