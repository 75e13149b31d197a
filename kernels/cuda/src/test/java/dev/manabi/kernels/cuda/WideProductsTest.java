package dev.manabi.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.manabi.kernels.cases.Agreement;
import dev.manabi.kernels.cases.Arrangement;
import dev.manabi.kernels.cases.Gradient;
import dev.manabi.kernels.cases.Input;
import dev.manabi.kernels.cases.OpCase;
import dev.manabi.kernels.cases.Tolerance;
import dev.manabi.kernels.reference.ReferenceBackend;
import dev.manabi.tensor.DType;
import dev.manabi.tensor.Device;
import dev.manabi.tensor.memory.Region;
import dev.manabi.tensor.op.ConvOp;
import dev.manabi.tensor.op.LinalgOp;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Products and convolutions whose rows are aligned, which the catalog's awkward sizes hardly ever
 * are, and those too large for one small tile.
 */
class WideProductsTest {
  @BeforeAll
  static void chooseTheMachine() {
    Machines.choose();
  }

  private static void compare(OpCase c) {
    assumeTrue(Gpus.unavailableBecause().isEmpty(), Gpus.unavailableBecause());
    try (var region = Region.open("case")) {
      assertEquals("", Agreement.difference(c, new ReferenceBackend(), Device.cuda(0)), c.name());
    }
  }

  /** Parts of a tile, more steps than stages, several small tiles, a large one, parts of two. */
  @ParameterizedTest
  @CsvSource({"16, 8, 16", "24, 200, 72", "72, 40, 64", "128, 48, 96", "136, 24, 136"})
  void alignedProductsAgreeWithTheReference(int m, int k, int n) {
    LinalgOp product = new LinalgOp.MatMul();
    Tolerance tolerance = Tolerance.sum(k);
    for (DType dtype : new DType[] {DType.F32, DType.F16, DType.BF16}) {
      Input a = Input.of(m, k).with(dtype);
      Input b = Input.of(k, n).with(dtype);
      Input across = a.with(Arrangement.TRANSPOSED);
      Input along = b.with(Arrangement.TRANSPOSED);
      compare(OpCase.of(product, tolerance, Gradient.NONE, a, b));
      compare(OpCase.of(product, tolerance, Gradient.NONE, a, along));
      compare(OpCase.of(product, tolerance, Gradient.NONE, across, b));
      compare(OpCase.of(product, tolerance, Gradient.NONE, across, along));
    }
  }

  /** Outputs in whole chunks; and an odd number of them, as a vocabulary has, in unaligned rows. */
  @ParameterizedTest
  @CsvSource({"130, 80", "70, 129"})
  void layersAgreeWithTheReference(int rows, int outputs) {
    for (DType dtype : new DType[] {DType.F32, DType.F16, DType.BF16}) {
      Input x = Input.of(rows, 24).with(dtype);
      Input weight = Input.of(outputs, 24).with(dtype);
      Input bias = Input.of(outputs).with(dtype);
      compare(OpCase.of(new LinalgOp.Linear(), Tolerance.sum(24), Gradient.NONE, x, weight, bias));
      Input residual = Input.of(rows, outputs).with(dtype);
      LinalgOp relu = new LinalgOp.Linear(true);
      compare(OpCase.of(relu, Tolerance.sum(24), Gradient.NONE, x, weight, bias, residual));
    }
  }

  /** Few results of long sums, in parts that are added up: aligned, and element by element. */
  @ParameterizedTest
  @CsvSource({"24, 1096, 40", "33, 1055, 9", "1, 2049, 1"})
  void splitSumsAgreeWithTheReference(int m, int k, int n) {
    Tolerance tolerance = Tolerance.sum(k);
    for (DType dtype : new DType[] {DType.F32, DType.F64, DType.F16, DType.BF16, DType.I32}) {
      Input a = Input.of(m, k).with(dtype);
      Input b = Input.of(n, k).with(dtype);
      Input bias = Input.of(n).with(dtype);
      LinalgOp product = new LinalgOp.MatMul();
      Input turned = Input.of(k, n).with(dtype);
      compare(OpCase.of(product, tolerance, Gradient.NONE, a, turned));
      if (dtype.isFloating()) {
        compare(OpCase.of(new LinalgOp.Linear(), tolerance, Gradient.NONE, a, b, bias));
        Input residual = Input.of(m, n).with(dtype);
        LinalgOp relu = new LinalgOp.Linear(true);
        compare(OpCase.of(relu, tolerance, Gradient.NONE, a, b, bias, residual));
      }
    }
    Input batch = Input.of(2, m, k).with(DType.F16);
    Input other = Input.of(2, k, n).with(DType.F16).with(Arrangement.TRANSPOSED);
    compare(OpCase.of(new LinalgOp.MatMul(), tolerance, Gradient.NONE, batch, other));
  }

