/**
 * A machine that runs PTX kernels in Java: no GPU, every access checked, every instruction counted.
 */
module dev.manabi.kernels.ptx {
  requires static transitive org.jspecify;

  exports dev.manabi.kernels.ptx;
}
