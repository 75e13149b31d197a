package dev.manabi.bench.torch;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * Brings in libtorch's native libraries, in the order that makes it fast.
 *
 * <p>As packaged it multiplies matrices with OpenBLAS, whose threads spin against libtorch's own.
 * So MKL, told to run on the same GNU OpenMP threads as libtorch, is loaded before it with global
 * visibility, and its {@code sgemm_} is the one that libtorch binds to.
 */
final class TorchLibraries {
  private static final String PLATFORM = "linux-x86_64";
  private static final String LIBGOMP = "org/bytedeco/pytorch/" + PLATFORM + "/libgomp.so.1";

  /** {@code rt} finds the others beside itself and opens those that suit the CPU. */
  private static final List<String> MKL =
      List.of("core", "intel_lp64", "gnu_thread", "def", "avx2", "avx512", "rt");

  /** From mkl_service.h. */
  private static final int MKL_INTERFACE_LP64 = 0;

  private static final int MKL_THREADING_GNU = 3;

  private static final int MKL_VERSION_BYTES = 256;

  /** From malloc.h. */
  private static final int M_TRIM_THRESHOLD = -1;

  private static final int M_MMAP_MAX = -4;

  /** MKL's entry points; null until {@link #load}. */
  private static @Nullable SymbolLookup mkl;

  private TorchLibraries() {}

  static boolean existForThisPlatform() {
    return Loader.getPlatform().equals(PLATFORM);
  }

  /** Loads everything on the first call. */
  static synchronized void load() {
    if (mkl != null) {
      return;
    }
    if (!existForThisPlatform()) {
      throw new IllegalStateException(
          "libtorch: its libraries are here for %s, not for %s\n  fix: leave the comparison out"
              .formatted(PLATFORM, Loader.getPlatform()));
    }
    keepFreedMemory();
    // The limits of JavaCPP's own book-keeping would count the engine under test as well.
    System.setProperty("org.bytedeco.javacpp.maxBytes", "0");
    System.setProperty("org.bytedeco.javacpp.maxPhysicalBytes", "0");
    Loader.loadGlobal(extract(LIBGOMP));
    String runtime = "";
    for (String part : MKL) {
      runtime = extract("org/bytedeco/mkl/" + PLATFORM + "/libmkl_" + part + ".so.2");
    }
    Loader.loadGlobal(runtime);
    SymbolLookup symbols = SymbolLookup.libraryLookup(runtime, Arena.global());
    call(symbols, "MKL_Set_Interface_Layer", MKL_INTERFACE_LP64);
    call(symbols, "MKL_Set_Threading_Layer", MKL_THREADING_GNU);
    Loader.load(torch.class);
    mkl = symbols;
  }

  /** Sets the threads of libtorch, of oneDNN inside it, and of MKL. */
  static synchronized void setThreads(int threads) {
    load();
    torch.set_num_threads(threads);
    call(mkl, "MKL_Set_Num_Threads", threads);
  }

  /** Which MKL it is, in its own words. */
  static synchronized String mklVersion() {
    load();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment text = arena.allocate(MKL_VERSION_BYTES);
      Linker.nativeLinker()
          .downcallHandle(
              mkl.findOrThrow("MKL_Get_Version_String"),
              FunctionDescriptor.ofVoid(ValueLayout.ADDRESS, ValueLayout.JAVA_INT))
          .invokeExact(text, MKL_VERSION_BYTES);
      return text.getString(0).strip();
    } catch (Throwable e) {
      throw new IllegalStateException("libtorch: MKL says no version", e);
    }
  }

  /**
   * Tells glibc to keep what is freed instead of handing it back to the kernel, whose page faults
   * would otherwise cost libtorch 10 to 20 % of a training step. The engine pools its memory too.
   */
  private static void keepFreedMemory() {
    SymbolLookup libc = Linker.nativeLinker().defaultLookup();
    call(libc, "mallopt", M_MMAP_MAX, 0);
    call(libc, "mallopt", M_TRIM_THRESHOLD, -1);
  }

  /** Unpacks one library of the class path into JavaCPP's cache, and returns its path. */
  private static String extract(String resource) {
    var url = TorchLibraries.class.getClassLoader().getResource(resource);
    if (url == null) {
      throw new IllegalStateException(
          "libtorch: %s is not on the class path\n  fix: put the jars of bench/target/natives there"
              .formatted(resource));
    }
    try {
      return Loader.cacheResource(url).getPath();
    } catch (IOException e) {
      throw new UncheckedIOException("libtorch: cannot unpack " + resource, e);
    }
  }

  /** Calls a C function of int arguments; what it returns says nothing that is needed here. */
  private static void call(SymbolLookup library, String function, Integer... arguments) {
    var parameters = new ValueLayout[arguments.length];
    Arrays.fill(parameters, ValueLayout.JAVA_INT);
    MethodHandle handle =
        Linker.nativeLinker()
            .downcallHandle(library.findOrThrow(function), FunctionDescriptor.ofVoid(parameters));
    try {
      handle.invokeWithArguments((Object[]) arguments);
    } catch (Throwable e) {
      throw new IllegalStateException("libtorch: calling " + function + " failed", e);
    }
  }
}
