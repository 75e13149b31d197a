package dev.manabi.kernels.cuda.driver;

import static jcuda.driver.JCudaDriver.cuDeviceGetCount;
import static jcuda.driver.JCudaDriver.cuDriverGetVersion;
import static jcuda.driver.JCudaDriver.cuInit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jcuda.driver.CUresult;

/** The driver API of real cards, through JCuda; only launches go past it, see {@link Launcher}. */
public final class JCudaDriver implements CudaDriver {
  private static final String BINDING = "libJCudaDriver-12.6.0-linux-x86_64.so";

  private static final Path MODULE = Path.of("/proc/driver/nvidia/version");

  /** After the words that say which flavour it is. */
  private static final Pattern MODULE_VERSION = Pattern.compile("Module.*?\\s(\\d+\\.[\\d.]+)");

  private final ConcurrentHashMap<Integer, JCudaContext> contexts = new ConcurrentHashMap<>();
  private final int version;
  private final int count;

  /**
   * Starts the driver.
   *
   * @throws CudaException if there is no driver or no GPU; the message names what is missing
   */
  public JCudaDriver() {
    if (!Launcher.findsDriver()) {
      throw new CudaException(
          "cuda: there is no NVIDIA driver (libcuda.so.1) on this machine\n"
              + "  fix: install the NVIDIA driver, or run without a GPU on the PTX machine with"
              + " -Dmanabi.cuda.driver=ptx");
    }
    try {
      NativeBinding.load(
          BINDING, image -> image, () -> jcuda.driver.JCudaDriver.setExceptionsEnabled(false));
      JCudaStatus.check(cuInit(0), "cuInit");
    } catch (IOException | UnsatisfiedLinkError e) {
      throw new CudaException(
          "cuda: JCuda's native library does not load: "
              + e.getMessage()
              + "\n  fix: put jcuda-natives 12.6.0 for this platform on the path",
          e);
    }
    int[] answer = new int[1];
    JCudaStatus.check(cuDriverGetVersion(answer), "cuDriverGetVersion");
    version = answer[0];
    JCudaStatus.check(cuDeviceGetCount(answer), "cuDeviceGetCount");
    count = answer[0];
    if (count == 0) {
      throw JCudaStatus.failure(CUresult.CUDA_ERROR_NO_DEVICE, "cuDeviceGetCount", "");
    }
  }

  @Override
  public String name() {
    return "jcuda";
  }

  @Override
  public String version() {
    String cuda = "CUDA " + version / 1000 + "." + version % 1000 / 10;
    return kernelModule().map(module -> cuda + ", NVIDIA " + module).orElse(cuda);
  }

  /** The version of the driver's part in the system's kernel, as Linux shows it. */
  private static Optional<String> kernelModule() {
    try {
      Matcher m = MODULE_VERSION.matcher(Files.readString(MODULE));
      return m.find() ? Optional.of(m.group(1)) : Optional.empty();
    } catch (IOException absent) {
      return Optional.empty();
    }
  }

  @Override
  public int deviceCount() {
    return count;
  }

  @Override
  public CudaContext context(int index) {
    if (index >= count) {
      throw new CudaException(
          "cuda: no device " + index + "\n  fix: devices are 0 .. " + (count - 1));
    }
    return contexts.computeIfAbsent(index, JCudaContext::new);
  }
}
