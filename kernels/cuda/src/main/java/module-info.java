/** The CUDA backend; found through ServiceLoader. */
@SuppressWarnings("requires-automatic")
module dev.manabi.kernels.cuda {
  requires transitive dev.manabi.tensor;
  requires dev.manabi.kernels.ptx;
  requires jcublas;
  requires jcuda;
  requires jcudnn;

  exports dev.manabi.kernels.cuda;
  exports dev.manabi.kernels.cuda.driver;

  provides dev.manabi.tensor.run.Backend with
      dev.manabi.kernels.cuda.CudaBackend;
}
