/** The example programs and the command line. */
module dev.manabi.examples {
  requires dev.manabi.data;
  requires dev.manabi.kernels;
  requires dev.manabi.nn;
}
