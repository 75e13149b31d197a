package dev.manabi.nn.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.manabi.nn.Linear;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.Tensors;
import dev.manabi.tensor.memory.Memory;
import dev.manabi.tensor.memory.Region;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RegionTrainingTest {
  private static final Linear MODEL = new Linear(8, 4);

  static Stream<Optimizer> optimizers() {
    List<Tensor> parameters = MODEL.parameters();
    return Stream.of(
        new SGD(parameters, 0.01, 0.9, 0, false),
        new Adam(parameters, 0.01),
        new AdamW(parameters, 0.01, 0.01));
  }

  @ParameterizedTest
  @MethodSource("optimizers")
  void stateOutlivesTheRegionOfAStepAndNothingElseDoes(Optimizer optimizer) {
    Tensor x = Tensors.ones(16, 8);
    step(optimizer, x);
    Memory.collect();
    long live = Memory.liveBytes();
    for (int i = 0; i < 5; i++) {
      step(optimizer, x);
    }
    // Gradients outlive the step, so that they can accumulate; forgotten ones are released.
    assertEquals(live, Memory.liveBytes());
    optimizer.stateDict().values().forEach(state -> assertFalse(state.isReleased()));
  }

  private static void step(Optimizer optimizer, Tensor x) {
    try (var step = Region.open("step")) {
      optimizer.zeroGrad();
      MODEL.apply(x).square().mean().backward();
      optimizer.step();
    }
  }
}
