package dev.manabi.examples.train;

import dev.manabi.data.transforms.Compose;
import dev.manabi.data.transforms.Normalize;
import dev.manabi.data.transforms.RandomAffine;
import dev.manabi.data.transforms.RandomRotation;
import dev.manabi.data.transforms.ToTensor;
import dev.manabi.data.transforms.Transform;
import dev.manabi.data.vision.Mnist;
import dev.manabi.nn.Module;
import dev.manabi.nn.models.ImprovedMNISTNet;
import dev.manabi.nn.models.LeNet5;
import dev.manabi.nn.models.MNISTClassifier;
import dev.manabi.nn.models.MNISTNet;
import dev.manabi.nn.optim.Adam;
import dev.manabi.nn.optim.Optimizer;
import dev.manabi.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * A model and how it is trained.
 *
 * @param name what the command line calls it
 * @param title one line about it
 * @param model makes it, with fresh weights
 * @param optimizer makes the optimizer of its parameters
 * @param schedule how the learning rate changes unless told otherwise
 * @param augmentations random transforms of training images, before all others
 * @param normalize the last transform of every image
 * @param epochs how many are trained, likewise
 * @param batch examples per step, likewise
 * @param lr learning rate at its highest, likewise
 */
public record Recipe(
    String name,
    String title,
    Supplier<Module> model,
    OptimizerFactory optimizer,
    Schedule schedule,
    List<Transform> augmentations,
    Normalize normalize,
    int epochs,
    int batch,
    double lr) {

  /** Makes an optimizer. */
  @FunctionalInterface
  public interface OptimizerFactory {
    /** The optimizer of {@code parameters} at learning rate {@code lr}. */
    Optimizer create(List<Tensor> parameters, double lr);
  }

  private static final Normalize MNIST = new Normalize(Mnist.MEAN, Mnist.STD);

  /** All recipes. */
  public static final List<Recipe> ALL =
      List.of(
          recipe("mnist", "MNISTNet, a convolutional network", MNISTNet::new, MNIST, 5),
          recipe(
              "mlp",
              "MNISTClassifier, a multi-layer perceptron",
              MNISTClassifier::new,
              new Normalize(0.5, 0.5),
              10),
          recipe("lenet", "LeNet-5 with average pooling", LeNet5::new, MNIST, 10),
          recipe(
              "improved",
              "ImprovedMNISTNet, with batch norm and augmentation",
              ImprovedMNISTNet::new,
              MNIST,
              10,
              new RandomRotation(10),
              new RandomAffine(0).translate(0.1, 0.1)));

  /** Adam at a mean rate of 0.001, and 64 images per step. */
  private static Recipe recipe(
      String name,
      String title,
      Supplier<Module> model,
      Normalize normalize,
      int epochs,
      Transform... augmentations) {
    List<Transform> random = List.of(augmentations);
    return new Recipe(
        name, title, model, Adam::new, Schedule.COSINE, random, normalize, epochs, 64, 2e-3);
  }

  /**
   * The recipe of this name.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static Recipe named(String name) {
    return ALL.stream()
        .filter(recipe -> recipe.name.equals(name))
        .findFirst()
        .orElseThrow(
            () -> new IllegalArgumentException("no model '" + name + "'; there are " + names()));
  }

  /** The names of all recipes, for messages. */
  public static String names() {
    return ALL.stream().map(Recipe::name).collect(Collectors.joining(", "));
  }

  /** What is done to an image before the model sees it in training. */
  public Transform trainTransform() {
    List<Transform> all = new ArrayList<>(augmentations);
    all.add(testTransform());
    return new Compose(all);
  }

  /** What is done to every other image. */
  public Transform testTransform() {
    return new Compose(new ToTensor(), normalize);
  }
}
