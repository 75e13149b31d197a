package dev.manabi.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.manabi.data.Batch;
import dev.manabi.data.DataLoader;
import dev.manabi.data.transforms.ToTensor;
import dev.manabi.data.vision.Mnist;
import dev.manabi.kernels.cpu.Parallel;
import dev.manabi.nn.Loss;
import dev.manabi.nn.Losses;
import dev.manabi.nn.models.MNISTNet;
import dev.manabi.nn.optim.Adam;
import dev.manabi.tensor.Tensors;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** The same seed gives the same weights to the last bit, however many threads compute them. */
class DeterminismTest {
  private static final int STEPS = 200;

  private static float[] train(long seed, int threads) {
    int before = Parallel.threads();
    Parallel.setThreads(threads);
    try {
      Tensors.manualSeed(seed);
      MNISTNet model = new MNISTNet();
      Adam optimizer = new Adam(model.parameters(), 1e-3);
      Loss criterion = Losses.crossEntropy();
      var images = Mnist.train().map(new ToTensor());
      var loader = DataLoader.of(images).batchSize(16).shuffle(true).seed(seed).build();
      int step = 0;
      for (Batch batch : loader) {
        optimizer.zeroGrad();
        criterion.apply(model.apply(batch.images()), batch.labels()).backward();
        optimizer.step();
        if (++step == STEPS) {
          break;
        }
      }
      return Tensors.cat(model.parameters().stream().map(p -> p.detach().flatten()).toList(), 0)
          .toFloatArray();
    } finally {
      Parallel.setThreads(before);
    }
  }

  @Test
  void weightsDoNotDependOnTheNumberOfThreads() {
    float[] one = train(7, 1);
    assertArrayEquals(one, train(7, 2));
    assertArrayEquals(one, train(7, 3));
    assertFalse(Arrays.equals(one, train(8, 2)), "another seed must give other weights");
  }
}
