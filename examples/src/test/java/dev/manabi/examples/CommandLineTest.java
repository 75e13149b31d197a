package dev.manabi.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.manabi.data.vision.LabeledImages;
import dev.manabi.data.vision.Mnist;
import dev.manabi.kernels.cuda.driver.CudaException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;

class CommandLineTest {
  @TempDir static Path shared;
  private static Path trained;

  @TempDir Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeAll
  static void train() {
    System.setProperty("java.awt.headless", "true");
    trained = shared.resolve("mlp");
    var printed = new StringWriter();
    int code =
        Main.commandLine()
            .setOut(new PrintWriter(printed, true))
            .execute(
                "train",
                "mlp",
                "--epochs",
                "4",
                "--train-size",
                "2000",
                "--test-size",
                "200",
                "--batch",
                "32",
                "--out",
                trained.toString());
    assertEquals(0, code, printed.toString());
  }

  private int run(String... args) {
    CommandLine commandLine = Main.commandLine();
    commandLine.setOut(new PrintWriter(out, true));
    commandLine.setErr(new PrintWriter(err, true));
    return commandLine.execute(args);
  }

  private Path exported(int index, boolean asPage) throws IOException {
    var digit = Mnist.test().image(index);
    Path file = folder.resolve("digit" + index + ".png");
    ImageIO.write(
        asPage ? DigitImageTest.page(digit, 7) : DigitImageTest.picture(digit),
        "png",
        file.toFile());
    return file;
  }

  @ParameterizedTest(name = "on a page: {0}")
  @CsvSource({"false", "true"})
  void digitsOfTheTestSetAreRecognised(boolean asPage) throws IOException {
    LabeledImages test = Mnist.test();
    int right = 0;
    for (int i = 0; i < 20; i++) {
      out.getBuffer().setLength(0);
      Path file = exported(i, asPage);
      int code = run("predict", file.toString(), "--model", trained + "/best.safetensors");
      assertEquals(0, code, err.toString());
      right += out.toString().startsWith(file + ": " + test.label(i) + " (confidence ") ? 1 : 0;
    }
    assertTrue(right >= 15, right + " of 20 right");
  }

  @Test
  void aPredictionShowsTheThreeLikeliestDigits() throws IOException {
    assertEquals(
        0, run("predict", exported(0, false) + "", "--model", trained + "/last.safetensors"));
    String[] lines = out.toString().lines().toArray(String[]::new);
    assertEquals(4, lines.length, out.toString());
    double before = 100;
    for (int i = 1; i < lines.length; i++) {
      assertTrue(lines[i].matches("  \\d +\\d+\\.\\d\\d %"), lines[i]);
      double share = Double.parseDouble(lines[i].substring(3, lines[i].length() - 2).strip());
      assertTrue(share <= before, out.toString());
      before = share;
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"mnist,184586", "mlp,109386", "lenet,44426", "improved,391370"})
  void aSummaryCountsTheParameters(String model, int parameters) {
    assertEquals(0, run("summary", model));
    assertTrue(
        out.toString().contains("Total parameters: %,d".formatted(parameters)), out.toString());
  }

  @Test
  void everyCommandHasHelp() {
    for (String command : new String[] {"train", "predict", "summary", "ptx"}) {
      assertEquals(0, run(command, "--help"));
      assertTrue(out.toString().contains("Usage: manabi " + command), out.toString());
    }
    assertTrue(out.toString().contains("accuracy on the TEST images"), "says how best is chosen");
  }

