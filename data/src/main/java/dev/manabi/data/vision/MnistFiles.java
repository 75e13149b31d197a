package dev.manabi.data.vision;

import dev.manabi.data.download.RemoteFile;
import dev.manabi.data.formats.Idx;
import dev.manabi.tensor.error.FormatException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The file layout that MNIST and its successors share: images and labels in two IDX files. */
final class MnistFiles {
  private MnistFiles() {}

  /** The two parts of a dataset, by the first word of their files' names. */
  enum Part {
    TRAIN("train"),
    TEST("t10k");

    private final String prefix;

    Part(String prefix) {
      this.prefix = prefix;
    }

    String images() {
      return prefix + "-images-idx3-ubyte";
    }

    String labels() {
      return prefix + "-labels-idx1-ubyte";
    }
  }

  /** Reads a part from a folder that holds its two files, gzipped or plain. */
  static LabeledImages read(Path folder, Part part, List<String> classNames) {
    Path images = find(folder, part.images());
    Path labels = find(folder, part.labels());
    return join(
        images.toString(), Idx.read(images, 3), labels.toString(), Idx.read(labels, 1), classNames);
  }

  private static Path find(Path folder, String name) {
    Path plain = folder.resolve(name);
    Path gzip = folder.resolve(name + ".gz");
    if (!Files.exists(plain) && !Files.exists(gzip)) {
      throw new IllegalArgumentException(
          "%s: no file %s or %s.gz; fix: name the folder that holds it, or download the dataset"
              .formatted(folder, name, name));
    }
    return Files.exists(plain) ? plain : gzip;
  }

  /** Makes a dataset of the contents of an image file and a label file. */
  static LabeledImages join(
      String imageFile, Idx images, String labelFile, Idx labels, List<String> classNames) {
    if (images.dim(1) == 0 || images.dim(2) == 0) {
      throw new FormatException(
          imageFile,
          "images of at least one pixel",
          images.dim(1) + " rows, " + images.dim(2) + " columns");
    }
    if (images.dim(0) != labels.dim(0)) {
      throw new FormatException(
          labelFile,
          "%,d labels, one per image of %s".formatted(images.dim(0), imageFile),
          "%,d".formatted(labels.dim(0)));
    }
    for (byte label : labels.data()) {
      if ((label & 0xff) >= classNames.size()) {
        throw new FormatException(
            labelFile, "labels from 0 to " + (classNames.size() - 1), "" + (label & 0xff));
      }
    }
    return new LabeledImages(
        images.data(), labels.data(), 1, images.dim(1), images.dim(2), classNames);
  }

  /** An image file of 28x28 pixels, as the mirrors have it. */
  static RemoteFile images(Part part, int count, String sha256) {
    return new RemoteFile(part.images() + ".gz", true, 16 + 28L * 28 * count, sha256);
  }

  /** A label file, as the mirrors have it. */
  static RemoteFile labels(Part part, int count, String sha256) {
    return new RemoteFile(part.labels() + ".gz", true, 8 + count, sha256);
  }
}
