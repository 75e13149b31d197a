package dev.manabi.kernels.cases;

import dev.manabi.tensor.DType;
import dev.manabi.tensor.op.ElementwiseOp;
import dev.manabi.tensor.op.ElementwiseOp.UnaryFn;
import dev.manabi.tensor.op.RandomKey;
import java.util.List;

/**
 * Cases of elementwise ops with one input, and of where; those with two are {@link BinaryCases}.
 */
final class ElementwiseCases {
  private static final Tolerance TWO_ROUNDINGS =
      new Tolerance(0x1p-22, 0, "the reciprocal is rounded before it is used");

  private static final Tolerance AFFINE =
      new Tolerance(0x1p-22, 0x1p-20, "f32 rounds after a multiply-add and a sum that may cancel");

  private ElementwiseCases() {}

  static void addTo(List<OpCase> cases) {
    for (UnaryFn fn : UnaryFn.values()) {
      unary(cases, fn);
    }
    BinaryCases.addTo(cases);
    where(cases);
    scaleShift(cases);
    clamp(cases);
    for (DType dtype : DType.values()) {
      cast(cases, dtype);
    }
    for (ElementwiseOp.Order order : ElementwiseOp.Order.values()) {
      copy(cases, new ElementwiseOp.Copy(order));
    }
    dropout(cases);
  }

  private static void unary(List<OpCase> cases, UnaryFn fn) {
    ElementwiseOp op = new ElementwiseOp.Unary(fn);
    Tolerance tolerance = tolerance(fn);
    Gradient gradient = fn.yieldsBool() ? Gradient.NONE : Gradient.twice(0);
    int i = 0;
    for (int[] dims : Sizes.SHAPES) {
      Input x = Input.of(dims).with(domain(fn)).with(Sizes.arrangement(i++));
      cases.add(OpCase.of(op, tolerance, gradient, x));
    }
    for (Arrangement arrangement : Arrangement.values()) {
      Input x = Input.of(2, 9, 3, 5).with(domain(fn)).with(arrangement);
      cases.add(OpCase.of(op, tolerance, gradient, x));
    }
    for (Values values : new Values[] {Values.ZEROS, Values.TIES, Values.TINY, special(fn)}) {
      cases.add(OpCase.of(op, tolerance, Gradient.NONE, Input.of(131).with(values)));
    }
    for (DType dtype : Sizes.OTHER_FLOATS) {
      Input x = Input.of(3, 37).with(dtype);
      cases.add(OpCase.of(op, tolerance, Gradient.NONE, x.with(domain(fn))));
      cases.add(OpCase.of(op, tolerance, Gradient.NONE, x.with(special(fn))));
    }
    if (acceptsIntegers(fn)) {
      for (DType dtype : Sizes.INTEGERS) {
        Input x = Input.of(5, 13).with(dtype).with(Values.integers(-128, 256));
        cases.add(OpCase.of(op, tolerance, Gradient.NONE, x.with(Arrangement.STEPPED)));
      }
    }
    if (fn.yieldsBool()) {
      Input x = Input.of(67).with(DType.BOOL).with(Values.integers(0, 2));
      cases.add(OpCase.of(op, tolerance, Gradient.NONE, x));
    }
  }

  private static boolean acceptsIntegers(UnaryFn fn) {
    return switch (fn) {
      case NEG, ABS, SIGN, RELU, FLOOR, CEIL, ROUND, TRUNC, IS_NAN, IS_INF, IS_FINITE, NOT -> true;
      case EXP, EXPM1, LOG, LOG1P, SQRT, RSQRT, RECIPROCAL, SIN, COS, TANH, SIGMOID, ERF -> false;
    };
  }

  /** Where the function is smooth and its values are moderate. */
  private static Values domain(UnaryFn fn) {
    return switch (fn) {
      case LOG, SQRT, RSQRT -> Values.POSITIVE;
      case LOG1P -> Values.uniform(-0.75, 3);
      case RECIPROCAL -> Values.AWAY_FROM_ZERO;
      case ABS, SIGN, RELU, FLOOR, CEIL, ROUND, TRUNC -> Values.DISTINCT;
      case NEG, EXP, EXPM1, SIN, COS, TANH, SIGMOID, ERF -> Values.uniform(-3, 3);
      case IS_NAN, IS_INF, IS_FINITE, NOT -> Values.uniform(-3, 3);
    };
  }

