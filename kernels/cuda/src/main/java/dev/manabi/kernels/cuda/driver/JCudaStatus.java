package dev.manabi.kernels.cuda.driver;

import jcuda.driver.CUresult;

/** Turns a status of the driver API into an error that says what failed and what to do. */
final class JCudaStatus {
  private JCudaStatus() {}

  static void check(int status, String call) {
    check(status, call, "");
  }

  /** For a call that was given {@code with}, see {@link #failure}. */
  static void check(int status, String call, String with) {
    if (status != CUresult.CUDA_SUCCESS) {
      throw failure(status, call, with);
    }
  }

  /**
   * The error for {@code status}.
   *
   * @param with what the call was given, such as the kernel and the grid; may be empty
   */
  static CudaException failure(int status, String call, String with) {
    return new CudaException(
        "%s: %s (%s)%s\n  fix: %s"
            .formatted(
                call,
                CUresult.stringFor(status),
                status,
                with.isEmpty() ? "" : "\n  " + with,
                advice(status)));
  }

  private static String advice(int status) {
    return switch (status) {
      case CUresult.CUDA_ERROR_OUT_OF_MEMORY ->
          "use smaller batches, close regions earlier, or end other programs on this GPU";
      case CUresult.CUDA_ERROR_INVALID_PTX, CUresult.CUDA_ERROR_UNSUPPORTED_PTX_VERSION ->
          "update the NVIDIA driver: it does not know the PTX of this kernel";
      case CUresult.CUDA_ERROR_NO_BINARY_FOR_GPU ->
          "this kernel needs a newer GPU: compute capability 7.5, and 8.0 for tensor-core kernels";
      case CUresult.CUDA_ERROR_ILLEGAL_ADDRESS,
          CUresult.CUDA_ERROR_MISALIGNED_ADDRESS,
          CUresult.CUDA_ERROR_LAUNCH_FAILED ->
          "a kernel before this call touched memory that is not its own; run the same with"
              + " -Dmanabi.cuda.driver=ptx, which names the kernel, the line and the thread";
      case CUresult.CUDA_ERROR_INVALID_VALUE, CUresult.CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES ->
          "the grid, the block or its shared memory is larger than this device allows";
      case CUresult.CUDA_ERROR_NO_DEVICE ->
          "this machine has no NVIDIA GPU, or CUDA_VISIBLE_DEVICES hides it";
      default -> "run ./manabi doctor, which shows driver, devices and libraries";
    };
  }
}
