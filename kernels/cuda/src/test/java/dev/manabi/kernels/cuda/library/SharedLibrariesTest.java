package dev.manabi.kernels.cuda.library;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which of several installations is taken. */
class SharedLibrariesTest {
  private static final String[] NAMES = {"libcublas.so.13", "libcublas.so.12"};

  @Test
  void anEarlierFolderComesBeforeANewerLibrary(@TempDir Path root) throws IOException {
    Path older = file(root, "named", "libcublas.so.12");
    Path newer = file(root, "found", "libcublas.so.13");
    assertEquals(Optional.of(older), SharedLibraries.find(folders(older, newer), NAMES));
    assertEquals(Optional.of(newer), SharedLibraries.find(folders(newer, older), NAMES));
  }

  @Test
  void ofOneFolderTheEarlierNameIsTaken(@TempDir Path root) throws IOException {
    Path older = file(root, "lib", "libcublas.so.12");
    Path newer = file(root, "lib", "libcublas.so.13");
    assertEquals(Optional.of(newer), SharedLibraries.find(folders(older), NAMES));
  }

  private static Path file(Path root, String folder, String name) throws IOException {
    return Files.createFile(Files.createDirectories(root.resolve(folder)).resolve(name));
  }

  private static Set<Path> folders(Path... files) {
    return new LinkedHashSet<>(List.of(files).stream().map(Path::getParent).toList());
  }
}
