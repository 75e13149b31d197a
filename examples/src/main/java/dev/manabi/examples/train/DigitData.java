package dev.manabi.examples.train;

import dev.manabi.data.Dataset;
import dev.manabi.data.Datasets;
import dev.manabi.data.Example;
import dev.manabi.data.vision.LabeledImages;
import dev.manabi.data.vision.Mnist;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The images of a run, before any transform.
 *
 * @param train what the model learns from
 * @param heldOut what each epoch is measured on: held-out training images, or the test images
 * @param test what the final report is about
 * @param classNames the name of each class, by its index
 */
public record DigitData(
    Dataset<Example> train,
    Dataset<Example> heldOut,
    Dataset<Example> test,
    List<String> classNames) {

  /** Divides images as the run wants. */
  public static DigitData divide(Source source, Settings settings) {
    Dataset<Example> train = take(source.train, settings.trainSize(), "train-size");
    Dataset<Example> test = take(source.test, settings.testSize(), "test-size");
    List<String> names = source.train.classNames();
    if (settings.validation() == 0) {
      return new DigitData(train, test, test, names);
    }
    int kept = train.size() - settings.validation();
    if (kept < 1) {
      throw new IllegalArgumentException(
          "--validation %,d leaves nothing of %,d training images"
              .formatted(settings.validation(), train.size()));
    }
    var parts = Datasets.randomSplit(train, settings.seed(), kept, settings.validation());
    return new DigitData(parts.get(0), parts.get(1), test, names);
  }

  private static Dataset<Example> take(LabeledImages images, int count, String option) {
    if (count > images.size()) {
      throw new IllegalArgumentException(
          "--%s %,d: there are %,d images".formatted(option, count, images.size()));
    }
    return Datasets.take(images, count);
  }

  /** Both files of a folder, or the embedded ones. */
  public record Source(LabeledImages train, LabeledImages test) {
    /** Opens {@code folder}, or the embedded images if it is null. */
    public static Source open(@Nullable String folder) {
      return folder == null
          ? new Source(Mnist.train(), Mnist.test())
          : new Source(Mnist.train(Path.of(folder)), Mnist.test(Path.of(folder)));
    }
  }
}
