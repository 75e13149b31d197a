package dev.manabi.bench.training;

import dev.manabi.bench.torch.TorchNet;
import dev.manabi.nn.Module;
import dev.manabi.nn.models.CIFAR10Net;
import dev.manabi.nn.models.LeNet5;
import dev.manabi.nn.models.MNISTClassifier;
import dev.manabi.nn.models.MNISTNet;
import dev.manabi.nn.models.ModernCIFAR10Net;
import dev.manabi.nn.models.SimpleResNet;
import java.util.Arrays;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** The models that are trained for comparison, each with its batch size and optimizer. */
public enum Workload {
  M1(MNISTClassifier::new, TorchNet.MNIST_CLASSIFIER, Images.MNIST, 64, sgd(1e-3)),
  M2(MNISTNet::new, TorchNet.MNIST_NET, Images.MNIST, 64, adam(1e-3)),
  M4(LeNet5::new, TorchNet.LENET5, Images.MNIST, 64, adam(1e-3)),
  M5(CIFAR10Net::new, TorchNet.CIFAR10_NET, Images.CIFAR10_SHAPED_NOISE, 128, momentum(0.1)),
  M6(
      ModernCIFAR10Net::new,
      TorchNet.MODERN_CIFAR10_NET,
      Images.CIFAR10_SHAPED_NOISE,
      128,
      adam(1e-3)),
  RESNET18(
      SimpleResNet::new, TorchNet.SIMPLE_RESNET, Images.CIFAR10_SHAPED_NOISE, 128, momentum(0.1));

  private final Supplier<Module> model;
  final TorchNet torch;
  private final Images images;
  private final int batch;
  final Update update;

  Workload(Supplier<Module> model, TorchNet torch, Images images, int batch, Update update) {
    this.model = model;
    this.torch = torch;
    this.images = images;
    this.batch = batch;
    this.update = update;
  }

  private static Update sgd(double lr) {
    return new Update.Sgd(lr, 0, 0);
  }

  private static Update momentum(double lr) {
    return new Update.Sgd(lr, 0.9, 5e-4);
  }

  private static Update adam(double lr) {
    return new Update.AdamUpdate(lr, 0);
  }

  /**
   * The workload of this name: its own, such as {@code M2}, or its model's class.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static Workload named(String name) {
    return Arrays.stream(values())
        .filter(w -> w.name().equalsIgnoreCase(name) || w.modelName().equalsIgnoreCase(name))
        .findFirst()
        .orElseThrow(
            () -> new IllegalArgumentException("no model '" + name + "'; there are " + allNames()));
  }

  private static String allNames() {
    return Arrays.stream(values())
        .map(w -> w.name() + " (" + w.modelName() + ")")
        .collect(Collectors.joining(", "));
  }

  /** The model with fresh weights. */
  public Module model() {
    return model.get();
  }

  /** The class of the model. */
  public String modelName() {
    return model().getClass().getSimpleName();
  }

  /** What is trained on. */
  public Images images() {
    return images;
  }

  /**
   * By which share losses may differ after a step. Batch norm and a high rate make rounding grow:
   * after one step of M5 the engine and libtorch are 1e-4 apart, and after two steps libtorch's own
   * two layouts are 2e-3.
   */
  double lossTolerance() {
    return images == Images.MNIST ? 1e-4 : 1e-3;
  }

  /** Images per step. */
  public int batch() {
    return batch;
  }

  /** How the weights are changed. */
  public Update update() {
    return update;
  }
}
