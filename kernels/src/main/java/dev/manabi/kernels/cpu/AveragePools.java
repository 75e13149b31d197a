package dev.manabi.kernels.cpu;

import static dev.manabi.kernels.cpu.Simd.COUNT;

import dev.manabi.kernels.reference.Span;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.op.PoolOp;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** Average pooling of f32 and its transpose. */
final class AveragePools {
  /** The larger planes, which are averaged. */
  private final Planes large;

  /** The averages. */
  private final Planes small;

  private final Span[] rows;
  private final Span[] columns;

  private AveragePools(Windows windows) {
    large = windows.large();
    small = windows.small();
    rows = windows.rows();
    columns = windows.columns();
  }

  static void forward(PoolOp.Window window, Tensor in, Tensor out, Operands operands) {
    boolean channelsLast = Planes.channelsLast(in);
    Planes x = Planes.of(in, channelsLast, operands);
    Planes y = Planes.target(out, channelsLast, operands);
    Windows windows = Windows.of(window, x, y);
    if (channelsLast && windows.areSmall()) {
      windows.mean();
    } else {
      y.forRows(x.pixels() / y.pixels(), new AveragePools(windows)::averageRow);
    }
  }

  static void backward(PoolOp.Window window, Tensor in, Tensor out, Operands operands) {
    // Planes of one pixel lie in either order.
    boolean channelsLast = Planes.channelsLast(in) || Planes.channelsLast(out);
    Planes g = Planes.of(in, channelsLast, operands);
    Planes y = Planes.target(out, channelsLast, operands);
    Windows windows = Windows.of(window, y, g);
    if (channelsLast && windows.areDisjoint()) {
      windows.spread();
    } else {
      y.forPlanes(new AveragePools(windows)::spreadPlane);
    }
  }

  private static double size(Span row, Span column) {
    return (double) row.divisor() * column.divisor();
  }

  private void averageRow(long plane, int h) {
    for (int w = 0; w < small.width(); w++) {
      long to = small.at(plane, h, w);
      if (large.channels() == 1) {
        Native.putFloat(to, (float) (sum(plane, rows[h], columns[w]) / size(rows[h], columns[w])));
      } else {
        averagePixel(plane, rows[h], columns[w], to);
      }
    }
  }

  private double sum(long plane, Span row, Span column) {
    double sum = 0;
    for (int h = row.from(); h < row.to(); h += row.step()) {
      for (int w = column.from(); w < column.to(); w += column.step()) {
        sum += Native.getFloat(large.at(plane, h, w));
      }
    }
    return sum;
  }

  private void averagePixel(long plane, Span row, Span column, long to) {
    float size = (float) size(row, column);
    long step = large.pixelBytes() * column.step();
    for (int c = 0; c < large.channels(); c += COUNT) {
      VectorMask<Float> lanes = Simd.first(Math.min(COUNT, large.channels() - c));
      FloatVector sum = Simd.zero();
      for (int h = row.from(); h < row.to(); h += row.step()) {
        // Sums of rows first: so the error grows with the sides of the window, not with its area.
        FloatVector inRow = Simd.zero();
        long from = large.at(plane, h, column.from()) + 4L * c;
        for (int w = column.from(); w < column.to(); w += column.step(), from += step) {
          inRow = inRow.add(Simd.load(from, lanes));
        }
        sum = sum.add(inRow);
      }
      Simd.store(sum.div(size), to + 4L * c, lanes);
    }
  }

  private void spreadPlane(long plane, int from, int n) {
    large.clear(plane, from, n);
    for (int h = 0; h < small.height(); h++) {
      for (int w = 0; w < small.width(); w++) {
        long g = small.at(plane, h, w);
        if (large.channels() == 1) {
          spreadNumber(plane, rows[h], columns[w], Native.getFloat(g));
        } else {
          spreadPixel(plane, rows[h], columns[w], g, from, n);
        }
      }
    }
  }

  private void spreadNumber(long plane, Span row, Span column, float g) {
    float share = (float) (g / size(row, column));
    for (int h = row.from(); h < row.to(); h += row.step()) {
      for (int w = column.from(); w < column.to(); w += column.step()) {
        long to = large.at(plane, h, w);
        Native.putFloat(to, Native.getFloat(to) + share);
      }
    }
  }

  private void spreadPixel(long plane, Span row, Span column, long g, int first, int n) {
    float size = (float) size(row, column);
    long step = large.pixelBytes() * column.step();
    for (int c = first; c < first + n; c += COUNT) {
      VectorMask<Float> lanes = Simd.first(Math.min(COUNT, first + n - c));
      FloatVector share = Simd.load(g + 4L * c, lanes).div(size);
      for (int h = row.from(); h < row.to(); h += row.step()) {
        long to = large.at(plane, h, column.from()) + 4L * c;
        for (int w = column.from(); w < column.to(); w += column.step(), to += step) {
          Simd.store(Simd.load(to, lanes).add(share), to, lanes);
        }
      }
    }
  }
}
