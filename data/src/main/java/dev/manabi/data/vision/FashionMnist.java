package dev.manabi.data.vision;

import dev.manabi.data.download.Download;
import dev.manabi.data.download.Progress;
import dev.manabi.data.download.RemoteFile;
import dev.manabi.data.vision.MnistFiles.Part;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;

/**
 * Fashion-MNIST: 60,000 training and 10,000 test images of clothes, 28x28 grey pixels, [1, 28, 28]
 * each, in ten classes; the files have the names and the format of {@link Mnist}.
 *
 * <p>Source: H. Xiao, K. Rasul, R. Vollgraf, "Fashion-MNIST: a novel image dataset for benchmarking
 * machine learning algorithms", arXiv:1708.07747.
 */
public final class FashionMnist {
  private static final List<String> CLASS_NAMES =
      List.of(
          "T-shirt/top",
          "Trouser",
          "Pullover",
          "Dress",
          "Coat",
          "Sandal",
          "Shirt",
          "Sneaker",
          "Bag",
          "Ankle boot");

  private static final List<RemoteFile> FILES =
      List.of(
          MnistFiles.images(
              Part.TRAIN,
              60_000,
              "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888"),
          MnistFiles.labels(
              Part.TRAIN,
              60_000,
              "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9"),
          MnistFiles.images(
              Part.TEST,
              10_000,
              "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b"),
          MnistFiles.labels(
              Part.TEST,
              10_000,
              "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"));

  private FashionMnist() {}

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
   * Downloads the four gzipped files into {@code folder}, as {@link Mnist#download} does.
   *
   * @param mirrors base URLs of the four files with their usual names, tried in this order
   * @throws java.io.UncheckedIOException if no mirror gives a file with the right checksum
   */
  public static void download(Path folder, List<URI> mirrors, Progress progress) {
    var download = new Download(folder, mirrors, progress);
    FILES.forEach(download::fetch);
  }
}
