package dev.manabi.kernels.cpu;

import dev.manabi.kernels.cpu.Samples.Lie;
import dev.manabi.tensor.DType;
import dev.manabi.tensor.Shape;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.op.ElementwiseOp;
import dev.manabi.tensor.op.ElementwiseOp.Binary;
import dev.manabi.tensor.op.ElementwiseOp.BinaryFn;
import dev.manabi.tensor.op.ElementwiseOp.Unary;
import dev.manabi.tensor.op.ElementwiseOp.UnaryFn;
import dev.manabi.tensor.op.RandomKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every elementwise op, dtype and layout against the reference. */
class ElementwiseTest {
  private static final Shape SMALL = Shape.of(37, 9);

  private static double ulps(UnaryFn fn, DType type) {
    if (type == DType.F64) {
      return 0;
    }
    return switch (fn) {
      case TANH, SIGMOID -> type == DType.F32 ? 3 : 1;
      case EXP, EXPM1, LOG, LOG1P, SIN, COS, ERF, RSQRT -> type == DType.F32 ? 2 : 1;
      case NEG, ABS, SIGN, SQRT, RECIPROCAL, RELU, FLOOR, CEIL, ROUND, TRUNC -> 0;
      case IS_NAN, IS_INF, IS_FINITE, NOT -> 0;
    };
  }

  @ParameterizedTest
  @EnumSource
  void unaryAgreesForEveryDtype(UnaryFn fn) {
    for (DType type : DType.values()) {
      if (type.isFloating() || (type.isInteger() && definedForIntegers(fn))) {
        Tensor x = Samples.awkward(type, SMALL, Lie.ROW_MAJOR, 1);
        Samples.agree(new Unary(fn), ulps(fn, type), x);
      }
    }
  }

  @Test
  void logicalNotAgrees() {
    Samples.agree(new Unary(UnaryFn.NOT), 0, Samples.random(DType.BOOL, SMALL, Lie.TRANSPOSED, 1));
  }

  private static boolean definedForIntegers(UnaryFn fn) {
    return switch (fn) {
      case NEG, ABS, SIGN, RELU, FLOOR, CEIL, ROUND, TRUNC, IS_NAN, IS_INF, IS_FINITE, NOT -> true;
      case EXP, EXPM1, LOG, LOG1P, SQRT, RSQRT, RECIPROCAL, SIN, COS, TANH, SIGMOID, ERF -> false;
    };
  }

  @ParameterizedTest
  @EnumSource
  void binaryAgreesForEveryDtype(BinaryFn fn) {
    for (DType type : DType.values()) {
      if (defined(fn, type)) {
        Tensor a = Samples.awkward(type, SMALL, Lie.ROW_MAJOR, 1);
        Tensor b = positive(fn, Samples.awkward(type, SMALL, Lie.ROW_MAJOR, 2));
        Samples.agree(new Binary(fn), 0, a, b);
      }
    }
  }

  private static boolean defined(BinaryFn fn, DType type) {
    return switch (fn) {
      case AND, OR, XOR -> !type.isFloating();
      case EQ, NE -> true;
      case DIV -> type.isFloating();
      case ADD, SUB, MUL, POW, MAX, MIN, REMAINDER, FLOOR_DIV -> type != DType.BOOL;
      case RELU_MASK, LT, LE, GT, GE -> type != DType.BOOL;
    };
  }

  /** Integers throw on division by zero, as on its negative powers; only numbers are compared. */
  private static Tensor positive(BinaryFn fn, Tensor b) {
    boolean divides = fn == BinaryFn.POW || fn == BinaryFn.REMAINDER || fn == BinaryFn.FLOOR_DIV;
    if (divides && !b.dtype().isFloating()) {
      Cell cell = Cell.of(b.dtype());
      for (long i = 0; i < b.numel(); i++) {
        long at = b.address() + i * b.dtype().bytes();
        cell.putLong(at, 1 + (cell.getLong(at) & 7));
      }
    }
    return b;
  }

  @ParameterizedTest
  @EnumSource
  void anyLayoutAndSizeAgrees(Lie lie) {
    for (Shape shape : Samples.shapesAndLargeOnes()) {
      Tensor a = Samples.awkward(DType.F32, shape, lie, 1);
      Tensor b = Samples.awkward(DType.F32, shape, Lie.ROW_MAJOR, 2);
      Samples.agree(new Unary(UnaryFn.RELU), 0, a);
      Samples.agree(new Binary(BinaryFn.SUB), 0, a, b);
      Samples.agree(new Binary(BinaryFn.SUB), 0, b, a);
      Samples.agree(new Binary(BinaryFn.LT), 0, a, b);
    }
  }

  @ParameterizedTest
  @EnumSource
  void halfPrecisionAgreesInAnyLayout(Lie lie) {
    for (DType type : new DType[] {DType.F16, DType.BF16}) {
      for (Shape shape : Samples.shapes()) {
        Tensor a = Samples.awkward(type, shape, lie, 1);
        Tensor b = Samples.awkward(type, shape, Lie.TRANSPOSED, 2);
        Samples.agree(new Binary(BinaryFn.MUL), 0, a, b);
        Samples.agree(new Binary(BinaryFn.GE), 0, a, b);
      }
    }
  }

