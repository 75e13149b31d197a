package dev.manabi.kernels.cpu;

import dev.manabi.kernels.cpu.DoubleWindows.Axis;
import dev.manabi.tensor.Ints;
import dev.manabi.tensor.Layout;
import dev.manabi.tensor.Shape;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.op.ConvOp;
import org.jspecify.annotations.Nullable;

/**
 * {@link ConvOp} on f64: convolutions and gradients, group by group, as products with the windows
 * of the images ({@link DoubleWindows}).
 */
final class DoubleConvolutions {
  private DoubleConvolutions() {}

  static void run(ConvOp op, Tensor[] in, Tensor out) {
    byGroups(op, in, out);
    if (op instanceof ConvOp.Conv2d conv) {
      Products.finishDoubles(in, conv.relu(), out);
    }
  }

  private static void byGroups(ConvOp op, Tensor[] in, Tensor out) {
    ConvOp.Params p = op.params();
    for (int i = 0; i < p.groups(); i++) {
      switch (op) {
        case ConvOp.Conv2d _ -> {
          Tensor bias = in.length < 3 ? null : group(in[2], 0, i, p.groups());
          Tensor x = group(in[0], 1, i, p.groups());
          Tensor weight = group(in[1], 0, i, p.groups());
          Tensor y = group(out, 1, i, p.groups());
          correlate(x, weight, rows(p, weight, y), columns(p, weight, y), bias, y);
        }
        case ConvOp.InputGrad _ ->
            inputGrad(
                p,
                group(in[0], 1, i, p.groups()),
                group(in[1], 0, i, p.groups()),
                group(out, 1, i, p.groups()));
        case ConvOp.WeightGrad _ ->
            weightGrad(
                p,
                group(in[0], 1, i, p.groups()),
                group(in[1], 1, i, p.groups()),
                group(out, 0, i, p.groups()));
      }
    }
  }

  private static Tensor group(Tensor t, int axis, int i, int groups) {
    int size = t.size(axis) / groups;
    return Indexes.slice(t, axis, i * size, size);
  }

  private static Axis rows(ConvOp.Params p, Tensor weight, Tensor y) {
    return new Axis(y.size(2), weight.size(2), p.strideH(), -p.paddingH(), p.dilationH());
  }

  private static Axis columns(ConvOp.Params p, Tensor weight, Tensor y) {
    return new Axis(y.size(3), weight.size(3), p.strideW(), -p.paddingW(), p.dilationW());
  }

  /** {@code x} must be channels-last. */
  private static DoubleWindows windows(Tensor x, Axis rows, Axis columns) {
    return new DoubleWindows(x.address(), x.size(2), x.size(3), x.size(1), rows, columns);
  }

  /** {@code y [N, O, OH, OW]}: the windows of {@code x} times {@code weight [O, C, KH, KW]}. */
  private static void correlate(
      Tensor x, Tensor weight, Axis rows, Axis columns, @Nullable Tensor bias, Tensor y) {
    try (var operands = new Operands()) {
      Tensor image = operands.as(x, Layout.channelsLast(x.shape()));
      Tensor filter = operands.as(weight, tapsFirst(weight.shape()));
      Tensor target = operands.target(y, Layout.channelsLast(y.shape()));
      if (bias != null) {
        long[] strides = {0, bias.layout().stride(0), 0, 0};
        Layout spread = Layout.of(y.shape(), strides, bias.layout().offset());
        Copies.run(bias.withLayout(spread), target);
      }
      int channels = y.size(1);
      DoubleGemm.multiply(
          y.size(0) * rows.windows() * columns.windows(),
          channels,
          rows.taps() * columns.taps() * x.size(1),
          windows(image, rows, columns),
          new DoubleMatrix(filter.address(), channels, 1),
          new DoubleMatrix(target.address(), channels, 1),
          bias != null);
    }
  }

