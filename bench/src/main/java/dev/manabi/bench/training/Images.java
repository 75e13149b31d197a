package dev.manabi.bench.training;

import dev.manabi.data.Batch;
import dev.manabi.data.DataLoader;
import dev.manabi.data.transforms.Compose;
import dev.manabi.data.transforms.Normalize;
import dev.manabi.data.transforms.ToTensor;
import dev.manabi.data.vision.Mnist;
import dev.manabi.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What a training sees. */
public enum Images {
  /** The first digits of MNIST, in their order. */
  MNIST {
    @Override
    List<Batch> batches(int size) {
      List<Batch> batches = new ArrayList<>();
      for (Batch batch : digits(size)) {
        batches.add(batch);
        if (batches.size() == DIGIT_BATCHES) {
          break;
        }
      }
      return batches;
    }
  },
  /** Noise of the shape of CIFAR-10's images. */
  CIFAR10_SHAPED_NOISE {
    @Override
    List<Batch> batches(int size) {
      return Stream.generate(
              () -> new Batch(Tensors.randn(size, 3, 32, 32), Tensors.randint(0, 10, size)))
          .limit(NOISE_BATCHES)
          .toList();
    }
  };

  private static final int DIGIT_BATCHES = 64;
  private static final int NOISE_BATCHES = 8;

  /** Some batches of {@code size} images with their classes, row-major as loaders make them. */
  abstract List<Batch> batches(int size);

  /** MNIST's 60,000 training images, normalised, in batches. */
  static DataLoader<Batch> digits(int batchSize) {
    var transform = new Compose(new ToTensor(), new Normalize(Mnist.MEAN, Mnist.STD));
    return DataLoader.of(Mnist.train().map(transform)).batchSize(batchSize).build();
  }
}
