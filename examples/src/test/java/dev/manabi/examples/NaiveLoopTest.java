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
  private static final int WARM_UP = 500;

  private final LeNet5 model = new LeNet5();
  private final SGD optimizer = new SGD(model.parameters(), 0.01);
  private final Tensor images = Tensors.rand(32, 1, 28, 28);
  private final Tensor labels = Tensors.randint(0, 10, 32);

  @Test
  void fiveThousandStepsStayWithinTheBudget() {
    long before = Memory.budget();
    Memory.setBudget(BUDGET);
    Memory.resetPeak();
    try {
      long early = liveAfter(WARM_UP);
      long late = liveAfter(STEPS - WARM_UP);
      assertTrue(Memory.peakBytes() <= BUDGET, "peak " + Memory.peakBytes());
      assertTrue(late <= early + (1 << 20), "live memory grew from " + early + " to " + late);
    } finally {
      Memory.setBudget(before);
    }
  }

  /** Native bytes that are still in use after so many steps, garbage collected. */
  private long liveAfter(int steps) {
    for (int step = 0; step < steps; step++) {
      optimizer.zeroGrad();
      Losses.crossEntropy().apply(model.apply(images), labels).backward();
      optimizer.step();
    }
    Memory.collect();
    return Memory.liveBytes();
  }
}
