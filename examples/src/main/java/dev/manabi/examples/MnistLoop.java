package dev.manabi.examples;

import dev.manabi.data.Batch;
import dev.manabi.data.DataLoader;
import dev.manabi.data.Dataset;
import dev.manabi.data.Example;
import dev.manabi.data.transforms.Compose;
import dev.manabi.data.transforms.Normalize;
import dev.manabi.data.transforms.ToTensor;
import dev.manabi.data.vision.Mnist;
import dev.manabi.nn.Losses;
import dev.manabi.nn.Module;
import dev.manabi.nn.models.MNISTNet;
import dev.manabi.nn.optim.Adam;
import dev.manabi.tensor.GradMode;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.Tensors;

/** A convolutional network learns MNIST: the whole training loop, with nothing around it. */
public final class MnistLoop {
  private MnistLoop() {}

  /** Trains for five epochs. */
  public static void main(String[] args) {
    train(Mnist.train(), Mnist.test(), 5);
  }

  /** Returns the share of test images that the trained network gets right. */
  static double train(Dataset<Example> trainImages, Dataset<Example> testImages, int epochs) {
    Tensors.manualSeed(42);
    var transform = new Compose(new ToTensor(), new Normalize(Mnist.MEAN, Mnist.STD));
    var train = DataLoader.of(trainImages.map(transform)).batchSize(64).shuffle(true).build();
    var test = DataLoader.of(testImages.map(transform)).batchSize(1000).build();

    var model = new MNISTNet();
    var criterion = Losses.crossEntropy();
    var optimizer = new Adam(model.parameters(), 1e-3);

    double accuracy = 0;
    for (int epoch = 1; epoch <= epochs; epoch++) {
      model.train();
      for (Batch batch : train) {
        optimizer.zeroGrad();
        Tensor loss = criterion.apply(model.apply(batch.images()), batch.labels());
        loss.backward();
        optimizer.step();
      }
      accuracy = accuracy(model, test);
      System.out.printf("Epoch %d: test accuracy %.2f %%%n", epoch, 100 * accuracy);
    }
    return accuracy;
  }

  private static double accuracy(Module model, DataLoader<Batch> loader) {
    model.eval();
    return GradMode.noGrad(
        () -> {
          double correct = 0;
          for (Batch batch : loader) {
            Tensor predicted = model.apply(batch.images()).argmax(1);
            correct += predicted.eq(batch.labels()).sum().item();
          }
          return correct / loader.examples();
        });
  }
}
