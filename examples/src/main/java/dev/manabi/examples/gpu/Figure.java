package dev.manabi.examples.gpu;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * How long one workload takes. Written to files, so that one table can show what several programs
 * measured.
 *
 * @param dims the sizes that it depends on, such as {@code 64x512x7x7}
 * @param bytes the fewest that must move through device memory; 0 where arithmetic counts
 * @param operations of floating point; 0 where memory counts
 * @param milliseconds of one run
 */
public record Figure(
    String name, String dtype, String dims, double bytes, double operations, double milliseconds) {
  private static final int FIELDS = 6;

  /** What figures of the same workload have in common. */
  public String workload() {
    return name + " " + dtype + " " + dims;
  }

  private String line() {
    return String.join("\t", name, dtype, dims, bytes + "", operations + "", milliseconds + "");
  }

  private static Figure parse(Path file, String line) {
    String[] f = line.split("\t", -1);
    try {
      if (f.length == FIELDS) {
        return new Figure(
            f[0],
            f[1],
            f[2],
            Double.parseDouble(f[3]),
            Double.parseDouble(f[4]),
            Double.parseDouble(f[5]));
      }
    } catch (NumberFormatException _) {
      // Told below.
    }
    throw new IllegalArgumentException(file + ": not a line of figures: " + line);
  }

  /** Writes figures, one on a line; at any time the file has those of one call, and all of them. */
  public static void write(Path file, List<Figure> figures) {
    Path part = file.resolveSibling(file.getFileName() + ".part");
    try {
      Files.write(part, figures.stream().map(Figure::line).toList());
      Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads what {@link #write} wrote; nothing where there is no such file. */
  public static List<Figure> read(Path file) {
    if (!Files.exists(file)) {
      return List.of();
    }
    try {
      return Files.readAllLines(file).stream().map(line -> parse(file, line)).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
