package dev.manabi.kernels.cpu;

import dev.manabi.kernels.reference.Span;
import dev.manabi.tensor.DType;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.op.ElementwiseOp.Cast;
import dev.manabi.tensor.op.PoolOp;

/** Max pooling of f32, with the places of the maxima. */
final class MaxPools {
  private MaxPools() {}

  static void run(PoolOp.MaxPool2d op, Tensor in, Tensor[] out, Operands operands) {
    Tensor places = out[1];
    if (op.index() == DType.I64) {
      places = operands.blank(out[1].layout().denseLike(out[1].shape()), DType.I32);
    }
    boolean channelsLast = Planes.channelsLast(in);
    Planes x = Planes.of(in, channelsLast, operands);
    Planes y = Planes.target(out[0], channelsLast, operands);
    try (var inner = new Operands()) {
      Planes index = Planes.target(places, channelsLast, inner);
      Windows windows = Windows.of(op.window(), x, y);
      if (x.channels() > 1) {
        windows.max(index);
      } else {
        y.forRows(
            Math.max(1, x.pixels() / y.pixels()), (plane, h) -> row(windows, plane, h, index));
      }
    }
    if (places != out[1]) {
      Elementwise.run(new Cast(DType.I64), new Tensor[] {places}, out[1]);
    }
  }

  private static void row(Windows windows, long plane, int h, Planes index) {
    Planes y = windows.small();
    for (int w = 0; w < y.width(); w++) {
      int place = largest(windows.large(), plane, windows.rows()[h], windows.columns()[w]);
      Native.putFloat(y.at(plane, h, w), Native.getFloat(windows.large().at(plane, place)));
      Native.putInt(index.at(plane, h, w), place);
    }
  }

  /**
   * The rank of each element and, below it, how far its place is from the end: so the largest of
   * these numbers is the first of the largest elements, and no branch has to be guessed.
   */
  private static int largest(Planes x, long plane, Span row, Span column) {
    long best = Long.MIN_VALUE;
    for (int h = row.from(); h < row.to(); h += row.step()) {
      for (int w = column.from(); w < column.to(); w += column.step()) {
        int place = h * x.width() + w;
        long key = (long) Lines.rank(Native.getFloat(x.at(plane, place))) << 32;
        best = Math.max(best, key | Integer.MAX_VALUE - place);
      }
    }
    return (int) (Integer.MAX_VALUE - (best & Integer.MAX_VALUE));
  }
}
