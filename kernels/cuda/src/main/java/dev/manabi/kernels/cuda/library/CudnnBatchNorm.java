package dev.manabi.kernels.cuda.library;

import dev.manabi.tensor.DType;
import dev.manabi.tensor.Ints;
import dev.manabi.tensor.Tensor;
import jcuda.Pointer;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnBatchNormMode;
import jcuda.jcudnn.cudnnTensorDescriptor;
import org.jspecify.annotations.Nullable;

/**
 * Batch norm in training, or its gradient. Works on the addresses of x, weight, bias, y, mean and 1
 * / deviation; or of x, weight, mean, 1 / deviation, and the gradients of y, x, weight and bias. In
 * evaluation batch norm is an elementwise op, a scale and a shift of each channel, which waits for
 * memory however it is computed: there a library has nothing to gain.
 *
 * @param x [N, C, H, W]
 * @param y y, or its gradient
 * @param gradX the gradient of x; {@code x} itself where none is computed
 */
public record CudnnBatchNorm(
    CudnnTensor x, CudnnTensor y, CudnnTensor gradX, double eps, boolean gradient)
    implements CudnnProblem {
  private static final Ints IMAGES = Ints.of(0, 2, 3);
  private static final Ints FEATURES = Ints.of(0);

  /** The gradient is given deviations, but asks for an epsilon all the same. */
  private static final double ANY_EPS = 1e-5;

  private static final int SPATIAL = cudnnBatchNormMode.CUDNN_BATCHNORM_SPATIAL;

  /**
   * {@code null} if it is none that cuDNN knows: other axes, strides with gaps, or f16 and bf16,
   * for which it takes weights of f32.
   *
   * @param perChannel what has a number for each channel
   */
  public static @Nullable CudnnBatchNorm forward(
      Ints axes, double eps, Tensor x, Tensor y, Tensor... perChannel) {
    return fits(axes, x, new Tensor[] {y}, perChannel)
        ? new CudnnBatchNorm(planes(x), planes(y), planes(x), eps, false)
        : null;
  }

  /** Its gradient, on the same conditions. */
  public static @Nullable CudnnBatchNorm gradient(
      Ints axes, Tensor x, Tensor gradY, Tensor gradX, Tensor... perChannel) {
    return fits(axes, x, new Tensor[] {gradY, gradX}, perChannel)
        ? new CudnnBatchNorm(planes(x), planes(gradY), planes(gradX), ANY_EPS, true)
        : null;
  }

  private static boolean fits(Ints axes, Tensor x, Tensor[] likeX, Tensor[] perChannel) {
    boolean fits =
        (x.rank() == 4 ? axes.equals(IMAGES) : x.rank() == 2 && axes.equals(FEATURES))
            && (x.dtype() == DType.F32 || x.dtype() == DType.F64)
            && isPlain(x);
    for (Tensor t : likeX) {
      fits = fits && isPlain(t);
    }
    for (Tensor t : perChannel) {
      fits = fits && t.layout().isContiguous() && t.numel() == x.shape().dim(1);
    }
    return fits;
  }

  private static boolean isPlain(Tensor t) {
    return Cudnn.knows(t) && (t.rank() == 4 || t.layout().isContiguous());
  }

  private static CudnnTensor planes(Tensor t) {
    return t.rank() == 4
        ? CudnnTensor.of(t)
        : CudnnTensor.contiguous(t.dtype(), t.shape().dim(0), t.shape().dim(1), 1, 1);
  }

  @Override
  public Work prepare(Cudnn dnn) {
    DType dtype = x.dtype();
    Pointer one = Cudnn.one(dtype);
    Pointer zero = Cudnn.zero(dtype);
    cudnnTensorDescriptor xs = Cudnn.describe(x);
    cudnnTensorDescriptor ys = Cudnn.describe(y);
    cudnnTensorDescriptor channels =
        Cudnn.describe(CudnnTensor.contiguous(dtype, 1, x.dims().get(1), 1, 1));
    if (gradient) {
      cudnnTensorDescriptor grads = Cudnn.describe(gradX);
      return at ->
          Cudnn.check(
              JCudnn.cudnnBatchNormalizationBackward(
                  dnn.handle(),
                  SPATIAL,
                  one,
                  zero,
                  one,
                  zero,
                  xs,
                  new DeviceAddress(at[0]),
                  ys,
                  new DeviceAddress(at[4]),
                  grads,
                  new DeviceAddress(at[5]),
                  channels,
                  new DeviceAddress(at[1]),
                  new DeviceAddress(at[6]),
                  new DeviceAddress(at[7]),
                  eps,
                  new DeviceAddress(at[2]),
                  new DeviceAddress(at[3])),
              "cudnnBatchNormalizationBackward");
    }
    return at ->
        Cudnn.check(
            JCudnn.cudnnBatchNormalizationForwardTraining(
                dnn.handle(),
                SPATIAL,
                one,
                zero,
                xs,
                new DeviceAddress(at[0]),
                ys,
                new DeviceAddress(at[3]),
                channels,
                new DeviceAddress(at[1]),
                new DeviceAddress(at[2]),
                // Running statistics are an op of their own.
                0,
                new Pointer(),
                new Pointer(),
                eps,
                new DeviceAddress(at[4]),
                new DeviceAddress(at[5])),
            "cudnnBatchNormalizationForwardTraining");
  }
}
