package dev.manabi.kernels.cpu;

import dev.manabi.kernels.reference.Indexing;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.op.PoolOp;

/** Moves to and from places in planes, as max pooling found them. */
final class PlaneIndexing {
  private PlaneIndexing() {}

  /** Adds the f32 numbers of {@code in[0]} to zeros, at the places {@code in[1]}. */
  static void scatter(PoolOp op, Tensor[] in, Tensor out, Operands operands) {
    boolean channelsLast = Planes.channelsLast(in[0]);
    Planes g = Planes.of(in[0], channelsLast, operands);
    Planes index = Planes.of(in[1], channelsLast, operands);
    Planes y = Planes.target(out, channelsLast, operands);
    y.forPlanes(
        (plane, from, n) -> {
          y.clear(plane, from, n);
          for (long pixel = 0; pixel < g.pixels(); pixel++) {
            addPixel(op, plane, g.at(plane, pixel), index.at(plane, pixel), y, from, n);
          }
        });
  }

  private static void addPixel(
      PoolOp op, long plane, long g, long index, Planes y, int from, int n) {
    for (int c = from; c < from + n; c++) {
      long place = checked(op, Native.getLong(index + 8L * c), y);
      long to = y.at(plane, place) + 4L * c;
      Native.putFloat(to, Native.getFloat(to) + Native.getFloat(g + 4L * c));
    }
  }

  /** Takes the elements of {@code in[0]}, of any type, from the places {@code in[1]}. */
  static void gather(PoolOp op, Tensor[] in, Tensor out, Operands operands) {
    boolean channelsLast = Planes.channelsLast(in[1]);
    Planes x = Planes.of(in[0], channelsLast, operands);
    Planes index = Planes.of(in[1], channelsLast, operands);
    Planes y = Planes.target(out, channelsLast, operands);
    y.forRows(
        2,
        (plane, h) -> {
          for (int w = 0; w < y.width(); w++) {
            takePixel(op, plane, x, index.at(plane, h, w), y.at(plane, h, w));
          }
        });
  }

  private static void takePixel(PoolOp op, long plane, Planes x, long index, long to) {
    for (int c = 0; c < x.channels(); c++) {
      long place = checked(op, Native.getLong(index + 8L * c), x);
      long within = (long) c * x.bytes();
      Moves.one(x.bytes(), x.at(plane, place) + within, to + within);
    }
  }

  private static long checked(PoolOp op, long place, Planes planes) {
    if (place < 0 || place >= planes.pixels()) {
      throw Indexing.outside(op, place, "planes", planes.pixels());
    }
    return place;
  }
}
