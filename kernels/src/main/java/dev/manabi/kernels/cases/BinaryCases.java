package dev.manabi.kernels.cases;

import dev.manabi.tensor.DType;
import dev.manabi.tensor.op.ElementwiseOp;
import dev.manabi.tensor.op.ElementwiseOp.BinaryFn;
import java.util.List;

/** Cases of elementwise functions of two numbers. */
final class BinaryCases {
  /** Pairs that broadcast to a common shape. */
  private static final int[][][] BROADCASTS = {
    {{7, 33}, {33}},
    {{33}, {7, 33}},
    {{7, 33}, {7, 1}},
    {{7, 1}, {1, 33}},
    {{7, 33}, {}},
    {{}, {65}},
    {{3, 1, 5}, {4, 1}},
    {{2, 8, 4, 5}, {8, 1, 1}},
    {{2, 8, 4, 5}, {2, 1, 4, 5}},
    {{0, 3}, {3}},
    {{1}, {1000}},
    {{300, 257}, {257}},
    {{300, 257}, {300, 1}},
  };

  private BinaryCases() {}

  static void addTo(List<OpCase> cases) {
    for (BinaryFn fn : BinaryFn.values()) {
      boolean bitwise = fn == BinaryFn.AND || fn == BinaryFn.OR || fn == BinaryFn.XOR;
      shapes(cases, fn, bitwise ? DType.I32 : DType.F32);
      if (!bitwise) {
        floats(cases, fn);
      }
      integers(cases, fn);
    }
  }

  private static void shapes(List<OpCase> cases, BinaryFn fn, DType dtype) {
    Gradient gradient = fn.yieldsBool() || !dtype.isFloating() ? Gradient.NONE : gradient(fn);
    int i = 0;
    for (int[] dims : Sizes.SHAPES) {
      Arrangement arrangement = Sizes.arrangement(i);
      // Sometimes equal, sometimes different strides.
      Arrangement other = i % 3 == 0 ? arrangement : Sizes.arrangement(i + 2);
      Input a = left(fn, dtype, dims).with(arrangement);
      Input b = right(fn, dtype, dims).with(other);
      cases.add(OpCase.of(new ElementwiseOp.Binary(fn), tolerance(fn), gradient, a, b));
      i++;
    }
    for (int[][] pair : BROADCASTS) {
      Input a = left(fn, dtype, pair[0]).with(Sizes.arrangement(i++ / 2));
      Input b = right(fn, dtype, pair[1]);
      cases.add(OpCase.of(new ElementwiseOp.Binary(fn), tolerance(fn), gradient, a, b));
    }
  }

  /** Values at the edges of arithmetic, and the other floating dtypes. */
  private static void floats(List<OpCase> cases, BinaryFn fn) {
    ElementwiseOp op = new ElementwiseOp.Binary(fn);
    Values ties = fn == BinaryFn.REMAINDER || fn == BinaryFn.FLOOR_DIV ? ONES : Values.TIES;
    Input x = Input.of(1031);
    cases.add(OpCase.of(op, tolerance(fn), Gradient.NONE, x.with(Values.TIES), x.with(ties)));
    if (isDivision(fn)) {
      quotientsNearIntegers(cases, op);
    } else {
      Input special = x.with(Values.SPECIAL);
      cases.add(OpCase.of(op, tolerance(fn), Gradient.NONE, special, special));
      cases.add(
          OpCase.of(op, tolerance(fn), Gradient.NONE, x.with(Values.TINY), x.with(Values.TINY)));
      cases.add(
          OpCase.of(op, tolerance(fn), Gradient.NONE, x.with(Values.LARGE), x.with(Values.LARGE)));
    }
    for (DType dtype : Sizes.OTHER_FLOATS) {
      Input a = left(fn, dtype, 7, 33);
      Input b = right(fn, dtype, 33);
      cases.add(OpCase.of(op, tolerance(fn), Gradient.NONE, a, b));
      if (!isDivision(fn)) {
        Input special = a.with(Values.SPECIAL);
        cases.add(OpCase.of(op, tolerance(fn), Gradient.NONE, special, special));
      }
    }
  }

  /** Divisors of size 1 or 2. */
  private static final Values ONES = Values.pick("ones and twos", 1, -1, 2, -2);