  /** The angles of a sine are kept to what f32 can still tell apart within a turn. */
  private static Values special(UnaryFn fn) {
    return fn == UnaryFn.SIN || fn == UnaryFn.COS
        ? Values.pick("special angles", 0, -0.0, 1e-40, 0.5, 1e3, -1e4, 1.0 / 0.0, 0.0 / 0.0)
        : Values.SPECIAL;
  }

  private static Tolerance tolerance(UnaryFn fn) {
    return switch (fn) {
      case NEG, ABS, SIGN, SQRT, RECIPROCAL, RELU -> Tolerance.EXACT;
      case FLOOR, CEIL, ROUND, TRUNC, IS_NAN, IS_INF, IS_FINITE, NOT -> Tolerance.EXACT;
      case RSQRT -> TWO_ROUNDINGS;
      case EXP, EXPM1, LOG, LOG1P, TANH, SIGMOID, ERF -> Tolerance.steps(4);
      case SIN, COS ->
          new Tolerance(0x1p-21, 0x1p-22, "an angle of many turns is reduced to one in f32");
    };
  }

  /** As a batch norm in evaluation uses it, and with operands that broadcast in other ways. */
  private static void scaleShift(List<OpCase> cases) {
    int i = 0;
    for (boolean relu : new boolean[] {false, true}) {
      ElementwiseOp op = new ElementwiseOp.ScaleShift(relu);
      for (int[] dims : Sizes.SHAPES) {
        Input x = Input.of(dims).with(Sizes.arrangement(i++));
        int[] ones = new int[dims.length];
        java.util.Arrays.fill(ones, 1);
        if (dims.length > 1) {
          ones[1] = dims[1];
        }
        Input own = Input.of(ones);
        cases.add(OpCase.of(op, AFFINE, Gradient.twice(0, 1, 2), x, own, own));
        Input residual = Input.of(dims).with(Sizes.arrangement(i));
        cases.add(OpCase.of(op, AFFINE, Gradient.twice(0, 1, 2, 3), x, own, own, residual));
      }
      for (DType dtype : Sizes.OTHER_FLOATS) {
        Input x = Input.of(2, 5, 6, 7).with(dtype).with(Arrangement.CHANNELS_LAST);
        Input own = Input.of(1, 5, 1, 1).with(dtype);
        cases.add(OpCase.of(op, AFFINE, Gradient.NONE, x, own, own, x));
      }
    }
  }

  private static void where(List<OpCase> cases) {
    ElementwiseOp op = new ElementwiseOp.Where();
    Gradient gradient = Gradient.twice(1, 2);
    int i = 0;
    for (int[] dims : Sizes.SHAPES) {
      Input x = Input.of(dims);
      cases.add(
          OpCase.of(
              op,
              Tolerance.EXACT,
              gradient,
              condition(dims).with(Sizes.arrangement(i + 1)),
              x.with(Sizes.arrangement(i)),
              x.with(Sizes.arrangement(i + 3))));
      i++;
    }
    Input row = Input.of(33);
    Input column = Input.of(7, 1);
    cases.add(OpCase.of(op, Tolerance.EXACT, gradient, condition(7, 33), row, column));
    cases.add(OpCase.of(op, Tolerance.EXACT, gradient, condition(33), column, Input.of()));
    cases.add(OpCase.of(op, Tolerance.EXACT, gradient, condition(), row, row));
    for (DType dtype : DType.values()) {
      Input x = Input.of(7, 33).with(dtype).with(Values.TIES);
      cases.add(OpCase.of(op, Tolerance.EXACT, Gradient.NONE, condition(7, 1), x, x));
    }
    Input special = row.with(Values.SPECIAL);
    cases.add(OpCase.of(op, Tolerance.EXACT, Gradient.NONE, condition(33), special, special));
  }

  private static Input condition(int... dims) {
    return Input.of(dims).with(DType.BOOL).with(Values.integers(0, 2));
  }

