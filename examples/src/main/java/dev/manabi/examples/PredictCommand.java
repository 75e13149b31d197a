package dev.manabi.examples;

import dev.manabi.data.Batch;
import dev.manabi.data.Example;
import dev.manabi.data.Image;
import dev.manabi.data.transforms.Transform;
import dev.manabi.examples.train.Checkpoint;
import dev.manabi.nn.Module;
import dev.manabi.tensor.GradMode;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.ValuesIndices;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code manabi predict}. */
@Command(
    name = "predict",
    mixinStandardHelpOptions = true,
    description = "Says which digit a picture shows, with the model's confidence.",
    footer = {"", "A picture of any size, dark on light or light on dark, with one digit on it."})
final class PredictCommand implements Callable<Integer> {
  private static final int TOP = 3;

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "IMAGE.png", arity = "1..*", description = "pictures to read")
  private List<Path> images;

  @Option(
      names = "--model",
      paramLabel = "FILE",
      description = "a trained model (${DEFAULT-VALUE})",
      defaultValue = "out/mnist/best.safetensors")
  private Path file;

  @Override
  public Integer call() {
    if (!Files.exists(file)) {
      throw new IllegalArgumentException(
          file
              + ": no such model; fix: train one with ./manabi train mnist, or name one by --model");
    }
    Checkpoint.Trained trained = Checkpoint.loadModel(file);
    trained.model().eval();
    for (Path image : images) {
      Image digit = DigitImage.read(image);
      print(image, likeliest(trained.model(), trained.recipe().testTransform(), digit));
    }
    return CommandLine.ExitCode.OK;
  }

  /** The classes of highest probability, and those probabilities. */
  static ValuesIndices likeliest(Module model, Transform transform, Image image) {
    Example example = transform.apply(new Example(image, 0), new SplittableRandom(0));
    Tensor input = Batch.collate(List.of(example)).get().images();
    return GradMode.noGrad(() -> model.apply(input).softmax(1).squeeze(0).topk(TOP, 0));
  }

  private void print(Path image, ValuesIndices top) {
    float[] probabilities = top.values().toFloatArray();
    int[] classes = top.indices().toIntArray();
    PrintWriter out = spec.commandLine().getOut();
    out.printf("%s: %d (confidence %.2f %%)%n", image, classes[0], 100 * probabilities[0]);
    for (int i = 0; i < classes.length; i++) {
      out.printf("  %d %6.2f %%%n", classes[i], 100 * probabilities[i]);
    }
    out.flush();
  }
}
