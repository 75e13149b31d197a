package dev.manabi.kernels.cuda;

import dev.manabi.kernels.cases.Arrangement;
import dev.manabi.kernels.cases.Gradient;
import dev.manabi.kernels.cases.Input;
import dev.manabi.kernels.cases.OpCase;
import dev.manabi.kernels.cases.Tolerance;
import dev.manabi.kernels.cases.Values;
import dev.manabi.tensor.DType;
import dev.manabi.tensor.Ints;
import dev.manabi.tensor.op.ConvOp;
import dev.manabi.tensor.op.ElementwiseOp;
import dev.manabi.tensor.op.LinalgOp;
import dev.manabi.tensor.op.NormOp;
import dev.manabi.tensor.op.Op;
import dev.manabi.tensor.op.PoolOp;
import dev.manabi.tensor.op.ReduceOp;
import dev.manabi.tensor.op.ReduceOp.ReduceFn;
import java.util.ArrayList;
import java.util.List;

/**
 * Cases for the kernels that those of the catalog leave out: it has a few of each dtype, but for
 * every dtype there is a kernel for each way in which operands lie, and for sizes that are shared
 * out in another way.
 */
final class KernelCases {
  /** Besides f32, of which the catalog has everything. */
  private static final DType[] FLOATS = {DType.F64, DType.F16, DType.BF16};

  /** Those that tensor cores compute where there are any. */
  private static final DType[] HALVES = {DType.F16, DType.BF16};

  private static final DType[] INTEGERS = {DType.I64, DType.I32, DType.I8, DType.U8};

  private static final Tolerance SCALED =
      new Tolerance(0x1p-18, 0x1p-18, "mean and deviation are sums in f32, and scale the rest");

  private final List<OpCase> cases = new ArrayList<>();

  private KernelCases() {}

  /** For a device with tensor cores. */
  static List<OpCase> all() {
    KernelCases all = new KernelCases();
    for (DType dtype : FLOATS) {
      all.products(dtype);
      all.convolutions(dtype);
      all.norms(dtype);
      all.pools(dtype);
    }
    for (DType dtype : INTEGERS) {
      all.products(dtype);
    }
    for (DType dtype : new DType[] {DType.F32, DType.F16, DType.BF16}) {
      all.tiles(dtype);
    }
    for (DType dtype : DType.values()) {
      all.longReductions(dtype);
      all.longOrder(dtype);
    }
    all.moves();
    return List.copyOf(all.cases);
  }

  /** Of the dtypes that other kernels compute on a device without tensor cores. */
  static List<OpCase> withoutTensorCores() {
    KernelCases some = new KernelCases();
    for (DType dtype : HALVES) {
      some.products(dtype);
      some.convolutions(dtype);
    }
    return List.copyOf(some.cases);
  }

  private void add(Op op, Tolerance tolerance, Input... inputs) {
    cases.add(OpCase.of(op, tolerance, Gradient.NONE, inputs));
  }

  /** A sum that blocks share, and operands that lie in every way. */
  private void products(DType dtype) {
    products(dtype, 19, 23, 37);
    Values values = dtype.isFloating() ? Values.NORMAL : Values.TIES;
    Input wide = Input.of(3, 1100).with(dtype).with(values);
    Input tall = Input.of(1100, 5).with(dtype).with(values);
    add(new LinalgOp.MatMul(), Tolerance.sum(1100), wide, tall);
  }

  /** Either operand row by row and column by column. */
  private void products(DType dtype, int m, int k, int n) {
    Values values = dtype.isFloating() ? Values.NORMAL : Values.TIES;
    Input a = Input.of(m, k).with(dtype).with(values);
    Input b = Input.of(k, n).with(dtype).with(values);
    LinalgOp product = new LinalgOp.MatMul();
    for (Arrangement left : new Arrangement[] {Arrangement.CONTIGUOUS, Arrangement.TRANSPOSED}) {
      for (Arrangement right : new Arrangement[] {Arrangement.CONTIGUOUS, Arrangement.TRANSPOSED}) {
        add(product, Tolerance.sum(k), a.with(left), b.with(right));
      }
    }
  }

  /** Planes channel by channel and pixel by pixel, of numbers of channels that are no chunk. */
  private void convolutions(DType dtype) {
    for (Arrangement planes :
        new Arrangement[] {Arrangement.CONTIGUOUS, Arrangement.CHANNELS_LAST}) {
      Input x = Input.of(2, 5, 8, 9).with(dtype).with(planes);
      Input g = Input.of(2, 7, 8, 9).with(dtype).with(planes);
      convolution(x, Input.of(7, 5, 3, 3).with(dtype), g, 1);
    }
  }

  /** Rows in whole chunks, for tiles of 64 and of 128. */
  private void tiles(DType dtype) {
    products(dtype, 24, 40, 16);
    products(dtype, 136, 24, 136);
    products(dtype, 131, 19, 129);
    convolution(dtype, 2, 8, 7, 16, 3);
    convolution(dtype, 1, 8, 12, 136, 3);
    convolution(dtype, 1, 16, 6, 136, 3);
    convolution(dtype, 2, 128, 16, 8, 1);
  }