  @ParameterizedTest(name = "manabi {0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "                            | 2 | Missing required subcommand",
        "fly                         | 2 | Unmatched argument at index 0: 'fly'",
        "train                       | 2 | Missing required parameter: 'MODEL'",
        "train vgg                   | 1 | no model 'vgg'; there are mnist, mlp, lenet, improved",
        "train mlp --epochs 0        | 2 | --epochs must be at least 1, found 0",
        "train mlp --epochs many     | 2 | Invalid value for option '--epochs': 'many' is not an int",
        "train mlp --batch -3        | 2 | --batch must be at least 1, found -3",
        "train mlp --lr NaN          | 2 | --lr must be above 0, found NaN",
        "train mlp --schedule fast   | 2 | Invalid value for option '--schedule': expected one of [CONSTANT, COSINE]",
        "train mlp --lr 0            | 2 | --lr must be above 0, found 0.0",
        "train mlp --threads 0       | 2 | --threads must be at least 1, found 0",
        "train mlp --device gpu      | 1 | device: expected cpu, cuda or cuda:N, found gpu",
        "train mlp --device cuda     | 1 | no backend for CUDA",
        "train mlp --data OUT        | 1 | no file train-images-idx3-ubyte or",
        "train mlp --train-size 60001| 1 | --train-size 60,001: there are 60,000 images",
        "train mlp --validation 60000| 1 | --validation 60,000 leaves nothing of 60,000",
        "train mlp --resume          | 1 | last.safetensors: no such file, so nothing to resume",
        "predict none.png --model no.safetensors | 1 | no.safetensors: no such model; fix: train one",
        "summary vgg                 | 1 | no model 'vgg'",
      })
  void misuseIsToldInOneLine(String args, int code, String message) {
    String line = args == null ? "" : args.replace("OUT", folder.toString());
    if (line.startsWith("train ")) {
      line += " --out " + folder.resolve("out");
    }
    assertEquals(code, run(line.isEmpty() ? new String[0] : line.split("\\s+")));
    assertTrue(err.toString().startsWith("manabi: "), err.toString());
    assertTrue(err.toString().contains(message), err.toString());
    assertFalse(err.toString().contains("\tat "), err.toString());
    assertEquals(code, err.toString().lines().count(), "a line, and on wrong usage where help is");
  }

  @Test
  void onlyTheNumberOfEpochsMayChangeOnResuming() {
    int code = run("train", "mlp", "--resume", "--batch", "16", "--out", trained.toString());
    assertEquals(1, code);
    assertTrue(err.toString().contains("cannot resume with other settings"), err.toString());
    assertTrue(err.toString().contains("batch 32"), err.toString());
    assertEquals(1, run("train", "mnist", "--resume", "--out", trained.toString()));
  }

  @Test
  void filesThatAreNoModelsAreRefused() throws IOException {
    Path image = exported(0, false);
    assertEquals(1, run("predict", image + "", "--model", image + ""));
    assertTrue(err.toString().startsWith("manabi: " + image + ": expected"), err.toString());
    Path cut = folder.resolve("cut.safetensors");
    byte[] whole = Files.readAllBytes(trained.resolve("best.safetensors"));
    Files.write(cut, java.util.Arrays.copyOf(whole, whole.length - 1));
    assertEquals(1, run("predict", image + "", "--model", cut + ""));
    Path modelAlone = folder.resolve("last.safetensors");
    Files.copy(trained.resolve("best.safetensors"), modelAlone);
    assertEquals(1, run("train", "mlp", "--resume", "--out", folder.toString()));
    assertTrue(err.toString().contains("no 'settings' in its metadata"), err.toString());
  }

  /** A command that looks for two properties. */
  @Command(name = "colours")
  static final class Colours implements Runnable {
    private String found = "";

    @Override
    public void run() {
      found = System.getProperty("manabi.test.a") + ", " + System.getProperty("manabi.test.b");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "colours -Dmanabi.test.a=red=blue -Dmanabi.test.b=green",
        "-Dmanabi.test.a=red=blue colours -Dmanabi.test.b=green"
      })
  void propertiesAreSetBeforeTheCommandRuns(String line) {
    var colours = new Colours();
    try {
      assertEquals(0, Main.commandLine().addSubcommand(colours).execute(line.split(" ")));
      assertEquals("red=blue, green", colours.found);
    } finally {
      System.clearProperty("manabi.test.a");
      System.clearProperty("manabi.test.b");
    }
  }

  /** A command that the driver refuses something. */
  @Command(name = "refused")
  static final class Refused implements Runnable {
    @Override
    public void run() {
      throw new CudaException("cuLaunchKernel: too large\n  fix: a smaller grid");
    }
  }

  @Test
  void whatTheDriverSaysIsToldInOneLine() {
    CommandLine commandLine = Main.commandLine().addSubcommand(new Refused());
    commandLine.setExecutionExceptionHandler(commandLine.getExecutionExceptionHandler());
    commandLine.setErr(new PrintWriter(err, true));
    assertEquals(1, commandLine.execute("refused"));
    assertEquals("manabi: cuLaunchKernel: too large; fix: a smaller grid", err.toString().strip());
  }
}
