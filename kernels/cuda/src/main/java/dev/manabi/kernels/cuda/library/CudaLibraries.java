package dev.manabi.kernels.cuda.library;

import dev.manabi.kernels.cuda.driver.NativeBinding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;
import jcuda.jcublas.JCublas2;
import jcuda.jcudnn.JCudnn;
import jcuda.libraryPropertyType;

/**
 * Loads cuBLAS 12 or 13 and cuDNN 9, wherever they are, and JCuda's bindings to them.
 *
 * <p>The libraries are loaded by absolute path first; the loader then takes them for what the
 * bindings need, by name. A binding that wants {@code libcublas.so.12} where there is 13 is copied
 * into a private folder and made to want that.
 */
public final class CudaLibraries {
  private static final String BLAS_BINDING = "libJCublas2-12.6.0-linux-x86_64.so";
  private static final String DNN_BINDING = "libJCudnn-12.6.0-linux-x86_64.so";

  private CudaLibraries() {}

  /**
   * Whether a library can be used.
   *
   * @param path where it is, or empty
   * @param version as it tells it, such as 13.0.2; empty if it is not loaded
   * @param problem empty if it is loaded, else what is missing and the fix
   */
  public record Loaded(String path, String version, String problem) {
    public boolean isUsable() {
      return problem.isEmpty();
    }
  }

  /** Loaded when first asked for. */
  private static final class Blas {
    static final Loaded LOADED = CudaLibraries.load("libcublas", "12", Blas::load);

    static String load(Path library) throws IOException {
      Path folder = library.toAbsolutePath().getParent();
      String version = library.getFileName().toString().replace("libcublas.so.", "");
      Path light = folder.resolve("libcublasLt.so." + version);
      if (Files.exists(light)) {
        System.load(light.toString());
      }
      System.load(library.toAbsolutePath().toString());
      String needs = "libcublas.so." + version;
      NativeBinding.load(
          BLAS_BINDING, image -> retarget(image, "libcublas.so.12", needs), JCublas2::initialize);
      JCublas2.setExceptionsEnabled(false);
      return version(JCublas2::cublasGetProperty);
    }
  }

  /** Loaded when first asked for. */
  private static final class Dnn {
    static final Loaded LOADED = CudaLibraries.load("libcudnn", "9", Dnn::load);

    static String load(Path library) throws IOException {
      System.load(library.toAbsolutePath().toString());
      // The functions lie in these; where one is missing, the first call would end the process.
      for (String part : new String[] {"graph", "ops", "cnn"}) {
        System.load(beside(library, "libcudnn_" + part + ".so.9"));
      }
      NativeBinding.load(DNN_BINDING, image -> image, JCudnn::initialize);
      JCudnn.setExceptionsEnabled(false);
      // It calls cuBLAS and the compiler of CUDA C++, of the CUDA that it was built for, and would
      // look for them only beside itself.
      long cuda = JCudnn.cudnnGetCudartVersion() / 1000;
      if (!blas().path().endsWith("libcublas.so." + cuda)) {
        SharedLibraries.find("libcublasLt.so." + cuda).ifPresent(Dnn::preload);
      }
      SharedLibraries.find("libnvrtc.so." + cuda).ifPresent(Dnn::preloadCompiler);
      return version(JCudnn::cudnnGetProperty);
    }

    private static String beside(Path library, String name) throws IOException {
      Set<Path> folders = new LinkedHashSet<>();
      folders.add(library.toAbsolutePath().getParent());
      folders.add(library.toRealPath().getParent());
      folders.addAll(SharedLibraries.folders());
      return SharedLibraries.find(folders, name)
          .map(part -> part.toAbsolutePath().toString())
          .orElseThrow(() -> new IOException(name + " is not beside it"));
    }

    private static void preloadCompiler(Path compiler) {
      // It finds this part of itself only by name, not beside itself.
      String parts = compiler.getFileName().toString().replace(".so.", "-builtins.so.") + ".*";
      SharedLibraries.below(compiler.toAbsolutePath().getParent(), parts).forEach(Dnn::preload);
      preload(compiler);
    }

    private static void preload(Path library) {
      try {
        System.load(library.toAbsolutePath().toString());
      } catch (UnsatisfiedLinkError e) {
        // It then does without the algorithms that need it.
      }
    }
  }

  /** cuBLAS. */
  public static Loaded blas() {
    return Blas.LOADED;
  }

  /** cuDNN. */
  public static Loaded dnn() {
    return Dnn.LOADED;
  }

  /** Loads a library from where it was found, and returns its version. */
  private interface Loader {
    String load(Path library) throws IOException;
  }

  /** Asks a library for one part of its version. */
  private interface VersionPart {
    int get(int part, int[] value);
  }

  private static String version(VersionPart library) {
    int[] parts = {
      libraryPropertyType.MAJOR_VERSION,
      libraryPropertyType.MINOR_VERSION,
      libraryPropertyType.PATCH_LEVEL
    };
    int[] value = new int[1];
    StringJoiner version = new StringJoiner(".");
    for (int part : parts) {
      if (library.get(part, value) == 0) {
        version.add(value[0] + "");
      }
    }
    return version.toString();
  }

  private static Loaded load(String name, String version, Loader loader) {
    String[] names =
        version.equals("12")
            ? new String[] {name + ".so.13", name + ".so.12"}
            : new String[] {name + ".so." + version};
    Optional<Path> found = SharedLibraries.find(names);
    if (found.isEmpty()) {
      return new Loaded(
          "",
          "",
          String.join(" and ", names)
              + " not found\n  fix: install it (pip install nvidia-"
              + name.substring(3).toLowerCase(Locale.ROOT)
              + "-cu12), or set CUDA_PATH or LD_LIBRARY_PATH to its folder");
    }
    String path = described(found.get());
    try {
      return new Loaded(path, loader.load(found.get()), "");
    } catch (IOException | UnsatisfiedLinkError | IllegalArgumentException e) {
      return new Loaded(path, "", path + " does not load: " + e.getMessage());
    }
  }

  /** The path, and the name of the file behind it if it is a link. */
  private static String described(Path library) {
    try {
      Path file = library.toRealPath().getFileName();
      return file.equals(library.getFileName()) ? library.toString() : library + " (" + file + ")";
    } catch (IOException e) {
      return library.toString();
    }
  }

  private static byte[] retarget(byte[] image, String from, String to) {
    if (!from.equals(to) && ElfRetarget.retarget(image, from, to) == 0) {
      throw new IllegalArgumentException("the binding does not need " + from);
    }
    return image;
  }
}
