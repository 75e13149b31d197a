package dev.manabi.nn.optim;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.manabi.nn.Loss;
import dev.manabi.nn.Losses;
import dev.manabi.nn.models.MNISTNet;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.Tensors;
import dev.manabi.tensor.memory.Region;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

/**
 * What a step of training makes on the Java heap: small objects for ops, tensors and nodes.
 * Tensors' elements lie in native memory from the pool, and vectors in registers; one activation of
 * the net on the heap, or a kernel whose vectors have become objects, is megabytes.
 */
class StepAllocationTest {
  private static final long BYTES_PER_STEP = 320 << 10;
  private static final int STEPS = 4;

  /** How often to try before the verdict: until then the JIT may still be compiling. */
  private static final int ROUNDS = 60;

  @Test
  void aTrainingStepMakesOnlySmallObjects() {
    Tensors.manualSeed(1);
    var model = new MNISTNet();
    var optimizer = new Adam(model.parameters(), 1e-3);
    Loss criterion = Losses.crossEntropy();
    Tensor images = Tensors.randn(16, 1, 28, 28);
    Tensor labels = Tensors.randint(0, 10, 16);
    var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long least = Long.MAX_VALUE;
    for (int round = 0; round < ROUNDS && least > BYTES_PER_STEP; round++) {
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < STEPS; i++) {
        try (var step = Region.open("step")) {
          optimizer.zeroGrad();
          Tensor loss = criterion.apply(model.apply(images), labels);
          loss.backward();
          optimizer.step();
          loss.item();
        }
      }
      least = Math.min(least, (threads.getCurrentThreadAllocatedBytes() - before) / STEPS);
    }
    assertTrue(least <= BYTES_PER_STEP, "a step allocates " + least + " bytes on the heap");
  }
}
