package dev.manabi.kernels.cuda.library;

import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Where a machine keeps NVIDIA's libraries: the toolkit ({@code CUDA_PATH}), the loader's path, the
 * system's folders, and Python's packages {@code nvidia/*}/lib.
 */
public final class SharedLibraries {
  private static final String[] FOLDERS = {"lib64", "lib", "targets/x86_64-linux/lib"};

  private SharedLibraries() {}

  /** The earliest of {@code names} in the first folder that has one of them. */
  public static Optional<Path> find(String... names) {
    return find(folders(), names);
  }

  /** The same in {@code folders}; a toolkit that was named comes before a newer one elsewhere. */
  static Optional<Path> find(Set<Path> folders, String... names) {
    for (Path folder : folders) {
      for (String name : names) {
        Path file = folder.resolve(name);
        if (Files.exists(file)) {
          return Optional.of(file);
        }
      }
    }
    return Optional.empty();
  }

  /** The folders that are searched, in order. */
  public static Set<Path> folders() {
    Set<Path> folders = new LinkedHashSet<>();
    for (String variable : new String[] {"CUDA_PATH", "CUDA_HOME", "CONDA_PREFIX"}) {
      String root = System.getenv(variable);
      if (root != null) {
        addToolkit(folders, Path.of(root));
      }
    }
    String loader = System.getenv("LD_LIBRARY_PATH");
    if (loader != null) {
      Stream.of(loader.split(File.pathSeparator))
          .filter(s -> !s.isEmpty())
          .forEach(s -> folders.add(Path.of(s)));
    }
    below(Path.of("/usr/local"), "cuda*").forEach(root -> addToolkit(folders, root));
    folders.add(Path.of("/usr/lib/x86_64-linux-gnu"));
    folders.add(Path.of("/usr/lib64"));
    addPython(folders);
    folders.removeIf(folder -> !Files.isDirectory(folder));
    return folders;
  }

  private static void addToolkit(Set<Path> folders, Path root) {
    for (String folder : FOLDERS) {
      folders.add(root.resolve(folder));
    }
  }

  private static void addPython(Set<Path> folders) {
    List<Path> roots = new ArrayList<>();
    for (String variable : new String[] {"VIRTUAL_ENV", "CONDA_PREFIX"}) {
      String root = System.getenv(variable);
      if (root != null) {
        roots.add(Path.of(root, "lib"));
      }
    }
    // The Python that a program of this user would be run by.
    String path = System.getenv("PATH");
    for (String folder : path == null ? new String[0] : path.split(File.pathSeparator)) {
      if (Files.isExecutable(Path.of(folder, "python3"))) {
        roots.add(Path.of(folder).resolveSibling("lib"));
      }
    }
    roots.add(Path.of(System.getProperty("user.home"), ".local/lib"));
    roots.add(Path.of("/usr/local/lib"));
    roots.add(Path.of("/usr/lib"));
    roots.add(Path.of("/opt/conda/lib"));
    for (Path root : roots) {
      for (Path python : below(root, "python3*")) {
        for (Path packages : below(python, "{site,dist}-packages")) {
          for (Path library : below(packages.resolve("nvidia"), "*")) {
            folders.add(library.resolve("lib"));
          }
        }
      }
    }
  }

  /** What {@code folder} has of this pattern, newest name first; nothing if it cannot be read. */
  static List<Path> below(Path folder, String pattern) {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, pattern)) {
      entries.forEach(found::add);
    } catch (IOException absent) {
      return List.of();
    }
    found.sort((a, b) -> b.compareTo(a));
    return found;
  }
}
