package dev.manabi.kernels.cuda;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
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

  /** Every committed PTX, in order of name. */
  static List<Path> ptx() {
    Path folder = module().resolve("src/main/resources/dev/manabi/kernels/cuda/ptx");
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(f -> f.toString().endsWith(".ptx")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String name(Path ptx) {
    return ptx.getFileName().toString().replace(".ptx", "");
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
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
