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
import dev.manabi.nn.optim.Scheduler;
import dev.manabi.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * A model and how it is trained.
 *
 * @param name what the command line calls it
 * @param title one line about it
 * @param model makes it, with fresh weights
 * @param optimizer makes the optimizer of its parameters
 * @param schedule makes the schedule of the optimizer's rate, stepped once an epoch
 * @param augmentations random transforms of training images, before all others
 * @param normalize the last transform of every image
 * @param epochs how many are trained unless told otherwise
 * @param batch examples per step, likewise
 * @param lr learning rate, likewise
 */
public record Recipe(
    String name,
    String title,
    Supplier<Module> model,
    OptimizerFactory optimizer,
    Function<Optimizer, Scheduler> schedule,
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
          recipe("mnist", "MNISTNet, a convolutional network", MNISTNet::new, 5),
          recipe("mlp", "MNISTClassifier, a multi-layer perceptron", MNISTClassifier::new, 10)
              .with(new Normalize(0.5, 0.5)),
          recipe("lenet", "LeNet-5 with average pooling", LeNet5::new, 10),
          recipe("improved", "ImprovedMNISTNet, with batch norm", ImprovedMNISTNet::new, 10)
              .with(new RandomRotation(10), new RandomAffine(0).translate(0.1, 0.1))
              .with(optimizer -> Scheduler.step(optimizer, 4, 0.3)));

  private static Recipe recipe(String name, String title, Supplier<Module> model, int epochs) {
    return new Recipe(
        name, title, model, Adam::new, Recipe::constant, List.of(), MNIST, epochs, 64, 1e-3);
  }

  private static Scheduler constant(Optimizer optimizer) {
    return new Scheduler(optimizer, _ -> 1);
  }

  private Recipe with(Normalize other) {
    return new Recipe(
        name, title, model, optimizer, schedule, augmentations, other, epochs, batch, lr);
  }

  private Recipe with(Transform... random) {
    List<Transform> list = List.of(random);
    return new Recipe(name, title, model, optimizer, schedule, list, normalize, epochs, batch, lr);
  }

  private Recipe with(Function<Optimizer, Scheduler> other) {
    return new Recipe(
        name, title, model, optimizer, other, augmentations, normalize, epochs, batch, lr);
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
