package dev.manabi.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.manabi.nn.Dropout;
import dev.manabi.nn.Linear;
import dev.manabi.nn.Losses;
import dev.manabi.nn.ReLU;
import dev.manabi.nn.Sequential;
import dev.manabi.nn.optim.Adam;
import dev.manabi.tensor.Device;
import dev.manabi.tensor.GradMode;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.Tensors;
import dev.manabi.tensor.memory.Region;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A captured training step does the same as one that is run op by op. */
class CapturedStepTest {
  private static final int STEPS = 4;
  private static final Device GPU = Device.cuda(0);

  @BeforeAll
  static void chooseTheMachine() {
    Machines.choose();
  }

  /** A small net with dropout and Adam, and the tensors that its step reads and writes. */
  private static final class Training {
    private final Sequential model;
    private final Adam optimizer;
    private final Tensor images = Tensors.zeros(5, 12).to(GPU);
    private final Tensor labels = Tensors.zeros(dev.manabi.tensor.DType.I64, 5).to(GPU);
    private final Tensor loss = Tensors.zeros().to(GPU);

    Training() {
      Tensors.manualSeed(3);
      model = new Sequential(new Linear(12, 16), new ReLU(), new Dropout(0.5), new Linear(16, 4));
      model.to(GPU);
      optimizer = new Adam(model.parameters(), 1e-2);
    }

    void load(int i) {
      float[] x = new float[60];
      for (int k = 0; k < x.length; k++) {
        x[k] = (float) Math.sin(k + 10.0 * i);
      }
      images.copy_(Tensors.of(x, 5, 12));
      labels.copy_(Tensors.of(new long[] {0, 1, 2, 3, i % 4}));
    }

    void step() {
      try (var region = Region.open("step")) {
        optimizer.zeroGrad();
        Tensor l = Losses.crossEntropy().apply(model.apply(images), labels);
        l.backward();
        optimizer.step();
        GradMode.noGrad(() -> loss.copy_(l.detach()));
      }
    }
  }

  private static double[] run(boolean captured) {
    Training training = new Training();
    training.load(0);
    training.step();
    double[] losses = new double[STEPS];
    if (!captured) {
      for (int i = 0; i < STEPS; i++) {
        training.load(i);
        training.step();
        losses[i] = training.loss.item();
      }
      return losses;
    }
    try (CapturedStep graph = CapturedStep.capture(GPU, training::step)) {
      assertTrue(graph.size() > 10, "only " + graph.size() + " launches");
      for (int i = 0; i < STEPS; i++) {
        training.load(i);
        graph.run();
        losses[i] = training.loss.item();
      }
    }
    return losses;
  }

  @Test
  void aCapturedStepTrainsAsAnOrdinaryOne() {
    assumeTrue(Gpus.unavailableBecause().isEmpty(), Gpus.unavailableBecause());
    assertArrayEquals(run(false), run(true), 1e-6);
  }
}
