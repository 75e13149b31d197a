/** JMH benchmarks of the engine and of its peers. */
module dev.manabi.bench {
  requires dev.manabi.data;
  requires dev.manabi.kernels;
  requires dev.manabi.nn;
}
