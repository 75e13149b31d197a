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
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The fused forms of convolution and linear layer are the unfused ones. */
class AffineLayerTest {
  /** Layers, and shapes of their inputs and outputs. */
  static Stream<Arguments> layers() {
    return Stream.of(
        Arguments.of(new Conv2d(3, 6, 3), new int[] {2, 3, 7, 8}, new int[] {2, 6, 5, 6}),
        Arguments.of(
            new Conv2d(4, 4, 3, o -> o.padding(1).groups(4).bias(false)),
            new int[] {2, 4, 5, 5},
            new int[] {2, 4, 5, 5}),
        Arguments.of(new Linear(5, 7), new int[] {4, 5}, new int[] {4, 7}),
        Arguments.of(new Linear(5, 7, false), new int[] {2, 3, 5}, new int[] {2, 3, 7}));
  }

  /** The output of {@code form} on x and a residual, and all gradients. */
  private static List<float[]> run(
      AffineLayer layer, int[] in, int[] out, BiFunction<Tensor, Tensor, Tensor> form) {
    Tensors.manualSeed(5);
    Tensor x = Tensors.randn(in).requiresGrad(true);
    Tensor residual = Tensors.randn(out).requiresGrad(true);
    layer.zeroGrad();
    Tensor y = form.apply(x, residual);
    y.mul(Tensors.randn(out)).sum().backward();
    List<float[]> all = new ArrayList<>(List.of(y.detach().toFloatArray()));
    List<Tensor> variables = new ArrayList<>(layer.parameters());
    variables.addAll(List.of(x, residual));
    for (Tensor t : variables) {
      all.add(t.grad() == null ? new float[0] : t.grad().toFloatArray());
    }
    return all;
  }

  private static void same(List<float[]> want, List<float[]> got) {
    for (int i = 0; i < want.size(); i++) {
      assertArrayEquals(want.get(i), got.get(i), "result " + i);
    }
  }

  @ParameterizedTest
  @MethodSource("layers")
  void fusedFormsAreThePlainOnes(AffineLayer layer, int[] in, int[] out) {
    List<float[]> relu = run(layer, in, out, (x, _) -> layer.apply(x).relu());
    same(relu, run(layer, in, out, (x, _) -> layer.relu(x)));
    same(relu, run(layer, in, out, (x, _) -> new Sequential(layer, new ReLU()).apply(x)));
    same(
        run(layer, in, out, (x, residual) -> layer.apply(x).add(residual).relu()),
        run(layer, in, out, layer::addRelu));
    assertTrue(layer.relu(Tensors.randn(in)).gradFn().name().matches("conv2d|linear"));
  }

  @ParameterizedTest
  @MethodSource("layers")
  void aResidualThatBroadcastsIsAddedAllTheSame(AffineLayer layer, int[] in, int[] out) {
    same(
        run(layer, in, out, (x, r) -> layer.apply(x).add(r.narrow(0, 0, 1)).relu()),
        run(layer, in, out, (x, r) -> layer.addRelu(x, r.narrow(0, 0, 1))));
  }

  @Test
  void hooksSeeTheOutputBeforeTheRelu() {
    Linear layer = new Linear(30, 40);
    List<Double> least = new ArrayList<>();
    layer.registerForwardHook(
        (module, input, output) -> {
          least.add(output.min().item());
          return null;
        });
    Tensor x = Tensors.randn(3, 30);
    layer.relu(x);
    layer.addRelu(x, Tensors.zeros(3, 40));
    assertEquals(2, least.size());
    assertTrue(least.stream().allMatch(v -> v < 0));
  }

  @Test
  void aShapeErrorNamesTheLayer() {
    Linear layer = new Linear(3, 4);
    Sequential net = new Sequential(layer, new ReLU());
    var e = assertThrows(ShapeException.class, () -> net.apply(Tensors.zeros(2, 2)));
    assertTrue(e.getMessage().contains("in layer: 0"), e.getMessage());
    e =
        assertThrows(
            ShapeException.class, () -> layer.addRelu(Tensors.zeros(2, 2), Tensors.zeros(2, 4)));
    assertTrue(e.getMessage().contains("in layer: 0"), e.getMessage());
  }
}
