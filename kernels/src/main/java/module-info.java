/** The scalar reference of every op and the Vector API backend; found through ServiceLoader. */
module dev.manabi.kernels {
  requires transitive dev.manabi.tensor;
  requires jdk.incubator.vector;

  exports dev.manabi.kernels.reference;
  exports dev.manabi.kernels.cpu;
  exports dev.manabi.kernels.cases;

  provides dev.manabi.tensor.run.Backend with
      dev.manabi.kernels.cpu.CpuBackend,
      dev.manabi.kernels.reference.ReferenceBackend;
}
