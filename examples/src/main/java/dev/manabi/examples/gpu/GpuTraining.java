package dev.manabi.examples.gpu;

import dev.manabi.data.Batch;
import dev.manabi.data.DataLoader;
import dev.manabi.data.Datasets;
import dev.manabi.data.transforms.Compose;
import dev.manabi.data.transforms.Normalize;
import dev.manabi.data.transforms.ToTensor;
import dev.manabi.data.vision.Mnist;
import dev.manabi.nn.Losses;
import dev.manabi.nn.models.MNISTNet;
import dev.manabi.nn.optim.Adam;
import dev.manabi.tensor.Device;
import dev.manabi.tensor.GradMode;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.Tensors;
import dev.manabi.tensor.memory.Region;
import java.io.PrintWriter;
import java.util.List;

/** MNISTNet trained on a device, and its accuracy on the test images. */
public final class GpuTraining {
  private static final int BATCH = 64;
  private static final int TEST_BATCH = 1000;
  private static final double GOAL = 0.98;

  private final Device device;
  private final boolean small;

  public GpuTraining(Device device, boolean small) {
    this.device = device;
    this.small = small;
  }

  /** Prints loss, accuracy and time of each epoch; true if the last accuracy is as it should be. */
  public boolean run(PrintWriter out, int epochs) {
    Tensors.manualSeed(42);
    MNISTNet model = new MNISTNet();
    model.to(device);
    Adam optimizer = new Adam(model.parameters(), 1e-3);
    DataLoader<Batch> training = images(true);
    out.printf("## MNISTNet on %s, batches of %d, Adam%n%n", device, BATCH);
    out.println("| epoch | mean loss | test accuracy | seconds |");
    out.println("|---|---|---|---|");
    double accuracy = 0;
    for (int epoch = 1; epoch <= (small ? 1 : epochs); epoch++) {
      long start = System.nanoTime();
      double loss = train(model, optimizer, training);
      double seconds = (System.nanoTime() - start) / 1e9;
      accuracy = accuracy(model);
      out.printf("| %d | %.4f | %.4f | %.2f |%n", epoch, loss, accuracy, seconds);
      out.flush();
    }
    return small || accuracy >= GOAL;
  }

  private DataLoader<Batch> images(boolean training) {
    var all = training ? Mnist.train() : Mnist.test();
    var some = small ? Datasets.take(all, 4) : all;
    var transform = new Compose(List.of(new ToTensor(), new Normalize(Mnist.MEAN, Mnist.STD)));
    return DataLoader.of(some.map(transform))
        .batchSize(training ? (small ? 2 : BATCH) : TEST_BATCH)
        .shuffle(training)
        .seed(42)
        .build();
  }

  private double train(MNISTNet model, Adam optimizer, DataLoader<Batch> batches) {
    model.train();
    // Summed on the device: reading every loss would wait for every step.
    Tensor total = Tensors.zeros().to(device);
    int steps = 0;
    for (Batch batch : batches) {
      try (var step = Region.open("step")) {
        optimizer.zeroGrad();
        Tensor output = model.apply(batch.images().to(device));
        Tensor loss = Losses.crossEntropy().apply(output, batch.labels().to(device));
        loss.backward();
        optimizer.step();
        GradMode.noGrad(() -> total.add_(loss.detach()));
        steps++;
      }
    }
    return total.item() / steps;
  }

  private double accuracy(MNISTNet model) {
    model.eval();
    long right = 0;
    long seen = 0;
    for (Batch batch : images(false)) {
      try (var step = Region.open("test")) {
        Tensor predicted = GradMode.noGrad(() -> model.apply(batch.images().to(device)).argmax(1));
        right += (long) predicted.eq(batch.labels().to(device)).sum().item();
        seen += batch.labels().numel();
      }
    }
    return (double) right / seen;
  }
}
