package dev.manabi.kernels.cuda;

import dev.manabi.kernels.cuda.library.Cudnn;
import dev.manabi.kernels.cuda.library.CudnnConvolution;
import dev.manabi.kernels.cuda.library.CudnnConvolution.Direction;
import dev.manabi.tensor.DType;
import dev.manabi.tensor.Layout;
import dev.manabi.tensor.Shape;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.op.ConvOp;
import dev.manabi.tensor.op.ElementwiseOp.BinaryFn;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A convolution or gradient of one as cuDNN can do it; bias and epilogue are launches after it. */
final class LibraryConvolution {
  /** What the speed of a convolution, and cuDNN's description of it, depend on. */
  private record Key(
      Direction direction,
      ConvOp.Params params,
      DType dtype,
      Shape x,
      Shape weight,
      List<Long> strides,
      Epilogue.Kind epilogue) {}

  private final Gpu gpu;
  private final Cudnn dnn;
  private final Map<Object, CudnnConvolution> problems;
  private final Key key;
  private final Convolution c;

  private LibraryConvolution(
      Gpu gpu, Cudnn dnn, Map<Object, CudnnConvolution> problems, Convolution c) {
    this.gpu = gpu;
    this.dnn = dnn;
    this.problems = problems;
    this.c = c;
    List<Long> strides =
        Arrays.stream(new Tensor[] {c.x(), c.weight(), c.y()})
            .flatMapToLong(t -> Arrays.stream(t.layout().strides()))
            .boxed()
            .toList();
    Direction direction =
        switch (c.op()) {
          case ConvOp.Conv2d _ -> Direction.FORWARD;
          case ConvOp.InputGrad _ -> Direction.INPUT;
          case ConvOp.WeightGrad _ -> Direction.FILTER;
        };
    key =
        new Key(
            direction,
            c.params(),
            c.x().dtype(),
            c.x().shape(),
            c.weight().shape(),
            strides,
            c.epilogue().kind());
  }

  /**
   * {@code null} if cuDNN does not know the images, or bias or epilogue must see the sums before
   * they are rounded to 16 bits.
   */
  static @Nullable LibraryConvolution of(
      Gpu gpu, Cudnn dnn, Map<Object, CudnnConvolution> problems, Convolution c) {
    DType dtype = c.y().dtype();
    boolean fits =
        c.weight().numel() > 0
            && c.epilogue().fitsAfter(dtype)
            && (c.bias() == null || Axes.arithmetic(dtype) == dtype);
    return fits && Cudnn.knows(c.x(), c.y()) ? new LibraryConvolution(gpu, dnn, problems, c) : null;
  }

  Object key() {
    return key;
  }

  /** Computes it, with a copy of the filters if they lie otherwise than cuDNN wants them. */
  void run() {
    Tensor weight = c.weight();
    Layout filters = CudnnConvolution.filters(weight.shape(), c.x(), c.y());
    if (Copies.sameOrder(weight.layout(), filters)) {
      compute(weight);
    } else {
      try (Scratch copy = Scratch.of(gpu, weight.dtype(), filters)) {
        boolean computed = key.direction() == Direction.FILTER;
        if (!computed) {
          Copies.copy(gpu, weight, copy.tensor());
        }
        compute(copy.tensor());
        if (computed) {
          Copies.copy(gpu, copy.tensor(), weight);
        }
      }
    }
    addBias();
    c.epilogue().finish(gpu, c.y());
  }

  private void compute(Tensor weight) {
    CudnnConvolution problem =
        problems.computeIfAbsent(
            key,
            k ->
                new CudnnConvolution(
                    dnn, key.direction(), key.params(), c.x(), weight.shape(), c.y()));
    gpu.withScratch(
        Math.max(1, problem.workspace()), scratch -> problem.run(c.x(), weight, c.y(), scratch));
  }

  private void addBias() {
    Tensor bias = c.bias();
    if (bias != null) {
      int[] dims = {1, c.y().shape().dim(1), 1, 1};
      long[] strides = {0, bias.layout().stride(0), 0, 0};
      Layout channels = Layout.of(Shape.of(dims), strides, bias.layout().offset());
      Elementwise.binary(gpu, BinaryFn.ADD, c.y(), bias.withLayout(channels), c.y());
    }
  }
}
