package dev.manabi.data.formats;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/** Writes a file so that it is never seen half written. */
public final class AtomicFile {
  private AtomicFile() {}

  /** Writes the content of a file. */
  @FunctionalInterface
  public interface Content {
    /** Writes all of it to {@code channel}. */
    void writeTo(FileChannel channel) throws IOException;
  }

  /**
   * Writes a file, or replaces it in one step: the content goes to a new file beside it, is forced
   * to the disk, and only then takes the name. A kill or a power cut at any moment leaves the whole
   * old file or the whole new one, and at worst a {@code .tmp} file beside it.
   *
   * @throws UncheckedIOException if it cannot be written; then the old file stays as it is
   */
  public static void write(Path file, Content content) {
    Path target = file.toAbsolutePath();
    // A name of its own, so that two programs saving to one place do not write into one another.
    Path temporary = target.resolveSibling(target.getFileName() + "." + UUID.randomUUID() + ".tmp");
    try {
      try (FileChannel channel =
          FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        content.writeTo(channel);
        channel.force(true);
      }
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
      forceFolder(target);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      deleteQuietly(temporary);
    }
  }

  /** Forces the new name to the disk, on systems that let a folder be opened. */
  private static void forceFolder(Path target) {
    try (FileChannel folder = FileChannel.open(target.getParent(), StandardOpenOption.READ)) {
      folder.force(true);
    } catch (IOException e) {
      System.getLogger(AtomicFile.class.getName())
          .log(System.Logger.Level.DEBUG, "cannot force the folder of " + target, e);
    }
  }

  private static void deleteQuietly(Path temporary) {
    try {
      Files.deleteIfExists(temporary);
    } catch (IOException e) {
      System.getLogger(AtomicFile.class.getName())
          .log(System.Logger.Level.WARNING, "cannot delete " + temporary, e);
    }
  }
}
