package dev.manabi.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
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
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.memory.Region;
import dev.manabi.tensor.op.ConvOp;
import dev.manabi.tensor.run.Interpreter;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Convolutions on copies of operands that do not lie channels-last in whole chunks. */
class ChannelCopiesTest {
  private static final Device GPU = Device.cuda(0);

  @BeforeAll
  static void chooseTheMachine() {
    Machines.choose();
  }

  /** Though it is too small to be computed so. */
  private static void compare(OpCase c) {
    assumeTrue(Gpus.unavailableBecause().isEmpty(), Gpus.unavailableBecause());
    try (var region = Region.open("case")) {
      Tensor[] in = c.tensors();
      Tensor[] expected = Agreement.run(c, new ReferenceBackend(), in);
      Tensor[] there = Arrays.stream(in).map(x -> x.to(GPU)).toArray(Tensor[]::new);
      Tensor y = Interpreter.allocate(expected[0].spec(), GPU);
      ChannelCopies.run(Gpus.of(GPU), Convolution.of((ConvOp) c.op(), there, y));
      assertEquals("", Agreement.difference(c, expected, new Tensor[] {y.to(Device.CPU)}));
    }
  }

  /** All channels to be added to, those of one side, none but planar images; and groups. */
  @ParameterizedTest
  @CsvSource({
    "2, 3, 7, 6, 10, 1",
    "1, 8, 6, 6, 5, 1",
    "1, 8, 6, 9, 16, 1",
    "2, 17, 5, 5, 8, 1",
    "1, 16, 5, 4, 32, 2"
  })
  void copiesAgreeWithTheReference(int n, int channels, int h, int w, int filters, int groups) {
    ConvOp.Params params = ConvOp.Params.of(1, 1, 1, groups);
    for (DType dtype : new DType[] {DType.F32, DType.F16, DType.BF16}) {
      Input x = Input.of(n, channels, h, w).with(dtype);
      Input last = x.with(Arrangement.CHANNELS_LAST);
      Input weight = Input.of(filters, channels / groups, 3, 3).with(dtype);
      Input bias = Input.of(filters).with(dtype);
      Input g = Input.of(n, filters, h, w).with(dtype);
      ConvOp forward = new ConvOp.Conv2d(params);
      Tolerance sum = Tolerance.sum(9L * channels);
      compare(OpCase.of(forward, sum, Gradient.NONE, x, weight, bias));
      compare(OpCase.of(forward, sum, Gradient.NONE, last, weight));
      ConvOp relu = new ConvOp.Conv2d(params, true);
      compare(OpCase.of(relu, sum, Gradient.NONE, last, weight, bias, g));
      ConvOp inputGrad = new ConvOp.InputGrad(params, h, w);
      compare(OpCase.of(inputGrad, Tolerance.sum(9L * filters), Gradient.NONE, g, weight));
      ConvOp weightGrad = new ConvOp.WeightGrad(params, 3, 3);
      compare(OpCase.of(weightGrad, Tolerance.sum((long) n * h * w), Gradient.NONE, x, g));
    }
  }

  private static boolean pay(int n, int c, int side, int o, int kernel, int chunk, int planar) {
    long x = (long) n * c * side * side;
    long y = (long) n * o * side * side;
    double channels = Math.ceilDiv(c, chunk) * chunk;
    double filters = Math.ceilDiv(o, chunk) * chunk;
    long copied = planar > 1 ? x + y : x;
    return ChannelCopies.pay(x * o * kernel * kernel, copied, channels * filters / (c * o));
  }

  @Test
  void copiesPayWhereMuchIsComputedOfEachElement() {
    assertTrue(pay(64, 64, 56, 64, 3, 8, 2), "3 x 3 of 64 channels, planar");
    assertTrue(pay(64, 256, 14, 256, 1, 8, 2), "1 x 1 of 256 channels, planar");
    assertFalse(pay(64, 64, 56, 64, 1, 8, 2), "1 x 1 of 64 channels moves more than it computes");
    assertTrue(pay(64, 3, 224, 64, 7, 8, 1), "3 channels become 8 of a result that lies well");
    assertFalse(pay(64, 1, 224, 64, 7, 8, 1), "1 channel does not become 8");
    assertFalse(pay(64, 3, 224, 64, 3, 8, 2), "a planar result of a few products each");
    assertTrue(pay(64, 32, 28, 64, 3, 4, 2), "f32, whose chunks are 4");
    assertFalse(pay(1, 32, 28, 64, 3, 4, 2), "of one image: launches cost more");
  }
}