  private static boolean isDivision(BinaryFn fn) {
    return fn == BinaryFn.REMAINDER || fn == BinaryFn.FLOOR_DIV;
  }

  private static void quotientsNearIntegers(List<OpCase> cases, ElementwiseOp op) {
    Values thirds = Values.pick("thirds", 1.0 / 3, -1.0 / 3, 2.0 / 3, 0.1, 0.7, 1e-3);
    Input a = Input.of(1031).with(Values.integers(-50, 50));
    Tolerance exact = Tolerance.EXACT;
    cases.add(OpCase.of(op, exact, Gradient.NONE, a, Input.of(1031).with(thirds)));
    cases.add(OpCase.of(op, exact, Gradient.NONE, a.with(Values.SPECIAL), a.with(ONES)));
  }

  private static void integers(List<OpCase> cases, BinaryFn fn) {
    if (fn == BinaryFn.DIV) {
      return;
    }
    ElementwiseOp op = new ElementwiseOp.Binary(fn);
    for (DType dtype : Sizes.INTEGERS) {
      Input a = Input.of(7, 33).with(dtype).with(Values.integers(-128, 128));
      Input b = right(fn, dtype, 7, 33).with(Arrangement.TRANSPOSED);
      cases.add(OpCase.of(op, Tolerance.EXACT, Gradient.NONE, a, b));
    }
    Input large = Input.of(65).with(DType.I64).with(Values.integers(-1L << 62, 1L << 62));
    Input b = right(fn, DType.I64, 65);
    cases.add(OpCase.of(op, Tolerance.EXACT, Gradient.NONE, large, b));
    if (acceptsBool(fn)) {
      Input bool = Input.of(7, 33).with(DType.BOOL).with(Values.integers(0, 2));
      cases.add(OpCase.of(op, Tolerance.EXACT, Gradient.NONE, bool, bool));
    }
  }

  private static boolean acceptsBool(BinaryFn fn) {
    return switch (fn) {
      case AND, OR, XOR, MAX, MIN, EQ, NE, LT, LE, GT, GE -> true;
      case ADD, SUB, MUL, DIV, POW, REMAINDER, FLOOR_DIV, RELU_MASK -> false;
    };
  }

  private static Input left(BinaryFn fn, DType dtype, int... dims) {
    Input a = Input.of(dims).with(dtype);
    if (!dtype.isFloating()) {
      return a.with(Values.integers(-100, 100));
    }
    return switch (fn) {
      case POW -> a.with(Values.POSITIVE);
      case MAX, MIN -> a.with(Values.DISTINCT);
      case ADD, SUB, MUL, DIV, REMAINDER, FLOOR_DIV, RELU_MASK -> a;
      case AND, OR, XOR, EQ, NE, LT, LE, GT, GE -> a;
    };
  }

  private static Input right(BinaryFn fn, DType dtype, int... dims) {
    Input b = Input.of(dims).with(dtype);
    return switch (fn) {
      case REMAINDER, FLOOR_DIV ->
          b.with(dtype.isFloating() ? Values.AWAY_FROM_ZERO : Values.integers(1, 20));
      case DIV -> b.with(Values.AWAY_FROM_ZERO);
      case POW -> dtype.isFloating() ? b : b.with(Values.integers(0, 6));
      case MAX, MIN, RELU_MASK ->
          b.with(dtype.isFloating() ? Values.ALSO_DISTINCT : Values.integers(-100, 100));
      case ADD, SUB, MUL, AND, OR, XOR, EQ, NE, LT, LE, GT, GE ->
          dtype.isFloating() ? b : b.with(Values.integers(-100, 100));
    };
  }

  /** Steps have no slope to speak of, but the remainder's second operand has. */
  private static Gradient gradient(BinaryFn fn) {
    return fn == BinaryFn.RELU_MASK ? Gradient.twice(0) : Gradient.twice(0, 1);
  }

  private static Tolerance tolerance(BinaryFn fn) {
    return fn == BinaryFn.POW
        ? new Tolerance(0x1p-18, Float.MIN_NORMAL, "the error of a logarithm grows with the power")
        : Tolerance.EXACT;
  }
}