  private void convolution(DType dtype, int n, int channels, int size, int filters, int kernel) {
    Input x = Input.of(n, channels, size, size).with(dtype).with(Arrangement.CHANNELS_LAST);
    Input g = Input.of(n, filters, size, size).with(dtype).with(Arrangement.CHANNELS_LAST);
    convolution(x, Input.of(filters, channels, kernel, kernel).with(dtype), g, kernel / 2);
  }

  private void convolution(Input x, Input weight, Input g, int padding) {
    ConvOp.Params params = ConvOp.Params.of(1, padding, 1, 1);
    int kh = weight.shape().dim(2);
    int kw = weight.shape().dim(3);
    int h = x.shape().dim(2);
    int w = x.shape().dim(3);
    long window = weight.shape().numel() / weight.shape().dim(0);
    long seen = weight.shape().numel() / weight.shape().dim(1);
    long places = x.shape().numel() / x.shape().dim(1);
    add(new ConvOp.Conv2d(params), Tolerance.sum(window), x, weight);
    add(new ConvOp.InputGrad(params, h, w), Tolerance.sum(seen), g, weight);
    add(new ConvOp.WeightGrad(params, kh, kw), Tolerance.sum(places), x, g);
  }

  /** Batch norm of channels-last images, whose rows several blocks share. */
  private void norms(DType dtype) {
    Ints axes = Ints.of(0, 2, 3);
    Input x = Input.of(4, 8, 6, 7).with(dtype).with(Arrangement.CHANNELS_LAST);
    Input weight = Input.of(1, 8, 1, 1).with(dtype);
    Input rstd = weight.with(Values.uniform(0.5, 1.5));
    add(new NormOp.Norm(axes, 1e-5), SCALED, x, weight, weight);
    add(new NormOp.NormGrad(axes), Tolerance.sum(400), x, x, weight, weight, rstd);
  }

  private void pools(DType dtype) {
    Tolerance sums = Tolerance.sum(32);
    PoolOp.Window window = new PoolOp.Sliding(2, 2, 2, 2, 0, 0, 1, 1, false, true);
    Input g = Input.of(2, 5, 4, 3).with(dtype);
    add(new PoolOp.AvgPool2dGrad(window, 8, 6), sums, g);
    // In every plane the first pixel of each window.
    double[] corners = new double[12];
    for (int i = 0; i < corners.length; i++) {
      corners[i] = 2.0 * (i / 3) * 6 + 2.0 * (i % 3);
    }
    Values places = new Values("corners of windows", (n, random) -> repeated(corners, n));
    Input index = Input.of(2, 5, 4, 3).with(DType.I32).with(places);
    add(new PoolOp.PlaneScatter(8, 6, window), sums, g, index);
    add(new PoolOp.PlaneGather(), Tolerance.EXACT, Input.of(2, 5, 8, 6).with(dtype), index);
    add(new PoolOp.InterpolateGrad(PoolOp.Mode.BILINEAR, 7, 5, false), sums, g);
  }

  private static double[] repeated(double[] some, int count) {
    double[] all = new double[count];
    for (int i = 0; i < count; i++) {
      all[i] = some[i % some.length];
    }
    return all;
  }

  /** Few results of so many elements that several blocks share each. */
  private void longReductions(DType dtype) {
    for (ReduceFn fn : ReduceFn.values()) {
      if (fn == ReduceFn.MEAN && !dtype.isFloating()) {
        continue;
      }
      Values values =
          switch (fn) {
            case SUM, MEAN -> dtype.isFloating() ? Values.NORMAL : Values.TIES;
            // No product of these is rounded.
            case PROD -> Values.pick("one and its negative", 1, dtype == DType.BOOL ? 1 : -1);
            case MAX, MIN -> Values.TIES;
            case ANY, ALL -> Values.EVERY_THIRD_ZERO;
          };
      Tolerance tolerance =
          switch (fn) {
            case SUM -> Tolerance.sum(40_001);
            case MEAN -> Tolerance.sum(8);
            case PROD, MAX, MIN, ANY, ALL -> Tolerance.EXACT;
          };
      Input x = Input.of(40_001).with(dtype).with(values);
      add(new ReduceOp.Reduce(fn, Ints.of(0), false), tolerance, x);
    }
  }

  /** A line that is sorted in runs, which are then merged. */
  private void longOrder(DType dtype) {
    Input x = Input.of(5000).with(dtype).with(Values.TIES);
    add(new ReduceOp.ArgSort(0, false), Tolerance.EXACT, x);
  }

  private void moves() {
    for (DType dtype : new DType[] {DType.I64, DType.I8, DType.BF16}) {
      Input x = Input.of(40, 33).with(dtype).with(Values.TIES).with(Arrangement.TRANSPOSED);
      add(new ElementwiseOp.Copy(ElementwiseOp.Order.ROW_MAJOR), Tolerance.EXACT, x);
    }
    Input flags = Input.of(7, 33).with(DType.BOOL).with(Values.EVERY_THIRD_ZERO);
    add(new ReduceOp.CumSum(1, false), Tolerance.EXACT, flags);
  }
}
