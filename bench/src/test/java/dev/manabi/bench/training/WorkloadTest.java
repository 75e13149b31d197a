package dev.manabi.bench.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.manabi.bench.torch.Peers;
import dev.manabi.bench.torch.Torch;
import dev.manabi.data.Batch;
import dev.manabi.nn.Dropout;
import dev.manabi.nn.Losses;
import dev.manabi.nn.Module;
import dev.manabi.tensor.DType;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.Tensors;
import dev.manabi.tensor.memory.Region;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WorkloadTest {
  @BeforeAll
  static void start() {
    assumeTrue(Torch.isAvailable(), "libtorch's libraries are here for x86-64 Linux only");
    Torch.start(2);
  }

  /** In f64, where rounding stays out of sight, and without dropout. */
  @ParameterizedTest
  @EnumSource
  void bothSidesComputeTheSameLossAndGradients(Workload workload) {
    try (var scope = new PointerScope();
        var region = Region.open("step")) {
      Tensors.manualSeed(1);
      Batch batch = workload.images().batches(3).getFirst();
      Tensor images = batch.images().to(DType.F64);
      Module model = workload.model().to(DType.F64);
      model.forEachModule(m -> m.train(!(m instanceof Dropout)));
      Map<String, org.bytedeco.pytorch.Tensor> state = new LinkedHashMap<>();
      model
          .namedParameters()
          .forEach((name, t) -> state.put(name, Peers.of(t).detach().requires_grad_(true)));
      model.namedBuffers().forEach((name, t) -> state.put(name, Peers.of(t)));

      Tensor loss = Losses.crossEntropy().apply(model.apply(images), batch.labels());
      loss.backward();
      var theirs =
          torch.cross_entropy_loss(
              workload.torch.forward(state, Peers.of(images), false), Peers.of(batch.labels()));
      theirs.backward();

      assertEquals(theirs.item_double(), loss.item(), 1e-9);
      model
          .namedParameters()
          .forEach(
              (name, p) ->
                  assertNear(
                      name, p.grad().toDoubleArray(), Torch.doubles(state.get(name).grad())));
    }
  }

  private static void assertNear(String name, double[] ours, double[] theirs) {
    double largest = 0;
    double difference = 0;
    for (int i = 0; i < ours.length; i++) {
      largest = Math.max(largest, Math.abs(theirs[i]));
      difference = Math.max(difference, Math.abs(theirs[i] - ours[i]));
    }
    // Before a batch norm the gradient of a bias is zero but for rounding.
    assertTrue(difference <= 1e-8 * largest + 1e-12, name + " differs by " + difference);
  }

  @ParameterizedTest
  @EnumSource
  void aWorkloadIsFoundByItsNameAndByItsModels(Workload workload) {
    assertEquals(workload, Workload.named(workload.name().toLowerCase(java.util.Locale.ROOT)));
    assertEquals(workload, Workload.named(workload.modelName()));
  }
}
