package dev.manabi.kernels.cuda.driver;

/** Work that was captured and can be started again as one launch. */
public interface CudaGraph extends AutoCloseable {
  /** Starts everything that was captured, in its order, with the same addresses and parameters. */
  void launch();

  /** How many launches, copies and fills it holds. */
  int size();

  @Override
  void close();
}
