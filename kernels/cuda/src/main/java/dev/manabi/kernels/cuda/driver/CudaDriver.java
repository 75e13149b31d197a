package dev.manabi.kernels.cuda.driver;

/** What the CUDA backend needs of CUDA: devices, and a context on each. */
public interface CudaDriver {
  /** {@code jcuda} or {@code ptx}. */
  String name();

  /** The version of the driver as people write it, such as {@code 13.0}. */
  String version();

  int deviceCount();

  /** The context of device {@code index}, always the same one. */
  CudaContext context(int index);
}
