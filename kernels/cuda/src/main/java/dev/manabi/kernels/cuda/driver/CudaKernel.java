package dev.manabi.kernels.cuda.driver;

/** A kernel that can be launched in the context that loaded its module. */
public interface CudaKernel {
  /** {@code module.kernel}, for messages. */
  String name();

  /**
   * How many blocks of so many threads and bytes of dynamic shared memory one multiprocessor runs
   * at a time; 0 if not even one fits.
   *
   * @throws CudaException if a card refuses so much shared memory whatever else a block takes
   */
  int occupancy(int threads, int sharedBytes);
}
