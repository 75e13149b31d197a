package dev.manabi.kernels.cuda;

import dev.manabi.kernels.cuda.driver.CudaContext;
import dev.manabi.kernels.cuda.driver.CudaDriver;
import dev.manabi.kernels.cuda.driver.CudaException;
import dev.manabi.kernels.cuda.driver.DeviceInfo;
import dev.manabi.kernels.cuda.driver.JCudaDriver;
import dev.manabi.kernels.cuda.driver.PtxDriver;
import dev.manabi.kernels.cuda.library.CudaLibraries;
import dev.manabi.tensor.Device;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The devices of this machine, found when the first tensor asks for one.
 *
 * <p>{@code -Dmanabi.cuda.driver} chooses what they are: {@code jcuda} for real cards, {@code ptx}
 * for the PTX machine, {@code auto} (the default) for real cards.
 */
public final class Gpus {
  /** The property that chooses the driver. */
  public static final String DRIVER = "manabi.cuda.driver";

  private static final ConcurrentHashMap<Integer, Gpu> GPUS = new ConcurrentHashMap<>();

  private Gpus() {}

  /** What was found, once. */
  private static final class Found {
    static final @Nullable CudaDriver DRIVER;
    static final String PROBLEM;

    static {
      CudaDriver driver = null;
      String problem = "";
      try {
        driver = start();
      } catch (CudaException e) {
        problem = String.valueOf(e.getMessage());
      }
      DRIVER = driver;
      PROBLEM = problem;
    }

    private static CudaDriver start() {
      String wanted = System.getProperty(Gpus.DRIVER, "auto");
      return switch (wanted) {
        case "ptx" -> new PtxDriver(AssemblyTable::registers);
        case "auto", "jcuda" -> new JCudaDriver();
        default ->
            throw new CudaException(Gpus.DRIVER + ": expected auto, jcuda or ptx, found " + wanted);
      };
    }
  }

  /** Empty if there is a device, else what is missing and the fix. */
  public static String unavailableBecause() {
    return Found.PROBLEM;
  }

  /**
   * The driver in use.
   *
   * @throws CudaException if there is none
   */
  public static CudaDriver driver() {
    CudaDriver driver = Found.DRIVER;
    if (driver == null) {
      throw new CudaException(Found.PROBLEM);
    }
    return driver;
  }

  /** Driver, devices and libraries, in lines for people. */
  static List<String> describe() {
    List<String> lines = new ArrayList<>();
    CudaDriver driver = Found.DRIVER;
    if (driver != null) {
      lines.add("driver: " + driver.name() + ", " + driver.version());
      for (int i = 0; i < driver.deviceCount(); i++) {
        CudaContext context = driver.context(i);
        DeviceInfo info = context.info();
        lines.add(
            "cuda:%d: %s, compute capability %d.%d, %d multiprocessors, %d of %d MiB free"
                .formatted(
                    i,
                    info.name(),
                    info.major(),
                    info.minor(),
                    info.multiprocessors(),
                    context.freeMemory() >> 20,
                    info.memory() >> 20));
      }
    }
    lines.add("cuBLAS: " + describe(CudaLibraries.blas()));
    lines.add("cuDNN: " + describe(CudaLibraries.dnn()));
    if (driver == null) {
      return lines;
    }
    boolean real = driver instanceof JCudaDriver;
    lines.add(
        "matrix products of floats: "
            + computedBy(real && CudaLibraries.blas().isUsable(), "cuBLAS"));
    lines.add(
        "convolutions, average pooling, batch norm, softmax: "
            + computedBy(real && CudaLibraries.dnn().isUsable(), "cuDNN"));
    lines.add("all other ops, and products of integers: kernels written by hand");
    String prefer = preference().name().toLowerCase(Locale.ROOT);
    lines.add("  change: -D" + Libraries.PREFER + "=hand, library or auto; it is " + prefer);
    return lines;
  }

  private static Choice.Prefer preference() {
    return Choice.Prefer.named(Libraries.PREFER, System.getProperty(Libraries.PREFER, "auto"));
  }

  private static String describe(CudaLibraries.Loaded library) {
    return library.isUsable()
        ? library.version() + ", " + library.path()
        : "not used: " + library.problem();
  }

  private static String computedBy(boolean isThere, String library) {
    String byHand = "kernels written by hand";
    if (!isThere) {
      return byHand;
    }
    return switch (preference()) {
      case HAND -> byHand;
      case LIBRARY -> library + ", where it can";
      case AUTO -> library + " or " + byHand + ", whichever is measured to be faster";
    };
  }

  static Gpu of(Device device) {
    Gpu gpu = GPUS.get(device.index());
    return gpu != null
        ? gpu
        : GPUS.computeIfAbsent(device.index(), index -> new Gpu(device, driver().context(index)));
  }

  /** Waits until everything that was asked of {@code device} is done. */
  public static void synchronize(Device device) {
    Gpu gpu = of(device);
    gpu.context().synchronize();
    gpu.faults().check();
  }

  /**
   * What libraries and our own kernels have computed on {@code device} in this process, and what
   * libraries refused and why, in lines for people.
   */
  public static List<String> choices(Device device) {
    return of(device).libraries().choice().describe();
  }

  /** How often libraries have computed something on {@code device} in this process. */
  public static long libraryRuns(Device device) {
    return of(device).libraries().choice().libraryRuns();
  }

  /**
   * The kernels that {@code device} has run in this process, in order of name: file, hash of its
   * PTX and kernel, with tabs between them. {@code kernels/cuda/gpu-runs.tsv} consists of such
   * lines, each with the name of a device at its end.
   */
  public static List<String> kernelsRun(Device device) {
    return of(device).kernelsRun();
  }
}
