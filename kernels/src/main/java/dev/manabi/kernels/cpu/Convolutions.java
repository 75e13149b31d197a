package dev.manabi.kernels.cpu;

import dev.manabi.tensor.DType;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.op.ConvOp;
import java.lang.foreign.Arena;

/**
 * {@link ConvOp} on f32: each of the three is one product per group of channels, over the image as
 * {@link Taps} shows it.
 */
final class Convolutions {
  private Convolutions() {}

  static void run(ConvOp op, Tensor[] in, Tensor[] out) {
    if (out[0].dtype() != DType.F32) {
      CpuBackend.reference(op, in, out);
      return;
    }
    if (out[0].numel() == 0) {
      return;
    }
    for (int group = 0; group < op.params().groups(); group++) {
      switch (op) {
        case ConvOp.Conv2d o -> forward(o.params(), group, in, out[0]);
        case ConvOp.InputGrad o -> inputGrad(o.params(), group, in[0], in[1], out[0]);
        case ConvOp.WeightGrad o -> weightGrad(o.params(), group, in[0], in[1], out[0]);
      }
    }
  }

  /** y [pixels, O] = taps of x [pixels, KH * KW * C] * weight. */
  private static void forward(ConvOp.Params p, int group, Tensor[] in, Tensor y) {
    Tensor weight = in[1];
    int inner = weight.size(1);
    int outer = weight.size(0) / p.groups();
    Taps taps = tapsOfInput(p, in[0], channel(in[0], group * inner), inner, weight, y);
    TapMatrix w = taps(weight, group * outer, 0, 1, inner);
    try (Arena arena = Arena.ofConfined()) {
      long bias =
          in.length < 3 ? 0 : Products.adjacent(in[2], arena) + (long) group * outer * Float.BYTES;
      product(y, group * outer, outer, weight.size(2) * weight.size(3) * inner, taps, w, bias);
    }
  }

  /** gradX [pixels, C] = taps of gradY [pixels, KH * KW * O] * weight. */
  private static void inputGrad(ConvOp.Params p, int group, Tensor g, Tensor weight, Tensor x) {
    int inner = weight.size(0) / p.groups();
    int outer = weight.size(1);
    Taps.Axis vertical =
        new Taps.Axis(
            g.size(2), x.size(2), weight.size(2), 1, -p.dilationH(), p.paddingH(), p.strideH());
    Taps.Axis horizontal =
        new Taps.Axis(
            g.size(3), x.size(3), weight.size(3), 1, -p.dilationW(), p.paddingW(), p.strideW());
    Taps taps =
        new Taps(channel(g, group * inner), inner, g.layout().strides(), vertical, horizontal);
    TapMatrix w = taps(weight, group * inner, 1, 0, inner);
    product(x, group * outer, outer, weight.size(2) * weight.size(3) * inner, taps, w, 0);
  }

  /** gradWeight [O, KH * KW * C] = gradY^T [O, pixels] * taps of x. */
  private static void weightGrad(ConvOp.Params p, int group, Tensor x, Tensor g, Tensor weight) {
    int inner = weight.size(1);
    int outer = weight.size(0) / p.groups();
    Taps taps = tapsOfInput(p, x, channel(x, group * inner), inner, weight, g);
    int pixels = g.size(0) * g.size(2) * g.size(3);
    int columns = weight.size(2) * weight.size(3) * inner;
    try (Arena arena = Arena.ofConfined()) {
      long made = arena.allocate((long) outer * columns * Float.BYTES, 64).address();
      RowSource rows = new PixelRows(channel(g, group * outer), g);
      Gemm.multiply(outer, columns, pixels, rows, taps, new Matrix(made, columns, 1), false, 0);
      spread(made, weight, group * outer, outer);
    }
  }

  private static long channel(Tensor t, int channel) {
    return t.address() + channel * t.layout().stride(1) * Float.BYTES;
  }

  private static Taps tapsOfInput(
      ConvOp.Params p, Tensor x, long address, int channels, Tensor weight, Tensor y) {
    Taps.Axis vertical =
        new Taps.Axis(
            x.size(2), y.size(2), weight.size(2), p.strideH(), p.dilationH(), -p.paddingH(), 1);
    Taps.Axis horizontal =
        new Taps.Axis(
            x.size(3), y.size(3), weight.size(3), p.strideW(), p.dilationW(), -p.paddingW(), 1);
    return new Taps(address, channels, x.layout().strides(), vertical, horizontal);
  }

  /**
   * The weights of a group with its columns along one axis and its inner channels along another.
   */
  private static TapMatrix taps(Tensor w, int first, int columnAxis, int innerAxis, int inner) {
    var l = w.layout();
    // The group's first output channel, whichever role output channels play.
    long address = w.address() + first * l.stride(0) * Float.BYTES;
    return new TapMatrix(
        address,
        l.stride(columnAxis),
        l.stride(2),
        l.stride(3),
        l.stride(innerAxis),
        w.size(3),
        inner);
  }

  /**
   * Writes {@code columns} channels of {@code y} from channel {@code first}: at once where its
   * pixels are evenly spaced, image by image or row by row where they are not.
   */
  private static void product(
      Tensor y, int first, int columns, int k, Taps taps, TapMatrix w, long bias) {
    long[] s = y.layout().strides();
    int h = y.size(2);
    int width = y.size(3);
    boolean evenRows = h == 1 || s[2] == s[3] * width;
    boolean evenImages = evenRows && (y.size(0) == 1 || s[0] == s[3] * width * h);
    int at = evenImages ? y.size(0) * h * width : evenRows ? h * width : width;
    int total = y.size(0) * h * width;
    for (int pixel = 0; pixel < total; pixel += at) {
      int row = pixel / width;
      long offset = row / h * s[0] + row % h * s[2];
      Matrix c = new Matrix(channel(y, first) + offset * Float.BYTES, s[3], s[1]);
      int begin = pixel;
      RowSource part =
          (f, count, from, depth, dst, a) -> taps.packRows(begin + f, count, from, depth, dst, a);
      Gemm.multiply(at, columns, k, part, w, c, false, bias);
    }
  }

  /** From rows of {@code (kh, kw, c)} to the strides of the weight. */
  private static void spread(long from, Tensor weight, int first, int outer) {
    long[] s = weight.layout().strides();
    int inner = weight.size(1);
    for (int o = 0; o < outer; o++) {
      for (int kh = 0; kh < weight.size(2); kh++) {
        for (int kw = 0; kw < weight.size(3); kw++) {
          long to = weight.address() + ((first + o) * s[0] + kh * s[2] + kw * s[3]) * Float.BYTES;
          for (int c = 0; c < inner; c++) {
            Native.putFloat(to + c * s[1] * Float.BYTES, Native.getFloat(from));
            from += Float.BYTES;
          }
        }
      }
    }
  }
}
