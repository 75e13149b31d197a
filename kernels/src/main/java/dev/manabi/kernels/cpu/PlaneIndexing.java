package dev.manabi.kernels.cpu;

import dev.manabi.kernels.reference.Indexing;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.op.PoolOp;

/** Moves to and from places in planes, as max pooling found them. */
final class PlaneIndexing {
  private PlaneIndexing() {}

  /** Adds the f32 numbers of {@code in[0]} to zeros, at the places {@code in[1]}. */
  static void scatter(PoolOp.PlaneScatter op, Tensor[] in, Tensor out, Operands operands) {
    boolean channelsLast = Planes.channelsLast(in[0]) || Planes.channelsLast(out);
    Planes g = Planes.of(in[0], channelsLast, operands);
    Planes index = Planes.of(in[1], channelsLast, operands);
    Planes y = Planes.target(out, channelsLast, operands);
    if (op.window() != null && channelsLast && index.bytes() == Integer.BYTES) {
      Windows windows = Windows.of(op.window(), y, g);
      if (windows.areDisjoint()) {
        windows.toPlaces(index);
        return;
      }
    }
    y.forPlanes(
        (plane, from, n) -> {
          y.clear(plane, from, n);
          for (long pixel = 0; pixel < g.pixels(); pixel++) {
            addPixel(op, plane, pixel, g, index, y, from, n);
          }
        });
  }

  private static void addPixel(
      PoolOp op, long plane, long pixel, Planes g, Planes index, Planes y, int from, int n) {
    long term = g.at(plane, pixel);
    for (int c = from; c < from + n; c++) {
      long place = place(op, index, plane, pixel, c, y);
      long to = y.at(plane, place) + 4L * c;
      Native.putFloat(to, Native.getFloat(to) + Native.getFloat(term + 4L * c));
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
            takePixel(op, plane, (long) h * y.width() + w, x, index, y);
          }
        });
  }

  private static void takePixel(
      PoolOp op, long plane, long pixel, Planes x, Planes index, Planes y) {
    for (int c = 0; c < x.channels(); c++) {
      long place = place(op, index, plane, pixel, c, x);
      long within = (long) c * x.bytes();
      Moves.one(x.bytes(), x.at(plane, place) + within, y.at(plane, pixel) + within);
    }
  }

  /** The place that stands in {@code index}, which must be in {@code planes}. */
  private static long place(
      PoolOp op, Planes index, long plane, long pixel, int channel, Planes planes) {
    long at = index.at(plane, pixel) + (long) channel * index.bytes();
    long place = index.bytes() == Integer.BYTES ? Native.getInt(at) : Native.getLong(at);
    if (place < 0 || place >= planes.pixels()) {
      throw Indexing.outside(op, place, "planes", planes.pixels());
    }
    return place;
  }
}
