package dev.manabi.kernels.reference;

import static dev.manabi.kernels.reference.Reference.assertValues;
import static dev.manabi.kernels.reference.Reference.f32;
import static dev.manabi.kernels.reference.Reference.i64;
import static dev.manabi.kernels.reference.Reference.run;
import static dev.manabi.kernels.reference.Reference.shape;
import static dev.manabi.kernels.reference.Reference.tensor;
import static dev.manabi.kernels.reference.Reference.toArray;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.manabi.tensor.DType;
import dev.manabi.tensor.Ints;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.op.ElementwiseOp;
import dev.manabi.tensor.op.ElementwiseOp.BinaryFn;
import dev.manabi.tensor.op.ElementwiseOp.UnaryFn;
import dev.manabi.tensor.op.RandomKey;
import dev.manabi.tensor.op.ViewOp;
import dev.manabi.tensor.run.Interpreter;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ElementwiseTest {
  private static final double NAN = Double.NaN;
  private static final double INF = Double.POSITIVE_INFINITY;

  private static Tensor unary(UnaryFn fn, Tensor x) {
    return run(new ElementwiseOp.Unary(fn), x);
  }

  private static Tensor binary(BinaryFn fn, Tensor a, Tensor b) {
    return run(new ElementwiseOp.Binary(fn), a, b);
  }

  @Test
  void addBroadcastsARowOverAMatrix() {
    Tensor a = f32(shape(2, 3), 1, 2, 3, 4, 5, 6);
    Tensor b = f32(shape(3), 10, 20, 30);
    assertValues(binary(BinaryFn.ADD, a, b), 11, 22, 33, 14, 25, 36);
  }

  @Test
  void operandsMayBeTransposedAndReversed() {
    Tensor a = f32(shape(2, 3), 1, 2, 3, 4, 5, 6);
    Tensor transposed = Interpreter.run(new ViewOp.Permute(Ints.of(1, 0)), a);
    Tensor reversed =
        Interpreter.run(
            new ViewOp.Slice(Ints.of(2, 1), Ints.of(3, 2), Ints.of(-1, -1)), transposed);
    assertValues(
        binary(BinaryFn.SUB, transposed, reversed), 1 - 6, 4 - 3, 2 - 5, 5 - 2, 3 - 4, 6 - 1);
  }

  @Test
  void anOutputMayBeAnInput() {
    Tensor a = f32(shape(3), 1, 2, 3);
    Interpreter.runInto(new ElementwiseOp.Binary(BinaryFn.MUL), new Tensor[] {a, a}, a);
    assertValues(a, 1, 4, 9);
  }

  @Test
  void reluAndMaxKeepNaN() {
    assertValues(unary(UnaryFn.RELU, f32(shape(4), -2, 3, NAN, -INF)), 0, 3, NAN, 0);
    assertValues(
        binary(BinaryFn.MAX, f32(shape(3), 1, NAN, 3), f32(shape(3), 2, 2, NAN)), 2, NAN, NAN);
  }

  @Test
  void sigmoidDoesNotOverflow() {
    assertValues(unary(UnaryFn.SIGMOID, f32(shape(3), -1e4, 0, 1e4)), 0, 0.5, 1);
  }

  @Test
  void roundingGoesToEvenHalvesTowardsZeroOrDown() {
    Tensor x = f32(shape(4), -1.5, -0.5, 0.5, 2.5);
    assertValues(unary(UnaryFn.ROUND, x), -2, 0, 0, 2);
    assertValues(unary(UnaryFn.TRUNC, x), -1, 0, 0, 2);
    assertValues(unary(UnaryFn.FLOOR, x), -2, -1, 0, 2);
  }

  @Test
  void remainderHasTheSignOfTheDivisor() {
    Tensor a = f32(shape(4), 7, -7, 7, -7);
    Tensor b = f32(shape(4), 3, 3, -3, -3);
    assertValues(binary(BinaryFn.REMAINDER, a, b), 1, 2, -2, -1);
    assertValues(binary(BinaryFn.FLOOR_DIV, a, b), 2, -3, -3, 2);
  }

  @Test
  void powersOfOneAreOneEvenForNaN() {
    Tensor a = f32(shape(4), 1, -1, NAN, -8);
    assertValues(binary(BinaryFn.POW, a, f32(shape(4), NAN, -INF, 0, 1.0 / 3)), 1, 1, 1, NAN);
  }

  @Test
  void integersStayExactAndWrapAround() {
    Tensor a = i64(shape(1), 0);
    Elements.of(a).setLong(0, (1L << 60) + 1);
    Tensor y = binary(BinaryFn.MUL, a, i64(shape(1), 16));
    assertEquals(16, Elements.of(y).getLong(0));
    Tensor bytes = tensor(DType.I8, shape(2), 127, -128);
    assertValues(binary(BinaryFn.ADD, bytes, tensor(DType.I8, shape(2), 1, -1)), -128, 127);
    assertValues(
        binary(BinaryFn.POW, i64(shape(3), 3, -1, 2), i64(shape(3), 4, -3, -1)), 81, -1, 0);
  }

  @Test
  void comparisonsWithNaNAreFalseButForNotEqual() {
    Tensor x = f32(shape(2), 1, NAN);
    assertValues(binary(BinaryFn.EQ, x, x), 1, 0);
    assertValues(binary(BinaryFn.NE, x, x), 0, 1);
    assertEquals(DType.BOOL, binary(BinaryFn.LE, x, x).dtype());
  }

  @Test
  void whereTakesTheWholeBitPattern() {
    Tensor condition = tensor(DType.BOOL, shape(2), 1, 0);
    Tensor a = f32(shape(1), -0.0);
    Tensor y = run(new ElementwiseOp.Where(), condition, a, f32(shape(1), 5));
    assertEquals(-0.0, toArray(y)[0]);
    assertEquals(5, toArray(y)[1]);
  }

  @Test
  void clampKeepsNaNAndTakesInfiniteBounds() {
    assertValues(run(new ElementwiseOp.Clamp(-1, 2), f32(shape(4), -5, 0, 9, NAN)), -1, 0, 2, NAN);
    assertValues(run(new ElementwiseOp.Clamp(-INF, 2), i64(shape(2), -5, 9)), -5, 2);
  }

  @Test
  void castsTruncateToIntegersAndRoundHalvesToEven() {
    Tensor x = f32(shape(3), -1.7, 1.7, 0);
    assertValues(run(new ElementwiseOp.Cast(DType.I32), x), -1, 1, 0);
    assertValues(run(new ElementwiseOp.Cast(DType.BOOL), x), 1, 1, 0);
    Tensor halves = f32(shape(2), 1 + 0x1p-8, 1 + 3 * 0x1p-8);
    assertValues(run(new ElementwiseOp.Cast(DType.BF16), halves), 1, 1 + 0x1p-6);
    assertValues(run(new ElementwiseOp.Cast(DType.F16), f32(shape(1), 65520)), INF);
  }

  @Test
  void copyToChannelsLastKeepsTheLogicalOrder() {
    Tensor x = f32(shape(1, 2, 1, 2), 1, 2, 3, 4);
    Tensor y = run(new ElementwiseOp.Copy(ElementwiseOp.Order.CHANNELS_LAST), x);
    assertTrue(y.layout().isChannelsLast());
    assertValues(y, 1, 2, 3, 4);
    assertEquals(3, Elements.of(y).get(1));
  }

  @Test
  void dropoutDropsTheElementsWhoseUniformNumberIsBelowP() {
    RandomKey key = new RandomKey(7, 3);
    Philox philox = new Philox(key);
    double[] y = toArray(run(new ElementwiseOp.Dropout(0.25, key), f32(shape(1000), ones(1000))));
    int kept = 0;
    for (int i = 0; i < y.length; i++) {
      assertEquals(philox.uniform(i) < 0.25 ? 0 : 4.0 / 3, y[i], 1e-6);
      kept += y[i] == 0 ? 0 : 1;
    }
    assertTrue(700 < kept && kept < 800, "kept " + kept + " of 1000 at p = 0.25");
  }

  private static double[] ones(int n) {
    double[] ones = new double[n];
    Arrays.fill(ones, 1);
    return ones;
  }
}