  @Test
  void operandsOfOtherShapesBroadcast() {
    int[][][] pairs = {
      {{3, 300}, {300}},
      {{3, 300}, {3, 1}},
      {{5, 10}, {10}},
      {{5, 1}, {1, 7}},
      {{}, {4, 5}},
      {{2, 64, 7, 7}, {64, 1, 1}},
      {{2, 8, 30, 30}, {8, 1, 1}},
      {{1}, {1025}},
      {{400, 3}, {3}}
    };
    for (int[][] pair : pairs) {
      Tensor a = Samples.random(DType.F32, Shape.of(pair[0]), Lie.ROW_MAJOR, 1);
      Tensor b = Samples.random(DType.F32, Shape.of(pair[1]), Lie.ROW_MAJOR, 2);
      Samples.agree(new Binary(BinaryFn.DIV), 0, a, b);
      Samples.agree(new Binary(BinaryFn.DIV), 0, b, a);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"F32", "F64", "F16", "BF16"})
  void constantPowersAreExact(DType type) {
    for (double exponent : new double[] {2, 1, -1, 0, 3, 0.5, -2, Double.NaN}) {
      Tensor x = Samples.awkward(type, SMALL, Lie.TRANSPOSED, 1);
      Tensor power = Samples.empty(type, Shape.of(1, 1, 1), Lie.ROW_MAJOR);
      Cell.of(type).putDouble(power.address(), exponent);
      Samples.agree(new Binary(BinaryFn.POW), 0, x, power);
    }
  }

  @ParameterizedTest
  @EnumSource
  void whereAgreesForEveryDtypeAndLayout(DType type) {
    for (Shape shape : Samples.shapes()) {
      for (Lie lie : Lie.values()) {
        Tensor condition = Samples.random(DType.BOOL, shape, lie, 1);
        Tensor a = Samples.awkward(type, shape, Lie.ROW_MAJOR, 2);
        Tensor b = Samples.awkward(type, shape, lie, 3);
        Samples.agree(new ElementwiseOp.Where(), 0, condition, a, b);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void castsAgreeForEveryPairOfDtypes(DType from) {
    for (DType to : DType.values()) {
      Samples.agree(new ElementwiseOp.Cast(to), 0, Samples.awkward(from, SMALL, Lie.TRANSPOSED, 1));
    }
  }

  @ParameterizedTest
  @EnumSource
  void copiesAgreeInAnyLayout(Lie lie) {
    for (DType type : new DType[] {DType.F32, DType.F64, DType.BF16, DType.U8}) {
      for (Shape shape : type == DType.F32 ? Samples.shapesAndLargeOnes() : Samples.shapes()) {
        Tensor x = Samples.random(type, shape, lie, 1);
        Samples.agree(new ElementwiseOp.Copy(ElementwiseOp.Order.ROW_MAJOR), 0, x);
        Samples.agree(new ElementwiseOp.Copy(ElementwiseOp.Order.CHANNELS_LAST), 0, x);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void clampAgreesForEveryDtype(DType type) {
    if (type != DType.BOOL) {
      Tensor x = Samples.awkward(type, SMALL, Lie.TRANSPOSED, 1);
      Samples.agree(new ElementwiseOp.Clamp(-0.3, 2.1), 0, x);
      Samples.agree(new ElementwiseOp.Clamp(Double.NEGATIVE_INFINITY, 1), 0, x);
      // On either side of the range of some types, or of all, and in the wrong order.
      double[] bounds = {-1e30, -300, -3.5, 0, 0.5, 100, 200, 300, 3e9, 1e30};
      for (double low : bounds) {
        for (double high : bounds) {
          Samples.agree(new ElementwiseOp.Clamp(low, high), 0, x);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void dropoutDropsTheSameElementsInAnyLayout(Lie lie) {
    RandomKey key = new RandomKey(0x1234_5678_9ABCL, 7);
    for (double p : new double[] {0, 0.2, 0.5, 0.999}) {
      for (Shape shape : Samples.shapes()) {
        Tensor x = Samples.awkward(DType.F32, shape, lie, 1);
        Samples.agree(new ElementwiseOp.Dropout(p, key), 0, x);
      }
      Tensor large = Samples.random(DType.F32, Shape.of(129, 515), lie, 1);
      Samples.agree(new ElementwiseOp.Dropout(p, key), 0, large);
      for (DType type : new DType[] {DType.F16, DType.F64}) {
        Tensor x = Samples.awkward(type, SMALL, lie, 1);
        Samples.agree(new ElementwiseOp.Dropout(p, key), 0, x);
      }
    }
  }

  @Test
  void dropoutOfManyElementsDrawsTheSameWords() {
    Tensor x = Samples.random(DType.F32, Shape.of((1 << 20) + 37), Lie.ROW_MAJOR, 1);
    Samples.agree(new ElementwiseOp.Dropout(0.1, new RandomKey(-3, -1L << 31)), 0, x);
  }

  @ParameterizedTest
  @EnumSource(
      names = {"ROW_MAJOR", "SHIFTED", "TRANSPOSED", "EVERY_SECOND", "FLIPPED", "CHANNELS_LAST"})
  void outputsMayBeAnInputOfAnyLayout(Lie lie) {
    for (Shape shape : Samples.shapes()) {
      Tensor b = Samples.random(DType.F32, shape, Lie.ROW_MAJOR, 2);
      Tensor expected = Samples.random(DType.F32, shape, lie, 1);
      Tensor actual = Samples.random(DType.F32, shape, lie, 1);
      Binary op = new Binary(BinaryFn.MUL);
      Tensor[] want = {expected};
      Tensor[] got = {actual};
      dev.manabi.tensor.run.Backends.named("reference")
          .execute(op, new Tensor[] {expected, b}, want);
      dev.manabi.tensor.run.Backends.named("cpu").execute(op, new Tensor[] {actual, b}, got);
      Samples.compare(op, want, got, 0);
    }
  }
}