  /** Memory of the order KH, KW, C, O: a row for each number of a window. */
  private static Layout tapsFirst(Shape weight) {
    long out = weight.dim(0);
    long pixel = weight.dim(1) * out;
    return Layout.of(weight, new long[] {1, out, weight.dim(3) * pixel, pixel}, 0);
  }

  /**
   * With strides, the pixels whose number leaves the same remainder meet the same taps, and those
   * taps in steps: each such phase is a convolution of the gradient with some of the weights.
   */
  private static void inputGrad(ConvOp.Params p, Tensor g, Tensor weight, Tensor x) {
    Tensor turned = weight.withLayout(weight.layout().permute(Ints.of(1, 0, 2, 3)));
    for (int r = 0; r < Math.min(p.strideH(), x.size(2)); r++) {
      Phase rows = Phase.of(r, p.strideH(), p.paddingH(), p.dilationH(), x.size(2), weight.size(2));
      for (int q = 0; q < Math.min(p.strideW(), x.size(3)); q++) {
        Phase columns =
            Phase.of(q, p.strideW(), p.paddingW(), p.dilationW(), x.size(3), weight.size(3));
        Tensor some = columns.taps(rows.taps(turned, 2), 3);
        Tensor pixels = columns.pixels(rows.pixels(x, 2), 3);
        correlate(g, some, rows.axis, columns.axis, null, pixels);
      }
    }
  }

  /**
   * Every {@code stride}-th pixel from {@code pixel} on, and the taps that they meet.
   *
   * @param axis where those taps find gradients: output {@code o} is met by pixel {@code o * stride
   *     - padding + tap * dilation}
   */
  private record Phase(int pixel, int stride, int tap, int tapStep, Axis axis) {
    static Phase of(int pixel, int stride, int padding, int dilation, int size, int taps) {
      int step = stride / ColumnGroups.gcd(stride, dilation);
      int tap = 0;
      while (tap < Math.min(step, taps) && (pixel + padding - tap * dilation) % stride != 0) {
        tap++;
      }
      int met = tap == step ? 0 : Math.ceilDiv(taps - tap, step);
      int start = (pixel + padding - tap * dilation) / stride;
      int windows = Math.ceilDiv(size - pixel, stride);
      return new Phase(
          pixel, stride, tap, step, new Axis(windows, met, 1, start, -step * dilation / stride));
    }

    Tensor pixels(Tensor x, int axisOfX) {
      return stepped(x, axisOfX, pixel, axis.windows(), stride);
    }

    Tensor taps(Tensor weight, int axisOfWeight) {
      return stepped(weight, axisOfWeight, tap, axis.taps(), tapStep);
    }

    private static Tensor stepped(Tensor t, int axis, int from, int n, int step) {
      int[] starts = new int[t.rank()];
      int[] steps = {1, 1, 1, 1};
      starts[axis] = n == 0 ? 0 : from;
      steps[axis] = step;
      Ints sizes = Ints.of(t.shape().with(axis, n).toArray());
      return t.withLayout(t.layout().slice(Ints.of(starts), sizes, Ints.of(steps)));
    }
  }

  /** The transpose of the pixels of {@code g} times the windows of {@code x}. */
  private static void weightGrad(ConvOp.Params p, Tensor x, Tensor g, Tensor weight) {
    try (var operands = new Operands()) {
      Tensor image = operands.as(x, Layout.channelsLast(x.shape()));
      Tensor gradient = operands.as(g, Layout.channelsLast(g.shape()));
      Tensor target = operands.target(weight, Layout.channelsLast(weight.shape()));
      int out = weight.size(0);
      int window = (int) (weight.numel() / out);
      DoubleGemm.multiply(
          out,
          window,
          g.size(0) * g.size(2) * g.size(3),
          new DoubleMatrix(gradient.address(), 1, out),
          windows(image, rows(p, weight, g), columns(p, weight, g)),
          new DoubleMatrix(target.address(), window, 1),
          false);
    }
  }
}
