package dev.manabi.examples;

import dev.manabi.data.Dataset;
import dev.manabi.data.Example;
import dev.manabi.data.ExampleRandom;
import dev.manabi.data.Image;
import dev.manabi.data.formats.AtomicFile;
import dev.manabi.data.transforms.Compose;
import dev.manabi.examples.report.ClassificationReport;
import dev.manabi.examples.report.ConfusionMatrix;
import dev.manabi.examples.report.Fonts;
import dev.manabi.examples.report.ImageGrid;
import dev.manabi.examples.report.LearningCurves;
import dev.manabi.examples.train.Checkpoint;
import dev.manabi.examples.train.DigitData;
import dev.manabi.examples.train.EpochMetrics;
import dev.manabi.examples.train.History;
import dev.manabi.examples.train.Json;
import dev.manabi.examples.train.Prediction;
import dev.manabi.examples.train.Recipe;
import dev.manabi.nn.Module;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** The files of a run. */
record RunFolder(Path path) {
  private static final int SAMPLES = 10;
  private static final int AUGMENTATIONS = 8;
  private static final int PREDICTIONS = 25;
  private static final int MISTAKES = 30;
  private static final int COLUMNS = 5;

  /** The folder, made if it is not there. */
  static RunFolder create(Path path) {
    try {
      Files.createDirectories(path);
      return new RunFolder(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The model of the best epoch. */
  Path best() {
    return path.resolve("best.safetensors");
  }

  /** The checkpoint to resume from. */
  Path last() {
    return path.resolve("last.safetensors");
  }

  /** One line of JSON per epoch. */
  Path metrics() {
    return path.resolve("metrics.jsonl");
  }

  void saveBest(Recipe recipe, Module model, EpochMetrics metrics) {
    Checkpoint.saveModel(best(), recipe, model, metrics);
  }

  Checkpoint.Trained loadBest() {
    return Checkpoint.loadModel(best());
  }

  void saveLast(Checkpoint checkpoint) {
    checkpoint.save(last());
  }

  void saveHistory(History history) {
    write(
        metrics(),
        history.epochs().stream().map(e -> Json.write(e) + "\n").collect(Collectors.joining()));
  }

  /** Draws some training images, and one of them augmented in several ways if the recipe does. */
  void drawSamples(DigitData data, Recipe recipe) {
    if (!Fonts.available()) {
      return;
    }
    samples(data).save(path.resolve("samples.png"));
    if (!recipe.augmentations().isEmpty()) {
      augmentations(data, recipe).save(path.resolve("augmentations.png"));
    }
  }

  private static ImageGrid samples(DigitData data) {
    var grid = new ImageGrid("Training images", COLUMNS);
    for (int i = 0; i < Math.min(SAMPLES, data.train().size()); i++) {
      Example example = data.train().get(i);
      grid.add(example.image(), "label " + data.classNames().get(example.label()));
    }
    return grid;
  }

  private static ImageGrid augmentations(DigitData data, Recipe recipe) {
    Example example = data.train().get(0);
    var augment = new Compose(recipe.augmentations());
    var grid = new ImageGrid("Augmentations of one image", COLUMNS - 1);
    for (int i = 0; i < AUGMENTATIONS; i++) {
      grid.add(augment.apply(example.image(), new ExampleRandom(0, i, 0)), "no. " + (i + 1));
    }
    return grid;
  }

  /** Prints the classification report, and writes it with the pictures of a finished run. */
  void report(DigitData data, History history, List<Prediction> predictions, PrintWriter out) {
    var matrix = new ConfusionMatrix(data.classNames(), predictions);
    String report = new ClassificationReport(matrix).toString();
    out.println(report);
    write(path.resolve("report.txt"), report);
    if (Fonts.available()) {
      draw(data, history, matrix, predictions);
    } else {
      out.println("No pictures drawn: install fontconfig and a font, such as DejaVu.");
    }
    out.printf("Written to %s%n", path);
  }

  private void draw(
      DigitData data, History history, ConfusionMatrix matrix, List<Prediction> predictions) {
    LearningCurves.save(history, path.resolve("learning_curves.png"));
    matrix.save(path.resolve("confusion_matrix.png"));
    grid("First test images", data, predictions.stream().limit(PREDICTIONS).toList())
        .save(path.resolve("predictions.png"));
    List<Prediction> wrong = predictions.stream().filter(p -> !p.correct()).toList();
    String title = "%,d of %,d wrong".formatted(wrong.size(), predictions.size());
    grid(title, data, wrong.stream().limit(MISTAKES).toList())
        .save(path.resolve("misclassified.png"));
  }

  private static ImageGrid grid(String title, DigitData data, List<Prediction> predictions) {
    var grid = new ImageGrid(title, COLUMNS);
    Dataset<Example> images = data.test();
    for (Prediction p : predictions) {
      Image image = images.get(p.index()).image();
      grid.add(image, p, data.classNames());
    }
    return grid;
  }

  private static void write(Path file, String text) {
    ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    AtomicFile.write(
        file,
        channel -> {
          while (bytes.hasRemaining()) {
            channel.write(bytes);
          }
        });
  }
}
