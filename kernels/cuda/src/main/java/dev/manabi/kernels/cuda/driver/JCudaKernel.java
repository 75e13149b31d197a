package dev.manabi.kernels.cuda.driver;

import static dev.manabi.kernels.cuda.driver.JCudaStatus.check;

import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import jcuda.driver.CUfunction;
import jcuda.driver.CUfunction_attribute;
import jcuda.driver.JCudaDriver;

/** A kernel of a card's context. */
final class JCudaKernel implements CudaKernel {
  /** A function whose handle the launcher can pass on. */
  static final class Function extends CUfunction {
    long handle() {
      return getNativePointer();
    }
  }

  private final JCudaContext context;
  private final String name;
  private final Function function;
  private volatile int sharedAllowed;

  /** By threads and shared memory: asking the driver costs more than a launch. */
  private final ConcurrentHashMap<List<Integer>, Integer> occupancies = new ConcurrentHashMap<>();

  JCudaKernel(JCudaContext context, String name, Function function) {
    this.context = context;
    this.name = name;
    this.function = function;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int occupancy(int threads, int sharedBytes) {
    return occupancies.computeIfAbsent(
        List.of(threads, sharedBytes), block -> askOccupancy(threads, sharedBytes));
  }

  private int askOccupancy(int threads, int sharedBytes) {
    context.enter();
    allowShared(sharedBytes);
    int[] blocks = new int[1];
    check(
        JCudaDriver.cuOccupancyMaxActiveBlocksPerMultiprocessor(
            blocks, function, threads, sharedBytes),
        "cuOccupancyMaxActiveBlocksPerMultiprocessor",
        name + ", " + threads + " threads");
    return blocks[0];
  }

  /**
   * Asks for so much dynamic shared memory, as a kernel must that takes more than 48 KiB together
   * with what it has by itself.
   */
  void allowShared(int bytes) {
    if (bytes > sharedAllowed) {
      raiseShared(bytes);
    }
  }

  private synchronized void raiseShared(int bytes) {
    if (bytes > sharedAllowed) {
      int which = CUfunction_attribute.CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES;
      check(
          JCudaDriver.cuFuncSetAttribute(function, which, bytes),
          "cuFuncSetAttribute",
          name + ", " + bytes + " bytes of dynamic shared memory");
      sharedAllowed = bytes;
    }
  }

  /** What the launcher passes on. */
  long handle() {
    return function.handle();
  }
}
