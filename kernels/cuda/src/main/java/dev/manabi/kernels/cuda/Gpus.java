package dev.manabi.kernels.cuda;

import dev.manabi.kernels.cuda.driver.CudaDriver;
import dev.manabi.kernels.cuda.driver.CudaException;
import dev.manabi.kernels.cuda.driver.JCudaDriver;
import dev.manabi.kernels.cuda.driver.PtxDriver;
import dev.manabi.tensor.Device;
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
        case "ptx" -> new PtxDriver();
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
}