  private static void clamp(List<OpCase> cases) {
    ElementwiseOp op = new ElementwiseOp.Clamp(-0.7, 1.1);
    int i = 0;
    for (int[] dims : Sizes.SHAPES) {
      Input x = Input.of(dims).with(Values.DISTINCT).with(Sizes.arrangement(i++));
      cases.add(OpCase.of(op, Tolerance.EXACT, Gradient.twice(0), x));
    }
    double inf = Double.POSITIVE_INFINITY;
    for (double[] bounds : new double[][] {{0, inf}, {-inf, 0}, {-inf, inf}, {2, 1}, {-0.0, 0}}) {
      ElementwiseOp clamp = new ElementwiseOp.Clamp(bounds[0], bounds[1]);
      Input x = Input.of(131).with(Values.SPECIAL);
      cases.add(OpCase.of(clamp, Tolerance.EXACT, Gradient.NONE, x));
    }
    for (DType dtype : Sizes.OTHER_FLOATS) {
      Input x = Input.of(7, 33).with(dtype).with(Values.SPECIAL);
      cases.add(OpCase.of(op, Tolerance.EXACT, Gradient.NONE, x));
    }
    for (DType dtype : Sizes.INTEGERS) {
      Input x = Input.of(7, 33).with(dtype).with(Values.integers(-100, 100));
      cases.add(OpCase.of(new ElementwiseOp.Clamp(-9.5, 20), Tolerance.EXACT, Gradient.NONE, x));
    }
  }

  /** Numbers stay in the range of the target: what happens outside is not defined. */
  private static void cast(List<OpCase> cases, DType to) {
    ElementwiseOp op = new ElementwiseOp.Cast(to);
    Values range =
        to.isFloating()
            ? Values.uniform(-100, 100)
            : Values.uniform(to == DType.U8 || to == DType.BOOL ? 0 : -100, 100);
    int i = 0;
    for (DType from : DType.values()) {
      // A gradient check runs in f64 and would see the rounding of a narrower target.
      Gradient gradient = to == DType.F64 && from.isFloating() ? Gradient.twice(0) : Gradient.NONE;
      boolean unsigned = from == DType.U8 || from == DType.BOOL;
      Values values = unsigned ? Values.uniform(0, 100) : range;
      for (int[] dims : new int[][] {{31}, {2, 9, 3, 5}, {3, 1025}}) {
        Input x = Input.of(dims).with(from).with(values).with(Sizes.arrangement(i++));
        cases.add(OpCase.of(op, Tolerance.EXACT, gradient, x));
      }
      if (from.isFloating() && to.isFloating()) {
        Input x = Input.of(131).with(from).with(Values.SPECIAL);
        cases.add(OpCase.of(op, Tolerance.EXACT, Gradient.NONE, x));
      }
      if (from.isInteger() && to.isInteger()) {
        Input x = Input.of(131).with(from).with(Values.integers(-1L << 33, 1L << 33));
        cases.add(OpCase.of(op, Tolerance.EXACT, Gradient.NONE, x));
      }
    }
    Input large = Input.of(131).with(DType.I64).with(Values.integers(-1L << 62, 1L << 62));
    if (to.isFloating()) {
      cases.add(OpCase.of(op, Tolerance.EXACT, Gradient.NONE, large));
    }
  }

  private static void copy(List<OpCase> cases, ElementwiseOp op) {
    int i = 0;
    for (int[] dims : Sizes.SHAPES) {
      Input x = Input.of(dims).with(Sizes.arrangement(i++));
      cases.add(OpCase.of(op, Tolerance.EXACT, Gradient.twice(0), x));
    }
    for (DType dtype : DType.values()) {
      Input x = Input.of(2, 17, 5, 3).with(dtype).with(Values.SPECIAL);
      cases.add(OpCase.of(op, Tolerance.EXACT, Gradient.NONE, x.with(Sizes.arrangement(i++))));
    }
    for (int[] dims : new int[][] {{1, 3, 32, 32}, {4, 64, 7, 9}, {2, 1, 5, 5}}) {
      for (Arrangement arrangement : Arrangement.values()) {
        Input x = Input.of(dims).with(arrangement);
        cases.add(OpCase.of(op, Tolerance.EXACT, Gradient.twice(0), x));
      }
    }
  }

  private static void dropout(List<OpCase> cases) {
    double[] probabilities = {0, 0.1, 0.5, 0.999};
    int i = 0;
    for (int[] dims : Sizes.SHAPES) {
      double p = probabilities[i % probabilities.length];
      ElementwiseOp op = new ElementwiseOp.Dropout(p, new RandomKey(1L << 33, 5L * i));
      Input x = Input.of(dims).with(Sizes.arrangement(i++));
      cases.add(OpCase.of(op, TWO_ROUNDINGS, Gradient.twice(0), x));
    }
    for (DType dtype : Sizes.OTHER_FLOATS) {
      ElementwiseOp op = new ElementwiseOp.Dropout(0.25, new RandomKey(3, -1));
      Input x = Input.of(2, 17, 5, 3).with(dtype).with(Arrangement.CHANNELS_LAST);
      cases.add(OpCase.of(op, TWO_ROUNDINGS, Gradient.NONE, x));
    }
  }
}
