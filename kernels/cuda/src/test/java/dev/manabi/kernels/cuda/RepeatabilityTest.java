package dev.manabi.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.manabi.tensor.DType;
import dev.manabi.tensor.Device;
import dev.manabi.tensor.Shape;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.Tensors;
import dev.manabi.tensor.op.IndexOp;
import dev.manabi.tensor.op.Op;
import dev.manabi.tensor.op.PoolOp;
import dev.manabi.tensor.op.ViewOp;
import dev.manabi.tensor.run.Interpreter;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Sums of which nobody knows the order have the same bits in every run: the PTX machine runs the
 * blocks of each launch in another order, and so does a GPU.
 */
class RepeatabilityTest {
  private static final int RUNS = 4;
  private static final int ADDED = 6_000;
  private static final int PLACES = 7;
  private static final Device GPU = Device.cuda(0);

  @BeforeAll
  static void chooseTheMachine() {
    Machines.choose();
  }

  @BeforeEach
  void needsADevice() {
    assumeTrue(Gpus.unavailableBecause().isEmpty(), Gpus.unavailableBecause());
  }

  /** Values of many magnitudes, whose sum in floating point depends on the order. */
  private static Tensor values(DType dtype) {
    Tensor exponents = Tensors.rand(ADDED).mul(12);
    return Tensors.randn(ADDED).mul(exponents.exp()).to(dtype).to(GPU);
  }

  private static Tensor places() {
    return Tensors.randint(0, PLACES, ADDED).to(GPU);
  }

  private static double[] bitsOf(Op op, Tensor... in) {
    return Interpreter.run(op, in).to(Device.CPU).to(DType.F64).toDoubleArray();
  }

  private static void assertRepeats(Op op, Tensor... in) {
    double[] first = bitsOf(op, in);
    for (int i = 1; i < RUNS; i++) {
      assertArrayEquals(first, bitsOf(op, in), op.name());
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"F32", "F64", "F16", "BF16"})
  void sumsHaveTheSameBitsInEveryRun(DType dtype) {
    Tensor values = values(dtype);
    assertRepeats(new IndexOp.IndexAdd(0, PLACES), values, places());
    Tensor start = Tensors.rand(PLACES).to(dtype).to(GPU);
    assertRepeats(new IndexOp.ScatterAdd(0), start, places(), values);
    Tensor planes = values.reshape(1, 1, 60, ADDED / 60);
    Tensor seen = places().reshape(1, 1, 60, ADDED / 60);
    assertRepeats(new PoolOp.PlaneScatter(1, PLACES, null), planes, seen);
    Op expand = new IndexOp.ViewScatter(new ViewOp.Expand(values.shape()), Shape.of(1));
    assertRepeats(expand, values);
  }

  @Test
  void sumsAreAsExactAsTheirDtype() {
    Tensor values = values(DType.F64);
    double[] all = values.to(Device.CPU).toDoubleArray();
    double exact = Arrays.stream(all).sum();
    Tensor zeros = Tensors.zeros(DType.I64, ADDED).to(GPU);
    double sum = bitsOf(new IndexOp.IndexAdd(0, 1), values, zeros)[0];
    assertEquals(exact, sum, 1e-12 * Math.abs(exact));
  }

  /** Several blocks, each of which must know how many the blocks before it find. */
  @Test
  void positionsOfNonZerosAreInOrder() {
    Tensor x = Tensors.rand(ADDED / 100, 100).gt(0.5).to(DType.F32);
    Op op = new IndexOp.NonZero((int) x.sum().item());
    long[] expected = Interpreter.run(op, x).toLongArray();
    assertArrayEquals(expected, Interpreter.run(op, x.to(GPU)).to(Device.CPU).toLongArray());
  }

  @Test
  void infinitiesAndNaNStayInTheirPlaces() {
    float inf = Float.POSITIVE_INFINITY;
    float[] x = {1, inf, 2, inf, -inf, 3, Float.NaN, 4, -inf, 0};
    long[] to = {0, 1, 1, 2, 2, 3, 4, 4, 5, 6};
    Op op = new IndexOp.IndexAdd(0, 8);
    for (DType dtype : new DType[] {DType.F32, DType.F64}) {
      double[] y = bitsOf(op, Tensors.of(x).to(dtype).to(GPU), Tensors.of(to).to(GPU));
      assertArrayEquals(
          new double[] {1, inf, Double.NaN, 3, Double.NaN, -inf, 0, 0}, y, dtype.toString());
    }
  }

  @Test
  void theSmallestAndTheLargestNumbersAdd() {
    double[] x = {Double.MIN_VALUE, Double.MIN_VALUE, 1e308, -1e308, 1e-300, 1e308, 1e308};
    long[] to = {0, 0, 1, 1, 1, 2, 2};
    Op op = new IndexOp.IndexAdd(0, 3);
    double[] y = bitsOf(op, Tensors.of(x).to(GPU), Tensors.of(to).to(GPU));
    assertEquals(2 * Double.MIN_VALUE, y[0]);
    assertTrue(y[1] >= 0 && y[1] <= 1e-300, y[1] + "");
    assertEquals(Double.POSITIVE_INFINITY, y[2]);
  }

  @Test
  void aViewIsScatteredIntoStridesWithGaps() {
    Tensor g = Tensors.rand(6).to(GPU);
    Tensor target = Tensors.zeros(3, 2).to(GPU).transpose(0, 1);
    Op op = new IndexOp.ViewScatter(new ViewOp.Reshape(Shape.of(6)), Shape.of(2, 3));
    Interpreter.runInto(op, new Tensor[] {g}, target);
    assertArrayEquals(
        g.to(Device.CPU).toFloatArray(), target.to(Device.CPU).contiguous().toFloatArray());
  }
}
