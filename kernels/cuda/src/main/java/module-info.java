/** The CUDA backend; found through ServiceLoader. */
module dev.manabi.kernels.cuda {
  requires transitive dev.manabi.tensor;
  requires dev.manabi.kernels.ptx;
  requires jcuda;

  exports dev.manabi.kernels.cuda;
  exports dev.manabi.kernels.cuda.driver;

  provides dev.manabi.tensor.run.Backend with
      dev.manabi.kernels.cuda.CudaBackend;
}
