package dev.manabi.bench.training;

import dev.manabi.data.Batch;
import dev.manabi.data.DataLoader;
import dev.manabi.data.transforms.Compose;
import dev.manabi.data.transforms.Normalize;
import dev.manabi.data.transforms.ToTensor;
import dev.manabi.data.vision.Mnist;
import java.util.ArrayList;
import java.util.List;

/** What a training sees. */
public enum Images {
  /** The first digits of MNIST, in their order. */
  MNIST {
    @Override
    List<Batch> batches(int size, int count) {
      List<Batch> batches = new ArrayList<>();
      for (Batch batch : digits(size)) {
        batches.add(batch);
        if (batches.size() == count) {
          break;
        }
      }
      return batches;
    }
  };

  /** {@code count} batches of {@code size} images with their classes. */
  abstract List<Batch> batches(int size, int count);

  /** MNIST's 60,000 training images, normalised, in batches. */
  static DataLoader<Batch> digits(int batchSize) {
    var transform = new Compose(new ToTensor(), new Normalize(Mnist.MEAN, Mnist.STD));
    return DataLoader.of(Mnist.train().map(transform)).batchSize(batchSize).build();
  }
}
