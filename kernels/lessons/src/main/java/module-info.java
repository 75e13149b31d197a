/** How kernels get fast, one step after another; nothing else depends on it but benchmarks. */
module dev.manabi.kernels.lessons {
  requires transitive dev.manabi.kernels;
  requires jdk.incubator.vector;

  exports dev.manabi.kernels.lessons.conv;
  exports dev.manabi.kernels.lessons.gemm;
}
