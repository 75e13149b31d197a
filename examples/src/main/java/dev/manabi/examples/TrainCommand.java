package dev.manabi.examples;

import dev.manabi.examples.train.Checkpoint;
import dev.manabi.examples.train.DigitData;
import dev.manabi.examples.train.Recipe;
import dev.manabi.examples.train.Schedule;
import dev.manabi.examples.train.Settings;
import dev.manabi.tensor.Device;
import dev.manabi.tensor.run.Backends;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code manabi train}. */
@Command(
    name = "train",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Trains a network on the MNIST digits.",
    footer = {
      "",
      "Models: mnist (MNISTNet, convolutional), mlp (MNISTClassifier), lenet (LeNet-5),",
      "improved (ImprovedMNISTNet: batch norm, and randomly turned and shifted images).",
      "",
      "Written to the --out folder: best.safetensors (the best epoch's model),",
      "last.safetensors (to --resume from), metrics.jsonl (a line per epoch), report.txt,",
      "and pictures: learning curves, confusion matrix, samples, predictions, mistakes.",
      "",
      "The best epoch is the one with the highest accuracy on the TEST images, as in the",
      "programs this follows; its test accuracy is then a little flattering. For an honest",
      "one give --validation: the epochs are then measured on training images that were",
      "held out, and the test images are looked at once, at the end.",
      "",
      "Ctrl-C ends the running step and saves; --resume goes on, bit for bit."
    })
