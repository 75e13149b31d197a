package dev.manabi.kernels.cuda;

import dev.manabi.kernels.cuda.library.Cudnn;
import dev.manabi.kernels.cuda.library.Cudnn.Direction;
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

/** A convolution or gradient of one as cuDNN can do it; the bias is added after it. */
final class LibraryConvolution {
  /** What the speed of a convolution, and cuDNN's description of it, depend on. */
  private record Key(
      Direction direction,
      ConvOp.Params params,
      DType dtype,
      Shape x,
      Shape weight,
      List<Long> strides) {}

  private final Gpu gpu;
  private final Cudnn dnn;
  private final Map<Object, Cudnn.Problem> problems;
  private final Key key;
  private final Tensor x;
  private final Tensor weight;
  private final Tensor y;
  private final @Nullable Tensor bias;

  private LibraryConvolution(
      Gpu gpu,
      Cudnn dnn,
      Map<Object, Cudnn.Problem> problems,
      Direction direction,
      ConvOp.Params params,
      Tensor x,
      Tensor weight,
      Tensor y,
      @Nullable Tensor bias) {
    this.gpu = gpu;
    this.dnn = dnn;
    this.problems = problems;
    this.x = x;
    this.weight = weight;
    this.y = y;
    this.bias = bias;
    List<Long> strides =
        Arrays.stream(new Tensor[] {x, weight, y})
            .flatMapToLong(t -> Arrays.stream(t.layout().strides()))
            .boxed()
            .toList();
    key = new Key(direction, params, x.dtype(), x.shape(), weight.shape(), strides);
  }

  /** {@code null} if the filters do not lie in one of the two orders that cuDNN takes. */
  static @Nullable LibraryConvolution of(
      Gpu gpu, Cudnn dnn, Map<Object, Cudnn.Problem> problems, ConvOp op, Tensor[] in, Tensor out) {
    LibraryConvolution c =
        switch (op) {
          case ConvOp.Conv2d o ->
              new LibraryConvolution(
                  gpu,
                  dnn,
                  problems,
                  Direction.FORWARD,
                  o.params(),
                  in[0],
                  in[1],
                  out,
                  in.length > 2 ? in[2] : null);
          case ConvOp.InputGrad o ->
              new LibraryConvolution(
                  gpu, dnn, problems, Direction.INPUT, o.params(), out, in[1], in[0], null);
          case ConvOp.WeightGrad o ->
              new LibraryConvolution(
                  gpu, dnn, problems, Direction.FILTER, o.params(), in[0], out, in[1], null);
        };
    Layout filters = c.weight.layout();
    boolean fits = filters.isContiguous() || filters.isChannelsLast();
    return fits && c.x.layout().isDense() && c.y.layout().isDense() ? c : null;
  }

  Object key() {
    return key;
  }

  void run() {
    Cudnn.Problem problem =
        problems.computeIfAbsent(
            key, k -> dnn.problem(key.direction(), key.params(), x, weight, y));
    gpu.withScratch(
        Math.max(1, problem.workspace()), scratch -> problem.run(x, weight, y, scratch));
    if (bias != null) {
      int[] dims = {1, y.shape().dim(1), 1, 1};
      long[] strides = {0, bias.layout().stride(0), 0, 0};
      Layout channels = Layout.of(Shape.of(dims), strides, bias.layout().offset());
      Elementwise.binary(gpu, BinaryFn.ADD, y, bias.withLayout(channels), y);
    }
  }
}
