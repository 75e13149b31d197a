package dev.manabi.kernels.reference;

import dev.manabi.tensor.op.ConvOp;

/**
 * Convolution and its two gradients. All three sum products {@code x * weight * gradOut} over the
 * same triples of places, and differ in which of the three they solve for: output row {@code oh}
 * meets input row {@code ih} at kernel row {@code kh} where {@code ih = oh * stride - padding + kh
 * * dilation}, and columns likewise.
 */
final class Convolutions {
  private Convolutions() {}

  static void run(ConvOp op, Elements[] in, Elements y) {
    ConvOp.Params p = op.params();
    switch (op) {
      case ConvOp.Conv2d conv -> forward(conv, in, y);
      case ConvOp.InputGrad _ -> inputGrad(p, in[0], in[1], y);
      case ConvOp.WeightGrad _ -> weightGrad(p, in[0], in[1], y);
    }
  }

  private static int inputRow(ConvOp.Params p, int oh, int kh) {
    return oh * p.strideH() - p.paddingH() + kh * p.dilationH();
  }

  private static int inputColumn(ConvOp.Params p, int ow, int kw) {
    return ow * p.strideW() - p.paddingW() + kw * p.dilationW();
  }

  private static void forward(ConvOp.Conv2d op, Elements[] in, Elements y) {
    Elements bias = in.length > 2 ? in[2] : null;
    Elements residual = in.length > 3 ? in[3] : null;
    for (Walk w = Walk.over(y.layout()); w.more(); w.next()) {
      int n = w.index(0);
      int o = w.index(1);
      int oh = w.index(2);
      int ow = w.index(3);
      double value = window(op.params(), in[0], in[1], n, o, oh, ow);
      value += bias == null ? 0 : bias.get(bias.at(o));
      value += residual == null ? 0 : residual.get(residual.at(n, o, oh, ow));
      y.set(w.at(0), op.relu() ? Math.max(value, 0) : value);
    }
  }

  /** The kernels of output channel {@code o} laid over the input, for output {@code [oh, ow]}. */
  private static double window(
      ConvOp.Params p, Elements x, Elements weight, int n, int o, int oh, int ow) {
    int perGroup = weight.dim(1);
    int firstChannel = o / (weight.dim(0) / p.groups()) * perGroup;
    double sum = 0;
    for (int kh = 0; kh < weight.dim(2); kh++) {
      for (int kw = 0; kw < weight.dim(3); kw++) {
        int ih = inputRow(p, oh, kh);
        int iw = inputColumn(p, ow, kw);
        if (ih < 0 || ih >= x.dim(2) || iw < 0 || iw >= x.dim(3)) {
          continue;
        }
        for (int c = 0; c < perGroup; c++) {
          sum += x.get(x.at(n, firstChannel + c, ih, iw)) * weight.get(weight.at(o, c, kh, kw));
        }
      }
    }
    return sum;
  }

  private static void inputGrad(ConvOp.Params p, Elements g, Elements weight, Elements y) {
    for (Walk w = Walk.over(y.layout()); w.more(); w.next()) {
      y.set(w.at(0), seenBy(p, g, weight, w.index(0), w.index(1), w.index(2), w.index(3)));
    }
  }

  /** What input element {@code [n, c, ih, iw]} gets back from every output that saw it. */
  private static double seenBy(
      ConvOp.Params p, Elements g, Elements weight, int n, int c, int ih, int iw) {
    int perGroup = weight.dim(0) / p.groups();
    int firstOutput = c / weight.dim(1) * perGroup;
    int inGroup = c % weight.dim(1);
    double sum = 0;
    for (int kh = 0; kh < weight.dim(2); kh++) {
      for (int kw = 0; kw < weight.dim(3); kw++) {
        int row = ih + p.paddingH() - kh * p.dilationH();
        int column = iw + p.paddingW() - kw * p.dilationW();
        int oh = Math.floorDiv(row, p.strideH());
        int ow = Math.floorDiv(column, p.strideW());
        boolean met = oh * p.strideH() == row && ow * p.strideW() == column;
        if (!met || oh < 0 || oh >= g.dim(2) || ow < 0 || ow >= g.dim(3)) {
          continue;
        }
        for (int o = firstOutput; o < firstOutput + perGroup; o++) {
          sum += g.get(g.at(n, o, oh, ow)) * weight.get(weight.at(o, inGroup, kh, kw));
        }
      }
    }
    return sum;
  }

  private static void weightGrad(ConvOp.Params p, Elements x, Elements g, Elements y) {
    int outputsPerGroup = y.dim(0) / p.groups();
    for (Walk w = Walk.over(y.layout()); w.more(); w.next()) {
      int o = w.index(0);
      int c = o / outputsPerGroup * y.dim(1) + w.index(1);
      y.set(w.at(0), usedBy(p, x, g, o, c, w.index(2), w.index(3)));
    }
  }

  /** What kernel element {@code [kh, kw]} gets back from every output that used it. */
  private static double usedBy(
      ConvOp.Params p, Elements x, Elements g, int o, int c, int kh, int kw) {
    double sum = 0;
    for (int n = 0; n < x.dim(0); n++) {
      for (int oh = 0; oh < g.dim(2); oh++) {
        int ih = inputRow(p, oh, kh);
        if (ih < 0 || ih >= x.dim(2)) {
          continue;
        }
        for (int ow = 0; ow < g.dim(3); ow++) {
          int iw = inputColumn(p, ow, kw);
          if (iw >= 0 && iw < x.dim(3)) {
            sum += x.get(x.at(n, c, ih, iw)) * g.get(g.at(n, o, oh, ow));
          }
        }
      }
    }
    return sum;
  }
}
