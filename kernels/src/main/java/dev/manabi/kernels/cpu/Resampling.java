package dev.manabi.kernels.cpu;

import static dev.manabi.kernels.cpu.Simd.COUNT;

import dev.manabi.kernels.reference.Tap;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.op.PoolOp;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** Resampling of f32 planes to another size, and its transpose. */
final class Resampling {
  private final Planes from;
  private final Planes to;
  private final Tap[] rows;
  private final Tap[] columns;

  private Resampling(PoolOp.Mode mode, boolean alignCorners, Planes from, Planes to) {
    this.from = from;
    this.to = to;
    rows = Tap.all(mode, alignCorners, from.height(), to.height());
    columns = Tap.all(mode, alignCorners, from.width(), to.width());
  }

  static void forward(
      PoolOp.Mode mode, boolean alignCorners, Tensor in, Tensor out, Operands operands) {
    boolean channelsLast = Planes.channelsLast(in);
    Planes x = Planes.of(in, channelsLast, operands);
    Planes y = Planes.target(out, channelsLast, operands);
    Resampling r = new Resampling(mode, alignCorners, x, y);
    switch (mode) {
      case NEAREST -> y.forRows(1, r::copyRow);
      case BILINEAR -> y.forRows(4, r::blendRow);
    }
  }

  /** {@code in} has the size that the resampling would make of {@code out}. */
  static void backward(
      PoolOp.Mode mode, boolean alignCorners, Tensor in, Tensor out, Operands operands) {
    boolean channelsLast = Planes.channelsLast(in);
    Planes g = Planes.of(in, channelsLast, operands);
    Planes y = Planes.target(out, channelsLast, operands);
    y.forPlanes(new Resampling(mode, alignCorners, y, g)::spreadPlane);
  }

  private void copyRow(long plane, int h) {
    for (int w = 0; w < to.width(); w++) {
      long source = from.at(plane, rows[h].low(), columns[w].low());
      Moves.row(4, source, 4, to.at(plane, h, w), 4, to.channels());
    }
  }

  private void blendRow(long plane, int h) {
    long upper = from.at(plane, rows[h].low(), 0);
    long lower = from.at(plane, rows[h].high(), 0);
    for (int w = 0; w < to.width(); w++) {
      if (to.channels() == 1) {
        float y = blend(upper, lower, (float) rows[h].weight(), columns[w]);
        Native.putFloat(to.at(plane, h, w), y);
      } else {
        blendPixel(upper, lower, (float) rows[h].weight(), columns[w], to.at(plane, h, w));
      }
    }
  }

  private static float blend(long upper, long lower, float weight, Tap column) {
    float a = blend(upper, column);
    return a + weight * (blend(lower, column) - a);
  }

  private static float blend(long row, Tap column) {
    float left = Native.getFloat(row + 4L * column.low());
    float right = Native.getFloat(row + 4L * column.high());
    return left + (float) column.weight() * (right - left);
  }

  private void blendPixel(long upper, long lower, float weight, Tap column, long y) {
    long left = column.low() * from.pixelBytes();
    long right = column.high() * from.pixelBytes();
    float across = (float) column.weight();
    for (int c = 0; c < to.channels(); c += COUNT) {
      VectorMask<Float> lanes = Simd.first(Math.min(COUNT, to.channels() - c));
      long at = 4L * c;
      FloatVector a = blend(upper + left + at, upper + right + at, across, lanes);
      FloatVector b = blend(lower + left + at, lower + right + at, across, lanes);
      Simd.store(b.sub(a).mul(weight).add(a), y + at, lanes);
    }
  }

  private static FloatVector blend(long left, long right, float weight, VectorMask<Float> lanes) {
    FloatVector a = Simd.load(left, lanes);
    return Simd.load(right, lanes).sub(a).mul(weight).add(a);
  }

  private void spreadPlane(long plane, int first, int n) {
    from.clear(plane, first, n);
    for (int h = 0; h < to.height(); h++) {
      for (int w = 0; w < to.width(); w++) {
        long g = to.at(plane, h, w) + 4L * first;
        spread(plane, rows[h].low(), columns[w], g, 1 - rows[h].weight(), first, n);
        if (rows[h].weight() != 0) {
          spread(plane, rows[h].high(), columns[w], g, rows[h].weight(), first, n);
        }
      }
    }
  }

  private void spread(long plane, int row, Tap column, long g, double weight, int first, int n) {
    long left = from.at(plane, row, column.low()) + 4L * first;
    add(left, g, (float) (weight * (1 - column.weight())), n);
    if (column.weight() != 0) {
      long right = from.at(plane, row, column.high()) + 4L * first;
      add(right, g, (float) (weight * column.weight()), n);
    }
  }

  /** {@code y += weight * g}, over {@code n} numbers. */
  private static void add(long y, long g, float weight, int n) {
    if (n == 1) {
      Native.putFloat(y, Native.getFloat(y) + weight * Native.getFloat(g));
      return;
    }
    for (int c = 0; c < n; c += COUNT) {
      VectorMask<Float> lanes = Simd.first(Math.min(COUNT, n - c));
      FloatVector sum = Simd.load(g + 4L * c, lanes).mul(weight);
      Simd.store(sum.add(Simd.load(y + 4L * c, lanes)), y + 4L * c, lanes);
    }
  }
}
