package dev.manabi.kernels.cuda.driver;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;

/**
 * {@code cuLaunchKernel} by a plain call into the driver. JCuda's own takes a microsecond or more,
 * because it walks nested Java objects; this takes some ten nanoseconds.
 *
 * <p>All parameters lie in one buffer (the driver's {@code extra} argument), so a kernel with
 * thirty of them costs no more than one with two. An instance belongs to one thread.
 */
final class Launcher {
  private static final String LIBRARY = "libcuda.so.1";
  private static final long BUFFER_POINTER = 1;
  private static final long BUFFER_SIZE = 2;
  private static final long END = 0;

  /** Found when the first kernel is launched. */
  private static final class Call {
    static final MethodHandle LAUNCH = find();

    private static MethodHandle find() {
      SymbolLookup driver = SymbolLookup.libraryLookup(LIBRARY, Arena.global());
      return Linker.nativeLinker()
          .downcallHandle(
              driver.findOrThrow("cuLaunchKernel"),
              FunctionDescriptor.of(
                  JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT,
                  JAVA_INT, ADDRESS, ADDRESS, ADDRESS));
    }
  }

  private final MemorySegment size = Arena.global().allocate(JAVA_LONG);
  private final MemorySegment extra = Arena.global().allocate(JAVA_LONG, 5);

  Launcher() {
    extra.setAtIndex(JAVA_LONG, 0, BUFFER_POINTER);
    extra.setAtIndex(JAVA_LONG, 2, BUFFER_SIZE);
    extra.setAtIndex(JAVA_LONG, 3, size.address());
    extra.setAtIndex(JAVA_LONG, 4, END);
  }

  /** Whether this machine has an NVIDIA driver at all. */
  static boolean findsDriver() {
    try (Arena arena = Arena.ofConfined()) {
      SymbolLookup.libraryLookup(LIBRARY, arena);
      return true;
    } catch (IllegalArgumentException absent) {
      return false;
    }
  }

  /** The status of the launch. */
  int launch(long function, long stream, Grid grid, ByteBuffer parameters) {
    extra.setAtIndex(JAVA_LONG, 1, MemorySegment.ofBuffer(parameters.duplicate().flip()).address());
    size.set(JAVA_LONG, 0, parameters.position());
    try {
      return (int)
          Call.LAUNCH.invokeExact(
              MemorySegment.ofAddress(function),
              grid.x(),
              grid.y(),
              grid.z(),
              grid.threadsX(),
              grid.threadsY(),
              grid.threadsZ(),
              grid.shared(),
              MemorySegment.ofAddress(stream),
              MemorySegment.NULL,
              extra);
    } catch (Throwable e) {
      throw new CudaException("cuLaunchKernel: " + e, e);
    }
  }
}
