package dev.manabi.kernels.cuda.driver;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;

/**
 * Has JCuda load one of its native libraries from a private folder, into which it is copied first.
 * JCuda looks into the folder for temporary files and takes what lies there; on a module path it
 * could not find the library in the jar beside it, and it could not be changed on the way.
 */
public final class NativeBinding {
  private static final String TEMPORARY = "java.io.tmpdir";

  private NativeBinding() {}

  /**
   * Loads {@code library}.
   *
   * @param library file name, such as {@code libJCudaDriver-12.6.0-linux-x86_64.so}
   * @param change what is done to the image of the file
   * @param initialize makes JCuda load it
   * @throws IOException if the library is not on the path, or the folder cannot be written
   */
  public static synchronized void load(
      String library, UnaryOperator<byte[]> change, Runnable initialize) throws IOException {
    byte[] image = change.apply(read(library));
    Path folder = Files.createTempDirectory("manabi-cuda-");
    Path copy = folder.resolve(library);
    String before = System.setProperty(TEMPORARY, folder.toString());
    // What is loaded stays loaded.
    try (Closeable _ = () -> Files.delete(folder);
        Closeable _ = () -> Files.deleteIfExists(copy);
        Closeable _ = () -> System.setProperty(TEMPORARY, before)) {
      Files.write(copy, image);
      initialize.run();
    }
  }

  private static byte[] read(String library) throws IOException {
    try (InputStream in =
        NativeBinding.class.getClassLoader().getResourceAsStream("lib/" + library)) {
      if (in == null) {
        throw new IOException(library + " is not on the class path or module path");
      }
      return in.readAllBytes();
    }
  }
}
