package dev.manabi.kernels.lessons.conv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.manabi.kernels.lessons.LaneWidths;
import dev.manabi.kernels.lessons.Samples;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.Tensors;
import dev.manabi.tensor.op.ConvOp;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every step against the reference backend. */
class ConvStepTest {
  private record Case(
      int n, int in, int height, int width, int out, int kh, int kw, int stride, int padding) {}

  private static final List<Case> CASES =
      List.of(
          new Case(1, 1, 1, 1, 1, 1, 1, 1, 0),
          new Case(2, 3, 5, 7, 4, 3, 3, 1, 1),
          new Case(2, 16, 9, 6, 33, 3, 3, 1, 1),
          new Case(1, 17, 6, 13, 32, 3, 3, 1, 0),
          new Case(1, 20, 7, 5, 18, 3, 3, 1, 2),
          new Case(2, 5, 11, 8, 35, 3, 3, 2, 1),
          new Case(1, 6, 9, 10, 7, 5, 5, 1, 2),
          new Case(1, 4, 8, 12, 40, 2, 4, 3, 1),
          new Case(3, 19, 4, 4, 66, 1, 1, 1, 0));

  private static void check(ConvStep step) {
    for (Case c : CASES) {
      if (!step.takes(c.kh, c.kw, c.stride)) {
        continue;
      }
      var params = ConvOp.Params.of(c.stride, c.padding, 1, 1);
      Tensor x = Samples.smallIntegers(c.n, c.in, c.height, c.width).channelsLast();
      Tensor weight = Samples.smallIntegers(c.out, c.in, c.kh, c.kw);
      Tensor expected = Samples.reference(new ConvOp.Conv2d(params), x, weight);
      Tensor y = Tensors.full(Float.NaN, expected.shape().toArray()).channelsLast();
      step.run(x, weight, c.stride, c.padding, y);
      // Sums of small integers are exact, but not Winograd's sixths of them.
      boolean exact = step != ConvStep.WINOGRAD && step != ConvStep.SHIPPING;
      double bound = exact ? 0 : 1e-5 * expected.abs().max().item();
      double difference = Samples.largestDifference(expected, y);
      assertTrue(difference <= bound, step + " on " + c + " is off by " + difference);
    }
  }

  @ParameterizedTest
  @EnumSource
  void agreesWithTheReference(ConvStep step) {
    check(step);
  }

  @ParameterizedTest
  @ValueSource(ints = {128, 256})
  void narrowerVectorsAgreeToo(int bits) throws Exception {
    LaneWidths.run(bits, ConvStepTest.class);
  }

  /** The check of all steps, in a JVM of its own. */
  public static void main(String[] args) {
    for (ConvStep step : ConvStep.values()) {
      check(step);
    }
  }

  @Test
  void anotherLayoutIsRefused() {
    Tensor x = Tensors.zeros(2, 3, 4, 5);
    Tensor weight = Tensors.zeros(6, 3, 1, 1);
    Tensor y = Tensors.zeros(2, 6, 4, 5).channelsLast();
    var e =
        assertThrows(
            IllegalArgumentException.class, () -> ConvStep.SHIPPING.run(x, weight, 1, 0, y));
    assertEquals("lesson: expected f32 images in channels-last", e.getMessage().split(" and")[0]);
  }
}
