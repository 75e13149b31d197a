package dev.manabi.kernels.cpu;

import static dev.manabi.kernels.cpu.Vectors.COUNT;

import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** Template of {@link WindowKernel}: vectors run along the channels of a pixel. */
final class WindowLoop implements WindowKernel {
  private static final VectorSpecies<Integer> I32 = Simd.SHAPE.withLanes(int.class);
  private static final Way WAY = KernelTemplate.function(MethodHandles.lookup(), Way.class);

  @Override
  public void row(
      long plane,
      long small,
      long index,
      int count,
      int channels,
      int first,
      int step,
      int[] places,
      float divisor) {
    for (int i = 0; i < count; i++) {
      int base = first + i * step;
      for (int c = 0; c < channels; c += COUNT) {
        VectorMask<Float> lanes = Vectors.first(Math.min(COUNT, channels - c));
        long at = 4 * ((long) i * channels + c);
        switch (WAY) {
          case MAX -> max(plane + 4L * c, small + at, index + at, channels, base, places, lanes);
          case MEAN -> mean(plane + 4L * c, small + at, channels, base, places, divisor, lanes);
          case TO_PLACE ->
              toPlace(plane + 4L * c, small + at, index + at, channels, base, places, lanes);
          case SPREAD -> spread(plane + 4L * c, small + at, channels, base, places, divisor, lanes);
        }
      }
    }
  }

  private static long pixel(long plane, int channels, int place) {
    return plane + 4L * channels * place;
  }

  private static void max(
      long plane,
      long to,
      long indexTo,
      int channels,
      int base,
      int[] places,
      VectorMask<Float> lanes) {
    FloatVector best = Vectors.load(pixel(plane, channels, base + places[0]), lanes);
    IntVector place = IntVector.broadcast(I32, base + places[0]);
    for (int t = 1; t < places.length; t++) {
      int here = base + places[t];
      FloatVector v = Vectors.load(pixel(plane, channels, here), lanes);
      // Greater, or NaN where the best so far is none.
      VectorMask<Float> better =
          v.compare(VectorOperators.LE, best).not().and(best.compare(VectorOperators.EQ, best));
      best = best.blend(v, better);
      place = place.blend(here, better.cast(I32));
    }
    Vectors.store(best, to, lanes);
    place.intoMemorySegment(Native.ALL, indexTo, Native.ORDER, lanes.cast(I32));
  }

  private static void mean(
      long plane,
      long to,
      int channels,
      int base,
      int[] places,
      float divisor,
      VectorMask<Float> lanes) {
    FloatVector sum = FloatVector.zero(Vectors.F32);
    for (int place : places) {
      sum = sum.add(Vectors.load(pixel(plane, channels, base + place), lanes));
    }
    Vectors.store(sum.div(divisor), to, lanes);
  }

  private static void toPlace(
      long plane,
      long from,
      long indexFrom,
      int channels,
      int base,
      int[] places,
      VectorMask<Float> lanes) {
    FloatVector v = Vectors.load(from, lanes);
    IntVector own =
        IntVector.fromMemorySegment(I32, Native.ALL, indexFrom, Native.ORDER, lanes.cast(I32));
    for (int place : places) {
      int here = base + place;
      VectorMask<Float> hit = own.compare(VectorOperators.EQ, here).cast(Vectors.F32);
      FloatVector there = FloatVector.zero(Vectors.F32).blend(v, hit);
      Vectors.store(there, pixel(plane, channels, here), lanes);
    }
  }

  private static void spread(
      long plane,
      long from,
      int channels,
      int base,
      int[] places,
      float divisor,
      VectorMask<Float> lanes) {
    FloatVector share = Vectors.load(from, lanes).div(divisor);
    for (int place : places) {
      Vectors.store(share, pixel(plane, channels, base + place), lanes);
    }
  }
}
