package dev.manabi.examples;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.manabi.nn.Losses;
import dev.manabi.nn.models.LeNet5;
import dev.manabi.nn.optim.SGD;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.Tensors;
import dev.manabi.tensor.memory.Memory;
import org.junit.jupiter.api.Test;

/** A loop that knows nothing of regions runs for ever in flat native memory. */
class NaiveLoopTest {
  private static final long BUDGET = 512L << 20;
  private static final int STEPS = 5_000;
  private static final int WARM_UP = 1_000;

  @Test
  void fiveThousandStepsStayWithinTheBudget() {
    long before = Memory.budget();
    Memory.setBudget(BUDGET);
    try {
      long early = peakOf(WARM_UP);
      long late = peakOf(STEPS - WARM_UP);
      assertTrue(late <= BUDGET, "peak " + late);
      assertTrue(late <= early * 1.25, "live memory grew from a peak of " + early + " to " + late);
    } finally {
      Memory.setBudget(before);
    }
  }

  /** Highest number of live native bytes during so many steps. */
  private static long peakOf(int steps) {
    LeNet5 model = new LeNet5();
    SGD optimizer = new SGD(model.parameters(), 0.01);
    Tensor images = Tensors.rand(32, 1, 28, 28);
    Tensor labels = Tensors.randint(0, 10, 32);
    Memory.resetPeak();
    for (int step = 0; step < steps; step++) {
      optimizer.zeroGrad();
      Losses.crossEntropy().apply(model.apply(images), labels).backward();
      optimizer.step();
    }
    return Memory.peakBytes();
  }
}
