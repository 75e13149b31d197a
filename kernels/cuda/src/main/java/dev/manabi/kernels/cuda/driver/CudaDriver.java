package dev.manabi.kernels.cuda.driver;

/** What the CUDA backend needs of CUDA: devices, and a context on each. */
public interface CudaDriver {
  /** {@code jcuda} or {@code ptx}. */
  String name();

  /** The versions of the driver as people write them, such as {@code CUDA 13.0, NVIDIA 580.65}. */
  String version();

  int deviceCount();

  /** The context of device {@code index}, always the same one. */
  CudaContext context(int index);
}
