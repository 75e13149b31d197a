package dev.manabi.kernels.cuda.library;

import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.op.PoolOp;
import jcuda.Pointer;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnNanPropagation;
import jcuda.jcudnn.cudnnPoolingDescriptor;
import jcuda.jcudnn.cudnnPoolingMode;
import jcuda.jcudnn.cudnnTensorDescriptor;
import org.jspecify.annotations.Nullable;

/**
 * Average pooling, or its gradient; works on the addresses of x and y, or of the gradients of y and
 * x. Maxima are pooled by hand: cuDNN does not tell their places, which {@code max_pool2d} yields,
 * and its gradient asks for x and y instead of them.
 *
 * @param x the planes that windows slide over, or their gradient
 * @param y the means, or their gradient
 */
public record CudnnAverage(CudnnTensor x, CudnnTensor y, PoolOp.Sliding window, boolean gradient)
    implements CudnnProblem {

  /** {@code null} if the tensors or the windows are not such as cuDNN knows. */
  public static @Nullable CudnnAverage of(
      PoolOp.Window window, boolean gradient, Tensor x, Tensor y) {
    return window instanceof PoolOp.Sliding s
            && s.dilationH() == 1
            && s.dilationW() == 1
            && Cudnn.knows(x, y)
            && y.shape().dim(2) == whole(x.shape().dim(2), s.kernelH(), s.strideH(), s.paddingH())
            && y.shape().dim(3) == whole(x.shape().dim(3), s.kernelW(), s.strideW(), s.paddingW())
        ? new CudnnAverage(CudnnTensor.of(x), CudnnTensor.of(y), s, gradient)
        : null;
  }

  /** How many windows do not hang over the edge. */
  private static int whole(int size, int kernel, int stride, int padding) {
    return (size + 2 * padding - kernel) / stride + 1;
  }

  /** What cuDNN calls the way of counting padding. */
  int mode() {
    return window.countPadding()
        ? cudnnPoolingMode.CUDNN_POOLING_AVERAGE_COUNT_INCLUDE_PADDING
        : cudnnPoolingMode.CUDNN_POOLING_AVERAGE_COUNT_EXCLUDE_PADDING;
  }

  @Override
  public Work prepare(Cudnn dnn) {
    cudnnTensorDescriptor xs = Cudnn.describe(x);
    cudnnTensorDescriptor ys = Cudnn.describe(y);
    cudnnPoolingDescriptor pooling = new cudnnPoolingDescriptor();
    Cudnn.check(JCudnn.cudnnCreatePoolingDescriptor(pooling), "cudnnCreatePoolingDescriptor");
    Cudnn.check(
        JCudnn.cudnnSetPooling2dDescriptor(
            pooling,
            mode(),
            cudnnNanPropagation.CUDNN_PROPAGATE_NAN,
            window.kernelH(),
            window.kernelW(),
            window.paddingH(),
            window.paddingW(),
            window.strideH(),
            window.strideW()),
        "cudnnSetPooling2dDescriptor");
    Pointer one = Cudnn.one(x.dtype());
    Pointer zero = Cudnn.zero(x.dtype());
    if (!gradient) {
      return at ->
          Cudnn.check(
              JCudnn.cudnnPoolingForward(
                  dnn.handle(),
                  pooling,
                  one,
                  xs,
                  new DeviceAddress(at[0]),
                  zero,
                  ys,
                  new DeviceAddress(at[1])),
              "cudnnPoolingForward");
    }
    return at -> {
      Pointer dy = new DeviceAddress(at[0]);
      Pointer dx = new DeviceAddress(at[1]);
      // What was pooled and its means do not matter to the gradient, but have to be somewhere.
      Cudnn.check(
          JCudnn.cudnnPoolingBackward(
              dnn.handle(), pooling, one, ys, dy, ys, dy, xs, dx, zero, xs, dx),
          "cudnnPoolingBackward");
    };
  }
}
