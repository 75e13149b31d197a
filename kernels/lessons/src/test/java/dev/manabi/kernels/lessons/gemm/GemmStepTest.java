package dev.manabi.kernels.lessons.gemm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.manabi.kernels.lessons.LaneWidths;
import dev.manabi.kernels.lessons.Samples;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.Tensors;
import dev.manabi.tensor.op.LinalgOp;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every step against the reference backend. */
class GemmStepTest {
  private record Size(int m, int n, int k) {}

  /** Smaller than a tile, whole tiles, just beside them, and more than one block each way. */
  private static final List<Size> SIZES =
      List.of(
          new Size(1, 1, 1),
          new Size(5, 3, 7),
          new Size(6, 32, 16),
          new Size(7, 33, 17),
          new Size(12, 64, 256),
          new Size(23, 47, 1),
          new Size(61, 67, 71),
          new Size(50, 31, 257),
          new Size(13, 530, 300));

  private static void check(GemmStep step) {
    for (Size size : SIZES) {
      Tensor a = Samples.smallIntegers(size.m, size.k);
      Tensor b = Samples.smallIntegers(size.k, size.n);
      Tensor expected = Samples.reference(new LinalgOp.MatMul(), a, b);
      Tensor c = Tensors.full(Float.NaN, size.m, size.n);
      step.multiply(a, b, c);
      assertEquals(0, Samples.largestDifference(expected, c), step + " on " + size);
    }
  }

  @ParameterizedTest
  @EnumSource
  void agreesWithTheReference(GemmStep step) {
    check(step);
  }

  @ParameterizedTest
  @ValueSource(ints = {128, 256})
  void narrowerVectorsAgreeToo(int bits) throws Exception {
    LaneWidths.run(bits, GemmStepTest.class);
  }

  /** The check of all steps, in a JVM of its own. */
  public static void main(String[] args) {
    for (GemmStep step : GemmStep.values()) {
      check(step);
    }
  }

  @Test
  void whatIsNoMatrixIsRefused() {
    Tensor transposed = Tensors.zeros(3, 4).transpose(0, 1);
    var e =
        assertThrows(
            IllegalArgumentException.class,
            () -> GemmStep.SHIPPING.multiply(transposed, transposed, transposed));
    assertEquals("lesson: expected a contiguous f32 matrix", e.getMessage().split(",")[0]);
  }
}
