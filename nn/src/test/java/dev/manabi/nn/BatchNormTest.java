package dev.manabi.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.Tensors;
import dev.manabi.tensor.error.ShapeException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The fused forms of batch norm are the unfused ones. */
class BatchNormTest {
  private static final float TOLERANCE = 2e-5f;

  /** One layer, its input and a residual; equal at every call. */
  private static final class Setting {
    final BatchNorm2d norm = new BatchNorm2d(5);
    final Tensor x;
    final Tensor residual;

    Setting(boolean training) {
      Tensors.manualSeed(3);
      norm.weight().setData(Tensors.randn(5));
      norm.bias().setData(Tensors.randn(5));
      norm.runningMean().setData(Tensors.randn(5));
      x = Tensors.randn(4, 5, 6, 3).channelsLast().requiresGrad(true);
      residual = Tensors.randn(4, 5, 6, 3).requiresGrad(true);
      norm.train(training);
    }

    /** The output, all gradients and the running statistics. */
    List<float[]> run(BiFunction<BatchNorm2d, Setting, Tensor> form) {
      Tensor y = form.apply(norm, this);
      y.mul(Tensors.arange(0, y.numel(), 1).to(y.dtype()).reshape(y.shape().toArray()).sin())
          .sum()
          .backward();
      List<float[]> all = new ArrayList<>();
      for (Tensor t :
          new Tensor[] {y.detach(), x.grad(), norm.weight().grad(), norm.bias().grad()}) {
        all.add(t.toFloatArray());
      }
      all.add(residual.grad() == null ? new float[0] : residual.grad().toFloatArray());
      norm.namedBuffers().values().forEach(t -> all.add(t.to(y.dtype()).toFloatArray()));
      return all;
    }
  }

  private static void same(
      boolean training,
      BiFunction<BatchNorm2d, Setting, Tensor> fused,
      BiFunction<BatchNorm2d, Setting, Tensor> plain) {
    List<float[]> got = new Setting(training).run(fused);
    List<float[]> want = new Setting(training).run(plain);
    for (int i = 0; i < want.size(); i++) {
      assertArrayEquals(want.get(i), got.get(i), TOLERANCE, "result " + i);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void reluIsApplyThenRelu(boolean training) {
    same(training, (norm, s) -> norm.relu(s.x), (norm, s) -> norm.apply(s.x).relu());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void addReluIsApplyThenAddThenRelu(boolean training) {
    same(
        training,
        (norm, s) -> norm.addRelu(s.x, s.residual),
        (norm, s) -> norm.apply(s.x).add(s.residual).relu());
  }

  @Test
  void sequentialFusesBatchNormAndReluToTheSameResult() {
    ReLU relu = new ReLU();
    same(
        true,
        (norm, s) -> new Sequential(norm, relu, new Identity()).apply(s.x),
        (norm, s) -> relu.apply(norm.apply(s.x)));
  }

  @Test
  void aResidualThatBroadcastsIsAddedAllTheSame() {
    same(
        true,
        (norm, s) -> norm.addRelu(s.x, s.residual.mean(2, 3).reshape(4, 5, 1, 1)),
        (norm, s) -> norm.apply(s.x).add(s.residual.mean(2, 3).reshape(4, 5, 1, 1)).relu());
  }

  @Test
  void hooksSeeTheOutputBeforeTheRelu() {
    Setting s = new Setting(true);
    List<Double> least = new ArrayList<>();
    s.norm.registerForwardHook(
        (module, input, output) -> {
          least.add(output.min().item());
          return null;
        });
    ReLU relu = new ReLU();
    List<Double> clipped = new ArrayList<>();
    relu.registerForwardHook(
        (module, input, output) -> {
          clipped.add(output.min().item());
          return null;
        });
    new Sequential(s.norm, relu).apply(s.x);
    s.norm.relu(s.x);
    s.norm.addRelu(s.x, s.residual);
    assertEquals(3, least.size());
    assertTrue(least.stream().allMatch(v -> v < 0));
    assertEquals(List.of(0.0), clipped);
  }

  @Test
  void aShapeErrorNamesTheLayer() {
    Sequential net = new Sequential(new Sequential(new BatchNorm2d(3), new ReLU()));
    ShapeException e =
        assertThrows(ShapeException.class, () -> net.apply(Tensors.zeros(1, 2, 3, 3)));
    assertTrue(e.getMessage().contains("0.0"), e.getMessage());
  }
}
