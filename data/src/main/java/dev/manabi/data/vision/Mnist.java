package dev.manabi.data.vision;

import dev.manabi.data.download.Download;
import dev.manabi.data.download.Progress;
import dev.manabi.data.download.RemoteFile;
import dev.manabi.data.formats.Idx;
import dev.manabi.data.vision.MnistFiles.Part;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;

/**
 * The MNIST database of handwritten digits: 60,000 training and 10,000 test images of 28x28 grey
 * pixels, [1, 28, 28] each, with labels 0 to 9.
 *
 * <p>The whole database is part of this library: {@code Mnist.train()} needs no file and no
 * network.
 *
 * <p>Source: Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, "Gradient-based learning applied to
 * document recognition", Proceedings of the IEEE 86(11), 1998. Licence: see META-INF/NOTICE.
 */
public final class Mnist {
  /** Mean of all training pixels, as a share of 255: what {@code Normalize} subtracts. */
  public static final double MEAN = 0.1307;

  /** Standard deviation of all training pixels, as a share of 255. */
  public static final double STD = 0.3081;

  private static final List<String> CLASS_NAMES =
      List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");

  private static final List<RemoteFile> FILES =
      List.of(
          MnistFiles.images(
              Part.TRAIN,
              60_000,
              "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"),
          MnistFiles.labels(
              Part.TRAIN,
              60_000,
              "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"),
          MnistFiles.images(
              Part.TEST,
              10_000,
              "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"),
          MnistFiles.labels(
              Part.TEST,
              10_000,
              "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"));

  private Mnist() {}

  /** The 60,000 training images, from this library. */
  public static LabeledImages train() {
    return embedded(Part.TRAIN);
  }

  /** The 10,000 test images, from this library. */
  public static LabeledImages test() {
    return embedded(Part.TEST);
  }

  /**
   * The training images from a folder that holds {@code train-images-idx3-ubyte} and {@code
   * train-labels-idx1-ubyte}, plain or with {@code .gz}.
   *
   * @throws IllegalArgumentException if a file is not there
   * @throws dev.manabi.tensor.error.FormatException if a file is not what its name says
   */
  public static LabeledImages train(Path folder) {
    return MnistFiles.read(folder, Part.TRAIN, CLASS_NAMES);
  }

  /** The test images from a folder; its files begin with {@code t10k} in place of train. */
  public static LabeledImages test(Path folder) {
    return MnistFiles.read(folder, Part.TEST, CLASS_NAMES);
  }

  /**
   * Downloads the four gzipped files into {@code folder}, where {@link #train(Path)} and {@link
   * #test(Path)} find them; what is there already is kept, what was begun is continued.
   *
   * @param mirrors base URLs of the four files with their usual names, tried in this order
   * @throws UncheckedIOException if no mirror gives a file with the right checksum
   */
  public static void download(Path folder, List<URI> mirrors, Progress progress) {
    var download = new Download(folder, mirrors, progress);
    FILES.forEach(download::fetch);
  }

  private static LabeledImages embedded(Part part) {
    Idx images = resource(part.images(), 3);
    Idx labels = resource(part.labels(), 1);
    return MnistFiles.join(part.images(), images, part.labels(), labels, CLASS_NAMES);
  }

  private static Idx resource(String name, int rank) {
    String path = "mnist/" + name + ".gz";
    try (InputStream in = Mnist.class.getResourceAsStream(path)) {
      if (in == null) {
        throw new IllegalStateException("manabi-data was built without its resource " + path);
      }
      return Idx.read(path, in.readAllBytes(), rank);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
