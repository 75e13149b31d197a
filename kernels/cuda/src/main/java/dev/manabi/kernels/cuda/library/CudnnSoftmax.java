package dev.manabi.kernels.cuda.library;

import dev.manabi.tensor.Tensor;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnSoftmaxAlgorithm;
import jcuda.jcudnn.cudnnSoftmaxMode;
import jcuda.jcudnn.cudnnTensorDescriptor;
import org.jspecify.annotations.Nullable;

/**
 * Softmax or its logarithm along an axis; works on the addresses of x and y.
 *
 * @param lines what lies before the axis, the axis, what lies behind it, and 1
 */
public record CudnnSoftmax(CudnnTensor lines, boolean logarithm) implements CudnnProblem {

  /** {@code null} unless both are contiguous floats. */
  public static @Nullable CudnnSoftmax of(int axis, boolean logarithm, Tensor x, Tensor y) {
    boolean fits = Cudnn.knows(x, y) && x.layout().isContiguous() && y.layout().isContiguous();
    if (!fits) {
      return null;
    }
    int length = x.shape().dim(axis);
    int before = 1;
    for (int i = 0; i < axis; i++) {
      before *= x.shape().dim(i);
    }
    int behind = Math.toIntExact(x.numel() / before / length);
    CudnnTensor lines = CudnnTensor.contiguous(x.dtype(), before, length, behind, 1);
    return new CudnnSoftmax(lines, logarithm);
  }

  @Override
  public Work prepare(Cudnn dnn) {
    cudnnTensorDescriptor d = Cudnn.describe(lines);
    int algorithm =
        logarithm
            ? cudnnSoftmaxAlgorithm.CUDNN_SOFTMAX_LOG
            : cudnnSoftmaxAlgorithm.CUDNN_SOFTMAX_ACCURATE;
    return at ->
        Cudnn.check(
            JCudnn.cudnnSoftmaxForward(
                dnn.handle(),
                algorithm,
                cudnnSoftmaxMode.CUDNN_SOFTMAX_MODE_CHANNEL,
                Cudnn.one(lines.dtype()),
                d,
                new DeviceAddress(at[0]),
                Cudnn.zero(lines.dtype()),
                d,
                new DeviceAddress(at[1])),
            "cudnnSoftmaxForward");
  }
}