  @ParameterizedTest
  @EnumSource(names = {"F32", "F16", "BF16"})
  void alignedBatchesAgreeWithTheReference(DType dtype) {
    Input a = Input.of(3, 24, 16).with(dtype);
    Input b = Input.of(3, 16, 32).with(dtype);
    compare(OpCase.of(new LinalgOp.MatMul(), Tolerance.sum(16), Gradient.NONE, a, b));
  }

  /** The tile of 128 brought element by element, which only f32 has. */
  @Test
  void largeUnalignedProductsAgreeWithTheReference() {
    LinalgOp product = new LinalgOp.MatMul();
    Input a = Input.of(131, 19);
    Input b = Input.of(19, 129);
    for (Arrangement lying : new Arrangement[] {Arrangement.CONTIGUOUS, Arrangement.TRANSPOSED}) {
      compare(OpCase.of(product, Tolerance.sum(19), Gradient.NONE, a.with(lying), b));
      Input turned = b.with(Arrangement.TRANSPOSED);
      compare(OpCase.of(product, Tolerance.sum(19), Gradient.NONE, a.with(lying), turned));
    }
  }

  /** Channels fill chunks; 3 x 3 with padding, strides, dilation, groups; small and large tiles. */
  @ParameterizedTest
  @CsvSource({
    "2, 8, 7, 5, 16, 1, 1, 1, 1",
    "1, 16, 6, 9, 8, 2, 1, 1, 1",
    "1, 16, 7, 8, 32, 1, 2, 2, 2",
    "1, 8, 13, 10, 136, 1, 1, 1, 1",
    "1, 16, 5, 6, 136, 1, 1, 1, 1",
  })
  void alignedConvolutionsAgreeWithTheReference(
      int n, int c, int h, int w, int o, int stride, int padding, int dilation, int groups) {
    ConvOp.Params params = ConvOp.Params.of(stride, padding, dilation, groups);
    for (DType dtype : new DType[] {DType.F32, DType.F16, DType.BF16}) {
      Input x = Input.of(n, c, h, w).with(dtype).with(Arrangement.CHANNELS_LAST);
      Input planar = Input.of(o, c / groups, 3, 3).with(dtype);
      Input weight = planar.with(Arrangement.CHANNELS_LAST);
      Input bias = Input.of(o).with(dtype);
      int oh = params.outH(h, 3);
      int ow = params.outW(w, 3);
      Input g = Input.of(n, o, oh, ow).with(dtype).with(Arrangement.CHANNELS_LAST);
      Tolerance sum = Tolerance.sum(9L * c);
      compare(OpCase.of(new ConvOp.Conv2d(params), sum, Gradient.NONE, x, weight, bias));
      compare(OpCase.of(new ConvOp.Conv2d(params), sum, Gradient.NONE, x, planar));
      ConvOp relu = new ConvOp.Conv2d(params, true);
      compare(OpCase.of(relu, sum, Gradient.NONE, x, weight, bias, g));
      Tolerance back = Tolerance.sum(9L * o);
      compare(OpCase.of(new ConvOp.InputGrad(params, h, w), back, Gradient.NONE, g, weight));
      Tolerance pixels = Tolerance.sum((long) n * oh * ow);
      compare(OpCase.of(new ConvOp.WeightGrad(params, 3, 3), pixels, Gradient.NONE, x, g));
    }
  }
}
