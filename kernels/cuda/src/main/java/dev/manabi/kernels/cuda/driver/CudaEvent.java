package dev.manabi.kernels.cuda.driver;

/** A moment in the order of a context's work. */
public interface CudaEvent extends AutoCloseable {
  /** Waits until the work before this moment is done. */
  void await();

  /** Milliseconds on the device from {@code earlier} to this one; waits for both. */
  double since(CudaEvent earlier);

  @Override
  void close();
}
