package dev.manabi.kernels.cuda;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The sources of the kernels and the PTX made from them, in this module's folder. */
final class KernelFiles {
  private static final Pattern INCLUDE = Pattern.compile("(?m)^#include \"(.*)\"$");

  private KernelFiles() {}

  /** The folder of this module, from wherever the tests run. */
  static Path module() {
    Path here = Path.of("").toAbsolutePath();
    while (!Files.isDirectory(here.resolve("src/main/cuda"))) {
      Path below = here.resolve("kernels/cuda");
      here = Files.isDirectory(below) ? below : here.getParent();
    }
    return here;
  }

  static Path sources() {
    return module().resolve("src/main/cuda");
  }

  /** Steps from a naive kernel to one that ships, each with its PTX beside it. */
  static Path lessons() {
    return sources().resolve("lessons");
  }

  /** Every committed PTX, in order of name. */
  static List<Path> ptx() {
    Path shipped = module().resolve("src/main/resources/dev/manabi/kernels/cuda/ptx");
    return Stream.of(shipped, lessons()).flatMap(f -> files(f, ".ptx").stream()).toList();
  }

  /** The table of what each kernel takes. */
  static Path table() {
    return module().resolve("src/main/resources/dev/manabi/kernels/cuda/assembly.tsv");
  }

  /** The files of a folder with this ending, in order of name. */
  static List<Path> files(Path folder, String ending) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(f -> f.toString().endsWith(ending)).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String name(Path ptx) {
    String name = ptx.getFileName().toString().replace(".ptx", "");
    return ptx.startsWith(lessons()) ? "lessons/" + name : name;
  }

  static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The hash of a source and of the headers that it includes, as {@code ptx.sh} computes it. */
  static String hash(String source) {
    TreeSet<String> files = new TreeSet<>();
    collect(source, files);
    StringBuilder text = new StringBuilder();
    files.forEach(file -> text.append(read(sources().resolve(file))));
    return hashOf(text.toString());
  }

  private static void collect(String source, TreeSet<String> files) {
    if (files.add(source)) {
      Matcher includes = INCLUDE.matcher(read(sources().resolve(source)));
      while (includes.find()) {
        collect(includes.group(1), files);
      }
    }
  }

  static String hashOf(String text) {
    return HexFormat.of().formatHex(PtxFiles.sha256(text));
  }
}
