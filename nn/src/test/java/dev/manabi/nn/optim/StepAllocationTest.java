package dev.manabi.nn.optim;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.manabi.nn.Loss;
import dev.manabi.nn.Losses;
import dev.manabi.nn.models.MNISTNet;
import dev.manabi.tensor.Device;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.Tensors;
import dev.manabi.tensor.memory.Region;
import dev.manabi.tensor.op.Op;
import dev.manabi.tensor.run.Backend;
import dev.manabi.tensor.run.Backends;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * What a step of training makes on the Java heap: small objects for ops, tensors and nodes.
 * Tensors' elements lie in native memory from the pool, and vectors in registers.
 */
class StepAllocationTest {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /**
   * Outside the kernels. The JIT saves some of it, so that the bytes before it runs are the most.
   */
  private static final long BYTES_TO_DISPATCH = 64 << 10;

  /** In all. Kernels whose vectors are objects make tens of megabytes, until the JIT is done. */
  private static final long BYTES_IN_ALL = 1 << 20;

  /** How long a slow or busy machine's JIT may take. The test ends with the first frugal step. */
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  /** The CPU backend, and how much the kernels make on the calling thread. */
  private static final class Metered implements Backend {
    private final Backend cpu = Backends.named("cpu");
    private long bytes;

    @Override
    public String name() {
      return "metered";
    }

    @Override
    public Device.Kind kind() {
      return cpu.kind();
    }

    @Override
    public int priority() {
      return cpu.priority();
    }

    @Override
    public String unavailableBecause() {
      return cpu.unavailableBecause();
    }

    @Override
    public void execute(Op op, Tensor[] inputs, Tensor[] outputs) {
      long before = THREADS.getCurrentThreadAllocatedBytes();
      cpu.execute(op, inputs, outputs);
      bytes += THREADS.getCurrentThreadAllocatedBytes() - before;
    }
  }

  @Test
  void aTrainingStepMakesOnlySmallObjects() {
    Tensors.manualSeed(1);
    var model = new MNISTNet();
    var optimizer = new Adam(model.parameters(), 1e-3);
    Loss criterion = Losses.crossEntropy();
    Tensor images = Tensors.randn(16, 1, 28, 28);
    Tensor labels = Tensors.randint(0, 10, 16);
    Metered kernels = new Metered();
    long dispatch = Long.MAX_VALUE;
    long all = Long.MAX_VALUE;
    long end = System.nanoTime() + PATIENCE.toNanos();
    for (int i = 0; i < 5 || (all > BYTES_IN_ALL && System.nanoTime() < end); i++) {
      kernels.bytes = 0;
      long before = THREADS.getCurrentThreadAllocatedBytes();
      Backends.with(kernels, () -> step(model, optimizer, criterion, images, labels));
      long bytes = THREADS.getCurrentThreadAllocatedBytes() - before;
      all = Math.min(all, bytes);
      dispatch = Math.min(dispatch, bytes - kernels.bytes);
    }
    assertTrue(dispatch <= BYTES_TO_DISPATCH, "a step makes " + dispatch + " bytes of objects");
    assertTrue(all <= BYTES_IN_ALL, "a step makes " + all + " bytes of objects with its kernels");
  }

  private static void step(
      MNISTNet model, Optimizer optimizer, Loss criterion, Tensor images, Tensor labels) {
    try (var region = Region.open("step")) {
      optimizer.zeroGrad();
      Tensor loss = criterion.apply(model.apply(images), labels);
      loss.backward();
      optimizer.step();
      loss.item();
    }
  }
}