final class TrainCommand implements Callable<Integer> {
  private static final int INTERRUPTED = 130;
  private static final long DEFAULT_SEED = 42;

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "MODEL", description = "mnist, mlp, lenet or improved")
  private String name;

  @Option(names = "--epochs", paramLabel = "N", description = "passes over the training images")
  private @Nullable Integer epochs;

  @Option(names = "--batch", paramLabel = "N", description = "images per step (64)")
  private @Nullable Integer batch;

  @Option(names = "--lr", paramLabel = "RATE", description = "learning rate (0.002)")
  private @Nullable Double lr;

  @Option(
      names = "--schedule",
      paramLabel = "NAME",
      description = "constant, or cosine: from the full rate to 0 in every epoch (cosine)")
  private @Nullable Schedule schedule;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "the same seed gives the same weights (" + DEFAULT_SEED + ")")
  private @Nullable Long seed;

  @Option(names = "--device", description = "where to compute (cpu)", defaultValue = "cpu")
  private String device;

  @Option(names = "--threads", paramLabel = "N", description = "CPU threads (all processors)")
  private @Nullable Integer threads;

  @Option(names = "--out", paramLabel = "DIR", description = "folder for results (out/MODEL)")
  private @Nullable Path out;

  @Option(names = "--resume", description = "go on from last.safetensors in the --out folder")
  private boolean resume;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "folder of the four IDX files (the built-in digits)")
  private @Nullable Path data;

  @Option(
      names = "--validation",
      paramLabel = "N",
      description = "training images to hold out and choose the best epoch by (0)")
  private @Nullable Integer validation;

  @Option(
      names = "--patience",
      paramLabel = "N",
      description = "stop when the held-out loss has not fallen for N epochs (never)")
  private @Nullable Integer patience;

  @Option(
      names = "--train-size",
      paramLabel = "N",
      description = "use the first N training images only: can the model overfit them?")
  private @Nullable Integer trainSize;

  @Option(names = "--test-size", paramLabel = "N", description = "likewise for test images")
  private @Nullable Integer testSize;

  @Override
  public Integer call() {
    checkOptions();
    if (threads != null) {
      // Read by the kernels when they are first used.
      System.setProperty("manabi.threads", threads.toString());
    }
    try (Interruption interruption = Interruption.listen()) {
      return train(interruption::isRequested);
    }
  }

  private void checkOptions() {
    requireAtLeast(1, "--epochs", epochs);
    requireAtLeast(1, "--batch", batch);
    requireAtLeast(1, "--threads", threads);
    requireAtLeast(0, "--validation", validation);
    requireAtLeast(0, "--patience", patience);
    requireAtLeast(1, "--train-size", trainSize);
    requireAtLeast(1, "--test-size", testSize);
    if (lr != null && !(lr > 0 && lr < Double.POSITIVE_INFINITY)) {
      throw misuse("--lr must be above 0, found " + lr);
    }
  }

  private void requireAtLeast(int least, String option, @Nullable Integer value) {
    if (value != null && value < least) {
      throw misuse("%s must be at least %d, found %d".formatted(option, least, value));
    }
  }

  private ParameterException misuse(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  private int train(BooleanSupplier stop) {
    Recipe recipe = Recipe.named(name);
    Device computeOn = availableDevice();
    RunFolder folder = RunFolder.create(out == null ? Path.of("out", recipe.name()) : out);
    Checkpoint begun = resume ? load(folder) : null;
    String dataFolder = begun == null ? absolute(data) : begun.settings().data();
    DigitData.Source source = DigitData.Source.open(dataFolder);
    Settings settings = begun == null ? fresh(recipe, source) : resumed(begun.settings());
    DigitData images = DigitData.divide(source, settings);
    PrintWriter console = spec.commandLine().getOut();
    console.printf(
        "%s %s on %s: %,d images, %,d to test on%n%s%n%n",
        begun == null ? "Training" : "Resuming",
        recipe.title(),
        computeOn,
        images.train().size(),
        images.test().size(),
        describe(settings));
    var run = new TrainingRun(settings, images, computeOn, folder, console, stop);
    if (begun != null) {
      run.restore(begun);
    } else if (Files.exists(folder.last())) {
      console.printf("Replacing the run in %s (--resume would go on with it)%n%n", folder.path());
    }
    if (run.run()) {
      return CommandLine.ExitCode.OK;
    }
    console.printf("%nStopped; saved to %s%n", folder.last());
    console.printf("To go on: ./manabi train %s --out %s --resume%n", name, folder.path());
    return INTERRUPTED;
  }

  private Device availableDevice() {
    Device parsed = Device.parse(device);
    Backends.of(parsed);
    return parsed;
  }

  private static Checkpoint load(RunFolder folder) {
    if (!Files.exists(folder.last())) {
      throw new IllegalArgumentException(
          folder.last() + ": no such file, so nothing to resume; fix: leave --resume out");
    }
    return Checkpoint.load(folder.last());
  }

  private Settings fresh(Recipe recipe, DigitData.Source source) {
    return new Settings(
        recipe.name(),
        or(epochs, recipe.epochs()),
        or(batch, recipe.batch()),
        or(lr, recipe.lr()),
        or(schedule, recipe.schedule()),
        or(seed, DEFAULT_SEED),
        absolute(data),
        or(trainSize, source.train().size()),
        or(testSize, source.test().size()),
        or(validation, 0),
        or(patience, 0));
  }

  /** The settings of the run that was begun, with what was given now, which must not differ. */
  private Settings resumed(Settings begun) {
    Settings wanted =
        new Settings(
            name,
            or(epochs, begun.epochs()),
            or(batch, begun.batch()),
            or(lr, begun.lr()),
            or(schedule, begun.schedule()),
            or(seed, begun.seed()),
            data == null ? begun.data() : absolute(data),
            or(trainSize, begun.trainSize()),
            or(testSize, begun.testSize()),
            or(validation, begun.validation()),
            or(patience, begun.patience()));
    if (!wanted.withEpochs(begun.epochs()).equals(begun)) {
      throw new IllegalArgumentException(
          """
          cannot resume with other settings than the run began with
            begun with %s
            wanted %s
            fix: give no option but --epochs, or another --out folder\
          """
              .formatted(describe(begun), describe(wanted)));
    }
    return wanted;
  }

  private static String describe(Settings s) {
    return "%s: epochs %d, batch %d, lr %s %s, seed %d%s%s%s"
        .formatted(
            s.recipe(),
            s.epochs(),
            s.batch(),
            s.lr(),
            s.schedule(),
            s.seed(),
            s.validation() == 0 ? "" : ", validation " + s.validation(),
            s.patience() == 0 ? "" : ", patience " + s.patience(),
            s.data() == null ? "" : ", data " + s.data());
  }

  private static @Nullable String absolute(@Nullable Path path) {
    return path == null ? null : path.toAbsolutePath().normalize().toString();
  }

  private static <T> T or(@Nullable T given, T otherwise) {
    return given == null ? otherwise : given;
  }
}
