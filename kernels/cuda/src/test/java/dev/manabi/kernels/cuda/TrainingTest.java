package dev.manabi.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.manabi.nn.BatchNorm2d;
import dev.manabi.nn.Conv2d;
import dev.manabi.nn.Dropout;
import dev.manabi.nn.Flatten;
import dev.manabi.nn.Linear;
import dev.manabi.nn.Losses;
import dev.manabi.nn.MaxPool2d;
import dev.manabi.nn.Module;
import dev.manabi.nn.ReLU;
import dev.manabi.nn.Sequential;
import dev.manabi.nn.models.LeNet5;
import dev.manabi.nn.models.MNISTClassifier;
import dev.manabi.nn.models.MNISTNet;
import dev.manabi.nn.optim.Adam;
import dev.manabi.nn.optim.Optimizer;
import dev.manabi.nn.optim.SGD;
import dev.manabi.tensor.Device;
import dev.manabi.tensor.Generator;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.Tensors;
import dev.manabi.tensor.memory.Region;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Whole training steps on a device, with the same losses as on the CPU. */
class TrainingTest {
  private static final int STEPS = 3;

  @BeforeAll
  static void chooseTheMachine() {
    Machines.choose();
  }

  @Test
  void mnistNetTrainsAsOnTheCpu() {
    compare(MNISTNet::new, m -> new SGD(m.parameters(), 0.05), 2, 28);
  }

  @Test
  void otherModelsNeedOnlyBeMoved() {
    compare(LeNet5::new, m -> new SGD(m.parameters(), 0.05), 2, 28);
    compare(MNISTClassifier::new, m -> new SGD(m.parameters(), 0.05), 2, 28);
  }

  @Test
  void aNetWithBatchNormAndDropoutTrainsAsOnTheCpu() {
    compare(
        () ->
            new Sequential(
                new Conv2d(1, 8, 3),
                new BatchNorm2d(8),
                new ReLU(),
                new MaxPool2d(2, 2),
                new Flatten(),
                new Dropout(0.25),
                new Linear(8 * 4 * 4, 10)),
        m -> new Adam(m.parameters(), 1e-2),
        8,
        10);
  }

  private static void compare(
      Supplier<Module> net, Function<Module, Optimizer> optimizer, int batch, int size) {
    assumeTrue(Gpus.unavailableBecause().isEmpty(), Gpus.unavailableBecause());
    double[] onCpu = losses(Device.CPU, net, optimizer, batch, size);
    double[] onGpu = losses(Device.cuda(0), net, optimizer, batch, size);
    assertArrayEquals(onCpu, onGpu, 1e-4);
  }

  private static double[] losses(
      Device device,
      Supplier<Module> net,
      Function<Module, Optimizer> makeOptimizer,
      int batch,
      int size) {
    Tensors.manualSeed(7);
    Module model = net.get().to(device);
    Optimizer optimizer = makeOptimizer.apply(model);
    Tensor images = Tensors.rand(batch, 1, size, size);
    Tensor labels = Tensors.randint(0, 10, batch);
    // The same masks of dropout on either device.
    Generator.of(device).seed(11);
    double[] losses = new double[STEPS];
    for (int i = 0; i < STEPS; i++) {
      try (var step = Region.open("step")) {
        optimizer.zeroGrad();
        Tensor loss =
            Losses.crossEntropy().apply(model.apply(images.to(device)), labels.to(device));
        loss.backward();
        optimizer.step();
        losses[i] = loss.item();
      }
    }
    return losses;
  }

  @Test
  void gradientsFlowBackThroughAMoveToTheDevice() {
    assumeTrue(Gpus.unavailableBecause().isEmpty(), Gpus.unavailableBecause());
    Tensor x = Tensors.of(new float[] {1, 2, 3}).requiresGrad(true);
    x.to(Device.cuda(0)).mul(x.to(Device.cuda(0))).sum().backward();
    Tensor grad = x.grad();
    assertEquals(Device.CPU, grad.device());
    assertArrayEquals(new float[] {2, 4, 6}, grad.toFloatArray());
  }
}
