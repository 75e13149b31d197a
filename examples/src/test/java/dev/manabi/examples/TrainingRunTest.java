package dev.manabi.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.manabi.data.formats.SafeTensors;
import dev.manabi.examples.train.Checkpoint;
import dev.manabi.examples.train.DigitData;
import dev.manabi.examples.train.EpochMetrics;
import dev.manabi.examples.train.Json;
import dev.manabi.examples.train.Schedule;
import dev.manabi.examples.train.Settings;
import dev.manabi.tensor.Device;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.Tensors;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrainingRunTest {
  private static DigitData.Source source;

  @TempDir Path folder;

  private final StringWriter printed = new StringWriter();

  @BeforeAll
  static void openImages() {
    System.setProperty("java.awt.headless", "true");
    source = DigitData.Source.open(null);
  }

  private static Settings settings(String recipe, int epochs, int images, int validation) {
    return new Settings(
        recipe, epochs, 32, 1e-3, Schedule.COSINE, 7, null, images, 100, validation, 0);
  }

  private TrainingRun create(Settings settings, Path out, BooleanSupplier stop) {
    return new TrainingRun(
        settings,
        DigitData.divide(source, settings),
        Device.CPU,
        RunFolder.create(out),
        new PrintWriter(printed, true),
        stop);
  }

  /** A request to stop that comes when it is asked for the given time, and stays. */
  private static BooleanSupplier afterSteps(int steps) {
    int[] asked = {0};
    return () -> ++asked[0] >= steps;
  }

  private List<EpochMetrics> metrics(Path out) throws IOException {
    return Files.readAllLines(out.resolve("metrics.jsonl")).stream()
        .map(line -> Json.read("metrics.jsonl", line, EpochMetrics.class))
        .toList();
  }

  @Test
  void trainingLearnsAndLeavesEverythingItPromises() throws IOException {
    Path out = folder.resolve("mlp");
    assertTrue(create(settings("mlp", 3, 640, 0), out, () -> false).run());
    List<EpochMetrics> epochs = metrics(out);
    assertEquals(List.of(1, 2, 3), epochs.stream().map(EpochMetrics::epoch).toList());
    EpochMetrics last = epochs.getLast();
    assertTrue(last.trainLoss() < 0.7 * epochs.getFirst().trainLoss(), last.toString());
    assertTrue(last.heldOutAccuracy() > 0.5, "chance is 0.1: " + last);
    for (String file :
        List.of(
            "best.safetensors",
            "last.safetensors",
            "report.txt",
            "samples.png",
            "predictions.png",
            "misclassified.png",
            "learning_curves.png",
            "confusion_matrix.png")) {
      assertTrue(Files.size(out.resolve(file)) > 200, file);
    }
    String text = printed.toString();
    assertTrue(text.contains("109,386 parameters"), text);
    assertTrue(text.matches("(?s).*Epoch 3/3 - Train Loss: \\d\\.\\d{4}, Train Acc: .*"), text);
    assertTrue(text.matches("(?s).*Test set: Average loss: .*Accuracy: \\d+/100 .*"), text);
    assertTrue(text.contains("weighted avg"), text);
  }

  @Test
  void everyLineOfMetricsHasTheFieldsThatReadersExpect() throws IOException {
    Path out = folder.resolve("mlp");
    create(settings("mlp", 1, 64, 0), out, () -> false).run();
    String line = Files.readString(out.resolve("metrics.jsonl"));
    String number = "[-+.E\\d]+";
    assertTrue(
        line.matches(
            ("\\{'epoch':1,'trainLoss':#,'trainAccuracy':0\\.\\d+,'testLoss':#,"
                    + "'testAccuracy':0\\.\\d+,'seconds':#\\}\n")
                .replace('\'', '"')
                .replace("#", number)),
        line);
  }

  @Test
  void heldOutImagesJudgeTheEpochsAndTheTestImagesComeLast() throws IOException {
    Path out = folder.resolve("mlp");
    create(settings("mlp", 2, 300, 100), out, () -> false).run();
    EpochMetrics epoch = metrics(out).getFirst();
    assertEquals(null, epoch.testLoss());
    assertTrue(epoch.heldOutLoss() > 0);
    String text = printed.toString();
    assertTrue(text.contains("Validation Acc:"), text);
    assertTrue(text.contains("by validation accuracy"), text);
  }

  @Test
  void patienceEndsARunWhoseLossDoesNotFall() throws IOException {
    Path out = folder.resolve("mlp");
    // A rate so high that the loss soon rises.
    var settings = new Settings("mlp", 50, 32, 0.3, Schedule.CONSTANT, 7, null, 64, 50, 0, 1);
    assertTrue(create(settings, out, () -> false).run());
    assertTrue(metrics(out).size() < 50);
    assertTrue(printed.toString().contains("Stopped early"));
  }

  /**
   * Ten steps make an epoch of 320 images. Stops within the first epoch, at the last step of an
   * epoch (before it is measured), in the second epoch; with dropout, with batch norm and
   * augmentation.
   */
  @ParameterizedTest(name = "{0} stopped at request {1}")
  @CsvSource({"mlp,1", "mlp,7", "mlp,10", "mlp,11", "mlp,18", "mnist,2", "improved,2"})
  void aStoppedRunGoesOnBitForBit(String recipe, int stopAt) throws IOException {
    boolean convolutional = !recipe.equals("mlp");
    Settings settings = settings(recipe, 2, convolutional ? 96 : 320, 0);
    Path straight = folder.resolve("straight");
    assertTrue(create(settings, straight, () -> false).run());

    Path broken = folder.resolve("broken");
    assertFalse(create(settings, broken, afterSteps(stopAt)).run());
    Tensors.manualSeed(999); // what a new process would not know either
    Checkpoint checkpoint = Checkpoint.load(broken.resolve("last.safetensors"));
    TrainingRun resumed = create(checkpoint.settings(), broken, () -> false);
    resumed.restore(checkpoint);
    assertTrue(resumed.run());

    assertSameTensors(straight, broken, "last.safetensors");
    assertSameTensors(straight, broken, "best.safetensors");
    assertEquals(withoutSeconds(metrics(straight)), withoutSeconds(metrics(broken)));
  }

  private static void assertSameTensors(Path expected, Path actual, String file) {
    Map<String, Tensor> a = SafeTensors.load(expected.resolve(file));
    Map<String, Tensor> b = SafeTensors.load(actual.resolve(file));
    assertEquals(a.keySet(), b.keySet());
    a.forEach(
        (name, tensor) ->
            assertArrayEquals(
                tensor.toDoubleArray(), b.get(name).toDoubleArray(), file + ": " + name));
  }

  private static List<EpochMetrics> withoutSeconds(List<EpochMetrics> epochs) {
    return epochs.stream()
        .map(
            e ->
                new EpochMetrics(
                    e.epoch(),
                    e.trainLoss(),
                    e.trainAccuracy(),
                    e.validationLoss(),
                    e.validationAccuracy(),
                    e.testLoss(),
                    e.testAccuracy(),
                    0))
        .toList();
  }

  @Test
  void aFinishedRunCanBeMadeLonger() throws IOException {
    Path straight = folder.resolve("straight");
    create(settings("mlp", 3, 96, 0), straight, () -> false).run();
    Path longer = folder.resolve("longer");
    create(settings("mlp", 1, 96, 0), longer, () -> false).run();
    Checkpoint checkpoint = Checkpoint.load(longer.resolve("last.safetensors"));
    TrainingRun more = create(checkpoint.settings().withEpochs(3), longer, () -> false);
    more.restore(checkpoint);
    more.run();
    assertSameTensors(straight, longer, "last.safetensors");
  }

  @Test
  void theSameSeedGivesTheSameWeightsAndAnotherSeedOthers() {
    create(settings("mlp", 1, 64, 0), folder.resolve("a"), () -> false).run();
    create(settings("mlp", 1, 64, 0), folder.resolve("b"), () -> false).run();
    assertSameTensors(folder.resolve("a"), folder.resolve("b"), "best.safetensors");
    var other = new Settings("mlp", 1, 32, 1e-3, Schedule.COSINE, 8, null, 64, 100, 0, 0);
    create(other, folder.resolve("c"), () -> false).run();
    Tensor a = SafeTensors.load(folder.resolve("a/best.safetensors")).get("layer1.weight");
    Tensor c = SafeTensors.load(folder.resolve("c/best.safetensors")).get("layer1.weight");
    assertFalse(a.contentEquals(c));
  }
}
