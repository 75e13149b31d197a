package dev.manabi.kernels.cuda.library;

import dev.manabi.kernels.cuda.driver.Cleanup;
import dev.manabi.kernels.cuda.driver.CudaException;
import dev.manabi.tensor.DType;
import dev.manabi.tensor.Layout;
import dev.manabi.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import jcuda.Pointer;
import jcuda.driver.CUstream;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnDataType;
import jcuda.jcudnn.cudnnHandle;
import jcuda.jcudnn.cudnnTensorDescriptor;
import jcuda.runtime.cudaStream_t;

/**
 * cuDNN for work in one stream. The numbers of cuDNN 9's statuses are not those that JCudnn has
 * names for, so the library itself is asked for their text.
 */
public final class Cudnn {
  private static final int BF16 = 9;

  private static final Pointer ONE = Pointer.to(new float[] {1});
  private static final Pointer ZERO = Pointer.to(new float[] {0});
  private static final Pointer ONE_F64 = Pointer.to(new double[] {1});
  private static final Pointer ZERO_F64 = Pointer.to(new double[] {0});

  private final cudnnHandle handle = new cudnnHandle();

  /** For work in {@code stream}. */
  public Cudnn(CUstream stream) {
    check(JCudnn.cudnnCreate(handle), "cudnnCreate");
    try {
      check(JCudnn.cudnnSetStream(handle, new cudaStream_t(stream)), "cudnnSetStream");
    } catch (RuntimeException e) {
      throw Cleanup.after(e, List.of(() -> JCudnn.cudnnDestroy(handle)));
    }
  }

  cudnnHandle handle() {
    return handle;
  }

  static void check(int status, String call) {
    if (status != 0) {
      throw new CudaException(
          call
              + ": "
              + JCudnn.cudnnGetErrorString(status)
              + " ("
              + status
              + ")\n  fix: -Dmanabi.cuda.prefer=hand does without cuDNN");
    }
  }

  /** A factor for results of {@code dtype}: those of f16 and bf16 are f32. */
  static Pointer one(DType dtype) {
    return dtype == DType.F64 ? ONE_F64 : ONE;
  }

  static Pointer zero(DType dtype) {
    return dtype == DType.F64 ? ZERO_F64 : ZERO;
  }

  /** Whether cuDNN knows such tensors: of floats, without gaps, counted by ints. */
  public static boolean knows(Tensor... tensors) {
    for (Tensor t : tensors) {
      Layout layout = t.layout();
      boolean known =
          t.dtype().isFloating()
              && t.numel() > 0
              && t.numel() <= Integer.MAX_VALUE
              && layout.isDense()
              && Arrays.stream(layout.strides()).allMatch(s -> s >= 0 && s <= Integer.MAX_VALUE);
      if (!known) {
        return false;
      }
    }
    return true;
  }

  static int type(DType dtype) {
    return switch (dtype) {
      case F32 -> cudnnDataType.CUDNN_DATA_FLOAT;
      case F64 -> cudnnDataType.CUDNN_DATA_DOUBLE;
      case F16 -> cudnnDataType.CUDNN_DATA_HALF;
      case BF16 -> BF16;
      case I64, I32, I8, U8, BOOL ->
          throw new IllegalArgumentException("cudnn: no tensors of " + dtype);
    };
  }

  /** A new descriptor of {@code t}. */
  static cudnnTensorDescriptor describe(CudnnTensor t) {
    cudnnTensorDescriptor descriptor = new cudnnTensorDescriptor();
    check(JCudnn.cudnnCreateTensorDescriptor(descriptor), "cudnnCreateTensorDescriptor");
    check(
        JCudnn.cudnnSetTensor4dDescriptorEx(
            descriptor,
            type(t.dtype()),
            t.dims().get(0),
            t.dims().get(1),
            t.dims().get(2),
            t.dims().get(3),
            t.strides().get(0),
            t.strides().get(1),
            t.strides().get(2),
            t.strides().get(3)),
        "cudnnSetTensor4dDescriptorEx");
    return descriptor;
  }
}
