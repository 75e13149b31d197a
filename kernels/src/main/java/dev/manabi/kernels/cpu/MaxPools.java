package dev.manabi.kernels.cpu;

import static dev.manabi.kernels.cpu.Vectors.COUNT;

import dev.manabi.kernels.reference.Span;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.op.PoolOp;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** Max pooling of f32, with the places of the maxima. */
final class MaxPools {
  private static final VectorSpecies<Integer> I32 = Simd.SHAPE.withLanes(int.class);
  private static final VectorSpecies<Long> I64 = Simd.SHAPE.withLanes(long.class);

  private final Planes x;
  private final Planes y;
  private final Planes index;
  private final Span[] rows;
  private final Span[] columns;

  private MaxPools(PoolOp.Window window, Planes x, Planes y, Planes index) {
    this.x = x;
    this.y = y;
    this.index = index;
    rows = Span.rows(window, x.height(), y.height());
    columns = Span.columns(window, x.width(), y.width());
  }

  static void run(PoolOp.MaxPool2d op, Tensor in, Tensor[] out, Operands operands) {
    boolean channelsLast = Planes.channelsLast(in);
    Planes x = Planes.of(in, channelsLast, operands);
    Planes y = Planes.target(out[0], channelsLast, operands);
    Planes index = Planes.target(out[1], channelsLast, operands);
    MaxPools pools = new MaxPools(op.window(), x, y, index);
    y.forRows(x.pixels() / y.pixels(), pools::row);
  }

  private void row(long plane, int h) {
    for (int w = 0; w < y.width(); w++) {
      if (x.channels() == 1) {
        number(plane, rows[h], columns[w], y.at(plane, h, w), index.at(plane, h, w));
      } else {
        pixel(plane, rows[h], columns[w], y.at(plane, h, w), index.at(plane, h, w));
      }
    }
  }

  /**
   * The rank of each element and, below it, how far its place is from the end: so the largest of
   * these numbers is the first of the largest elements, and no branch has to be guessed.
   */
  private void number(long plane, Span row, Span column, long to, long indexTo) {
    long best = Long.MIN_VALUE;
    for (int h = row.from(); h < row.to(); h += row.step()) {
      for (int w = column.from(); w < column.to(); w += column.step()) {
        int place = h * x.width() + w;
        long key = (long) Lines.rank(Native.getFloat(x.at(plane, place))) << 32;
        best = Math.max(best, key | Integer.MAX_VALUE - place);
      }
    }
    long place = Integer.MAX_VALUE - (best & Integer.MAX_VALUE);
    Native.putFloat(to, Native.getFloat(x.at(plane, place)));
    Native.putLong(indexTo, place);
  }

  private void pixel(long plane, Span row, Span column, long to, long indexTo) {
    long step = x.pixelBytes();
    for (int c = 0; c < x.channels(); c += COUNT) {
      int n = Math.min(COUNT, x.channels() - c);
      VectorMask<Float> lanes = Vectors.first(n);
      long from = x.at(plane, 0) + 4L * c;
      int first = row.from() * x.width() + column.from();
      FloatVector best = Vectors.load(from + first * step, lanes);
      IntVector place = IntVector.broadcast(I32, first);
      for (int h = row.from(); h < row.to(); h += row.step()) {
        for (int w = column.from(); w < column.to(); w += column.step()) {
          int here = h * x.width() + w;
          FloatVector v = Vectors.load(from + here * step, lanes);
          // Greater, or NaN where the best so far is none.
          VectorMask<Float> better =
              v.compare(VectorOperators.LE, best).not().and(best.compare(VectorOperators.EQ, best));
          best = best.blend(v, better);
          place = place.blend(here, better.cast(I32));
        }
      }
      Vectors.store(best, to + 4L * c, lanes);
      long i = indexTo + 8L * c;
      store(place, 0, i, n);
      if (n > I64.length()) {
        store(place, 1, i + 8L * I64.length(), n - I64.length());
      }
    }
  }

  private static void store(IntVector place, int part, long to, int n) {
    LongVector wide = (LongVector) place.convertShape(VectorOperators.I2L, I64, part);
    if (n >= I64.length()) {
      wide.intoMemorySegment(Native.ALL, to, Native.ORDER);
    } else {
      VectorMask<Long> lanes = VectorMask.fromLong(I64, -1L >>> (Long.SIZE - n));
      wide.intoMemorySegment(Native.ALL, to, Native.ORDER, lanes);
    }
  }
}
