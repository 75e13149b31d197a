package dev.manabi.kernels.cuda.driver;

/** PTX loaded into a context. */
public interface CudaModule {
  String name();

  /**
   * The kernel with this name.
   *
   * @throws CudaException if the module has none
   */
  CudaKernel kernel(String kernel);
}
