package dev.manabi.kernels.cuda.driver;

/** A call to CUDA failed, or a kernel did. The message says which, with what, and what to do. */
public final class CudaException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public CudaException(String message) {
    super(message);
  }

  public CudaException(String message, Throwable cause) {
    super(message, cause);
  }
}
