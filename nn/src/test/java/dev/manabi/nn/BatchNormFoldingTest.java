package dev.manabi.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.manabi.nn.models.CIFAR10Net;
import dev.manabi.nn.models.ModernCIFAR10Net;
import dev.manabi.nn.models.SimpleResNet;
import dev.manabi.tensor.GradMode;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class BatchNormFoldingTest {
  @BeforeEach
  void seed() {
    Tensors.manualSeed(3);
  }

  /** Running statistics and weights as training might leave them, far from the identity. */
  private static void disturb(Module model) {
    GradMode.noGrad(
        () ->
            model.forEachModule(
                m -> {
                  if (m instanceof BatchNorm norm) {
                    int channels = norm.weight().size(0);
                    norm.weight().copy_(Tensors.rand(channels).add(0.5));
                    norm.bias().copy_(Tensors.randn(channels).mul(0.3));
                    norm.runningMean().copy_(Tensors.randn(channels).mul(0.3));
                    norm.runningVar().copy_(Tensors.rand(channels).add(0.5));
                  }
                }));
  }

  private static Tensor evaluated(Module model, Tensor x) {
    model.eval();
    return GradMode.noGrad(() -> model.apply(x));
  }

  private static void assertNear(Tensor expected, Tensor actual) {
    double largest = expected.abs().max().item();
    assertTrue(largest > 0);
    assertEquals(0, actual.sub(expected).abs().max().item() / largest, 1e-4);
  }

  static Stream<Arguments> models() {
    return Stream.of(
        Arguments.of(new CIFAR10Net(), 8),
        Arguments.of(new ModernCIFAR10Net(), 6),
        Arguments.of(new SimpleResNet(), 15));
  }

  @ParameterizedTest
  @MethodSource("models")
  void allNormsOfTheModelsAreFoldedAndTheOutputStays(Module model, int norms) {
    disturb(model);
    Tensor example = Tensors.randn(2, 3, 32, 32);
    Tensor other = Tensors.randn(3, 3, 32, 32);
    Tensor before = evaluated(model, other);
    assertEquals(norms, BatchNormFolding.fold(model, example));
    assertNear(before, evaluated(model, other));
  }

  /** Of a folded norm nothing is left, not even a pass for the ReLU. */
  @Test
  void theLayerDoesWhatFollowsAFoldedNorm() {
    var conv = new Conv2d(2, 4, 3, o -> o.bias(false));
    var norm = new BatchNorm2d(4);
    var model = new Sequential(conv, norm, new ReLU());
    disturb(model);
    Tensor x = Tensors.randn(2, 2, 7, 5);
    Tensor residual = Tensors.randn(2, 4, 5, 3);
    model.eval();
    List<Tensor> plain = List.of(norm.relu(conv, x), norm.addRelu(conv, x, residual));
    assertEquals(1, BatchNormFolding.fold(model, x));
    List<Tensor> folded =
        List.of(norm.relu(conv, x), norm.addRelu(conv, x, residual), model.apply(x));
    for (int i = 0; i < folded.size(); i++) {
      assertNear(plain.get(i % 2), folded.get(i));
      assertEquals("conv2d", folded.get(i).gradFn().name());
    }
    assertNear(plain.getFirst(), norm.relu(norm.apply(conv.apply(x))));
    Conv2d other = new Conv2d(2, 4, 3);
    assertNear(other.relu(x), norm.relu(other, x));
  }

  @Test
  void hooksOfAFoldedNormStillSeeItsOutput() {
    var model = new Sequential(new Conv2d(2, 4, 3), new BatchNorm2d(4), new ReLU());
    disturb(model);
    Tensor x = Tensors.randn(2, 2, 7, 5);
    BatchNormFolding.fold(model, x);
    Tensor before = evaluated(model, x);
    List<Double> least = new ArrayList<>();
    model
        .children()
        .get("1")
        .registerForwardHook(
            (module, input, output) -> {
              least.add(output.min().item());
              return null;
            });
    assertNear(before, evaluated(model, x));
    assertEquals(1, least.size());
    assertTrue(least.getFirst() < 0);
  }

  @Test
  void aLayerWithoutABiasGetsOne() {
    var conv = new Conv2d(2, 4, 3, o -> o.bias(false));
    var model = new Sequential(conv, new BatchNorm2d(4));
    disturb(model);
    assertEquals(1, BatchNormFolding.fold(model, Tensors.randn(1, 2, 5, 5)));
    assertEquals("[4]", conv.bias().shape().toString());
    assertEquals(conv.bias(), model.namedParameters().get("0.bias"));
  }

  @Test
  void aNormAfterAnythingElseIsLeftAlone() {
    var model = new Sequential(new Conv2d(2, 4, 3), new ReLU(), new BatchNorm2d(4));
    disturb(model);
    Tensor x = Tensors.randn(1, 2, 5, 5);
    Tensor before = evaluated(model, x);
    assertEquals(0, BatchNormFolding.fold(model, x));
    assertNear(before, evaluated(model, x));
  }

  @Test
  void aLayerThatFeedsTwoIsLeftAlone() {
    var model =
        new Module() {
          private final Linear linear = child("linear", new Linear(3, 4));
          private final BatchNorm1d norm = child("norm", new BatchNorm1d(4));
          private final ReLU other = child("other", new ReLU());

          @Override
          public Tensor forward(Tensor x) {
            Tensor y = linear.apply(x);
            return norm.apply(y).add(other.apply(y));
          }
        };
    disturb(model);
    assertEquals(0, BatchNormFolding.fold(model, Tensors.randn(2, 3)));
  }

  @Test
  void aUseThatIsNotSeenIsNoticed() {
    var model =
        new Module() {
          private final Linear linear = child("linear", new Linear(3, 4));
          private final BatchNorm1d norm = child("norm", new BatchNorm1d(4));

          @Override
          public Tensor forward(Tensor x) {
            Tensor y = linear.apply(x);
            return norm.apply(y).add(y.relu());
          }
        };
    disturb(model);
    var e =
        assertThrows(
            IllegalStateException.class, () -> BatchNormFolding.fold(model, Tensors.randn(2, 3)));
    assertTrue(e.getMessage().startsWith("folding changed the output by"), e.getMessage());
  }

  @Test
  void aFoldedModelCannotBeTrained() {
    var model = new Sequential(new Linear(3, 4), new BatchNorm1d(4));
    BatchNormFolding.fold(model, Tensors.randn(2, 3));
    model.train();
    var e = assertThrows(IllegalStateException.class, () -> model.apply(Tensors.randn(2, 3)));
    assertTrue(e.getMessage().contains("batch norm 1 is folded"), e.getMessage());
    model.add(new ReLU());
    model.train();
    assertThrows(IllegalStateException.class, () -> model.apply(Tensors.randn(2, 3)));
    assertTrue(model.toString().contains(", folded)"), model.toString());
  }

  @Test
  void theSavedStateMeansTheSameInAFreshModel() {
    var model = new Sequential(new Linear(3, 4), new BatchNorm1d(4));
    disturb(model);
    Tensor x = Tensors.randn(5, 3);
    Tensor before = evaluated(model, x);
    BatchNormFolding.fold(model, x);
    var fresh = new Sequential(new Linear(3, 4), new BatchNorm1d(4));
    fresh.loadStateDict(model.stateDict());
    assertNear(before, evaluated(fresh, x));
  }
}
