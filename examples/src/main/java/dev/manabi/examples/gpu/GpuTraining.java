package dev.manabi.examples.gpu;

import dev.manabi.data.Batch;
import dev.manabi.data.DataLoader;
import dev.manabi.data.Datasets;
import dev.manabi.data.transforms.Compose;
import dev.manabi.data.transforms.Normalize;
import dev.manabi.data.transforms.ToTensor;
import dev.manabi.data.vision.Mnist;
import dev.manabi.kernels.cuda.CapturedStep;
import dev.manabi.nn.Losses;
import dev.manabi.nn.models.MNISTNet;
import dev.manabi.nn.optim.Adam;
import dev.manabi.tensor.DType;
import dev.manabi.tensor.Device;
import dev.manabi.tensor.GradMode;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.Tensors;
import dev.manabi.tensor.memory.Region;
import java.io.PrintWriter;
import java.util.List;

/**
 * MNISTNet trained on a device until it knows 99 % of the test images; whole batches as a captured
 * step.
 */
public final class GpuTraining {
  private static final int BATCH = 64;
  private static final int SMALL_BATCH = 2;
  private static final int TEST_BATCH = 1000;
  private static final int SIDE = 28;
  private static final double GOAL = 0.99;

  private final Device device;
  private final boolean small;

  public GpuTraining(Device device, boolean small) {
    this.device = device;
    this.small = small;
  }

  /** Prints loss, accuracy and time of each epoch; true if the accuracy was reached. */
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
    for (int epoch = 1; epoch <= (small ? 1 : epochs) && accuracy < GOAL; epoch++) {
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
    var some = small ? Datasets.take(all, 7) : all;
    var transform = new Compose(List.of(new ToTensor(), new Normalize(Mnist.MEAN, Mnist.STD)));
    return DataLoader.of(some.map(transform))
        .batchSize(training ? (small ? SMALL_BATCH : BATCH) : TEST_BATCH)
        .shuffle(training)
        .seed(42)
        .build();
  }

  private double train(MNISTNet model, Adam optimizer, DataLoader<Batch> batches) {
    model.train();
    int size = small ? SMALL_BATCH : BATCH;
    Tensor images = Tensors.zeros(size, 1, SIDE, SIDE).to(device);
    Tensor labels = Tensors.zeros(DType.I64, size).to(device);
    // Summed on the device: reading every loss would wait for every step.
    Tensor total = Tensors.zeros().to(device);
    CapturedStep captured = null;
    int steps = 0;
    try {
      for (Batch batch : batches) {
        if (steps == 0 || batch.labels().numel() < size) {
          // The first step makes the optimizer's state, and the last batch may be a smaller one.
          step(model, optimizer, batch.images().to(device), batch.labels().to(device), total);
        } else {
          if (captured == null) {
            captured =
                CapturedStep.capture(device, () -> step(model, optimizer, images, labels, total));
          }
          images.copy_(batch.images());
          labels.copy_(batch.labels());
          captured.run();
        }
        steps++;
      }
      return total.item() / steps;
    } finally {
      if (captured != null) {
        captured.close();
      }
    }
  }

  private static void step(
      MNISTNet model, Adam optimizer, Tensor images, Tensor labels, Tensor total) {
    try (var step = Region.open("step")) {
      optimizer.zeroGrad();
      Tensor loss = Losses.crossEntropy().apply(model.apply(images), labels);
      loss.backward();
      optimizer.step();
      GradMode.noGrad(() -> total.add_(loss.detach()));
    }
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
