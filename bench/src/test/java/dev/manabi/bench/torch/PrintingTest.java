package dev.manabi.bench.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.manabi.tensor.DType;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.Tensors;
import org.junit.jupiter.api.Test;

/** Tensors print as they do in PyTorch; only dtypes have this engine's names. */
class PrintingTest {
  private static void assertPrints(String expected, Tensor x) {
    assertEquals(expected, x.toString());
  }

  private static Tensor f32(float... values) {
    return Tensors.of(values);
  }

  @Test
  void scalars() {
    assertPrints("tensor(3.1400)", Tensors.scalar(3.14f));
    assertPrints("tensor(2.)", Tensors.scalar(2));
    assertPrints("tensor(7)", Tensors.arange(8).get(7));
    assertPrints("tensor(True)", Tensors.of(new boolean[] {true}).get(0));
    assertPrints("tensor(1.0000e-05)", Tensors.scalar(1e-5));
    assertPrints("tensor(nan)", Tensors.scalar(Double.NaN));
    assertPrints("tensor(-inf)", Tensors.scalar(Double.NEGATIVE_INFINITY));
  }

  @Test
  void vectorsOfFractions() {
    assertPrints("tensor([ 0.5000, -1.2500,  3.0000])", f32(0.5f, -1.25f, 3));
    assertPrints("tensor([0.1000, 0.2000, 0.3000])", f32(0.1f, 0.2f, 0.3f));
  }

  @Test
  void wholeNumbersEndInAPoint() {
    assertPrints("tensor([1., 2., 3.])", f32(1, 2, 3));
    assertPrints("tensor([0., 0.])", f32(0, 0));
    assertPrints("tensor([ -1.,  10., 100.])", f32(-1, 10, 100));
  }

  @Test
  void integersAndBooleansAlign() {
    assertPrints("tensor([0, 1, 2, 3, 4])", Tensors.arange(5));
    assertPrints("tensor([  1, -20, 300])", Tensors.of(new long[] {1, -20, 300}));
    assertPrints("tensor([ True, False])", Tensors.of(new boolean[] {true, false}));
    assertPrints(
        "tensor([9007199254740993, 1])".replace(" 1]", "                1]"),
        Tensors.of(new long[] {9007199254740993L, 1}));
  }

  @Test
  void magnitudesFarApartAreScientific() {
    assertPrints("tensor([1.0000e+00, 1.0000e+04])", f32(1, 10000));
    assertPrints("tensor([1.0000e-05, 1.0000e+00])", f32(1e-5f, 1));
    assertPrints("tensor([1.2346e+08, -0.0000e+00])", f32(123456789, -0f));
    assertPrints("tensor([   1., 1000.])", f32(1, 1000));
    assertPrints("tensor([2.0000e-05])", f32(2e-5f));
  }

  @Test
  void whatIsNotFiniteDoesNotWidenTheColumns() {
    assertPrints("tensor([1., inf])", f32(1, Float.POSITIVE_INFINITY));
    assertPrints("tensor([nan, 1.])", f32(Float.NaN, 1));
    assertPrints("tensor([   nan, 0.5000,   -inf])", f32(Float.NaN, 0.5f, Float.NEGATIVE_INFINITY));
    assertPrints("tensor([-0., 1.])", f32(-0f, 1));
  }

  @Test
  void roundingSeesTheExactValueAndTiesGoToEven() {
    assertPrints("tensor([0.0312, 0.0938])", f32(0.03125f, 0.09375f));
    assertPrints("tensor([2.0000], dtype=f64)", Tensors.of(new double[] {2.00005}));
  }

  @Test
  void matricesAndCubes() {
    assertPrints(
        """
        tensor([[0, 1, 2],
                [3, 4, 5]])""",
        Tensors.arange(6).reshape(2, 3));
    assertPrints(
        """
        tensor([[[0., 1.],
                 [2., 3.]],

                [[4., 5.],
                 [6., 7.]]])""",
        Tensors.arange(8).reshape(2, 2, 2).to(DType.F32));
  }

  @Test
  void emptyTensorsTellTheirShape() {
    assertPrints("tensor([])", Tensors.zeros(0));
    assertPrints("tensor([], size=(2, 0))", Tensors.zeros(2, 0));
    assertPrints("tensor([], dtype=i64)", Tensors.arange(0));
  }

  @Test
  void longVectorsWrapAndVeryLongOnesAreCut() {
    assertPrints(
        """
        tensor([ 0,  1,  2,  3,  4,  5,  6,  7,  8,  9, 10, 11, 12, 13, 14, 15, 16, 17,
                18, 19, 20, 21, 22, 23, 24])""",
        Tensors.arange(25));
    assertPrints("tensor([   0,    1,    2,  ..., 1998, 1999, 2000])", Tensors.arange(2001));
    assertPrints(
        """
        tensor([[   0,    1,    2,  ...,   37,   38,   39],
                [  40,   41,   42,  ...,   77,   78,   79],
                [  80,   81,   82,  ...,  117,  118,  119],
                ...,
                [1480, 1481, 1482,  ..., 1517, 1518, 1519],
                [1520, 1521, 1522,  ..., 1557, 1558, 1559],
                [1560, 1561, 1562,  ..., 1597, 1598, 1599]])""",
        Tensors.arange(1600).reshape(40, 40));
  }

  @Test
  void suffixesTellTypeAndGradient() {
    assertPrints("tensor([1., 2.], dtype=f64)", Tensors.of(new double[] {1, 2}));
    assertPrints("tensor([1, 2], dtype=i32)", Tensors.of(new int[] {1, 2}));
    assertPrints("tensor([1., 2.], requires_grad=True)", f32(1, 2).requiresGrad(true));
    assertPrints(
        """
        tensor([0.1000, 0.1000, 0.1000, 0.1000, 0.1000, 0.1000, 0.1000, 0.1000],
               requires_grad=True)""",
        Tensors.full(0.1f, 8).requiresGrad(true));
  }
}
