package dev.manabi.kernels.cpu;

import static dev.manabi.kernels.cpu.Simd.COUNT;

import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** Template of {@link WindowKernel}: vectors run along the channels of a pixel. */
final class WindowLoop implements WindowKernel {
  private static final VectorSpecies<Integer> I32 = Simd.I32;
  private static final Way WAY = KernelTemplate.function(MethodHandles.lookup(), Way.class);

  @Override
  public void row(
      long large,
      long small,
      long index,
      int count,
      int channels,
      int first,
      int step,
      int[] places,
      float divisor) {
    long pixel = 4L * channels;
    for (int i = 0; i < count; i++) {
      int place = first + i * step;
      for (int c = 0; c < channels; c += COUNT) {
        VectorMask<Float> lanes = Simd.first(Math.min(COUNT, channels - c));
        long at = i * pixel + 4L * c;
        long window = large + i * step * pixel + 4L * c;
        switch (WAY) {
          case MAX -> max(window, small + at, index + at, place, pixel, places, lanes);
          case MEAN -> mean(window, small + at, pixel, places, divisor, lanes);
          case TO_PLACE -> toPlace(window, small + at, index + at, place, pixel, places, lanes);
          case SPREAD -> spread(window, small + at, pixel, places, divisor, lanes);
        }
      }
    }
  }

  private static void max(
      long window,
      long to,
      long indexTo,
      int place,
      long pixel,
      int[] places,
      VectorMask<Float> lanes) {
    FloatVector best = Simd.load(window, lanes);
    IntVector where = IntVector.zero(I32);
    for (int t = 1; t < places.length; t++) {
      FloatVector v = Simd.load(window + pixel * places[t], lanes);
      // Greater, or NaN where the best so far is none.
      VectorMask<Float> better =
          v.compare(VectorOperators.LE, best).not().and(best.compare(VectorOperators.EQ, best));
      best = best.blend(v, better);
      where = where.blend(places[t], better.cast(I32));
    }
    Simd.store(best, to, lanes);
    where
        .add(place)
        .intoMemorySegment(Native.ALL, Native.at(indexTo), Native.ORDER, lanes.cast(I32));
  }

  private static void mean(
      long window, long to, long pixel, int[] places, float divisor, VectorMask<Float> lanes) {
    FloatVector sum = Simd.zero();
    for (int there : places) {
      sum = sum.add(Simd.load(window + pixel * there, lanes));
    }
    Simd.store(sum.div(divisor), to, lanes);
  }

  private static void toPlace(
      long window,
      long from,
      long indexFrom,
      int place,
      long pixel,
      int[] places,
      VectorMask<Float> lanes) {
    FloatVector v = Simd.load(from, lanes);
    IntVector own =
        IntVector.fromMemorySegment(
            I32, Native.ALL, Native.at(indexFrom), Native.ORDER, lanes.cast(I32));
    for (int there : places) {
      int here = place + there;
      VectorMask<Float> hit = own.compare(VectorOperators.EQ, here).cast(Simd.F32);
      Simd.store(Simd.zero().blend(v, hit), window + pixel * there, lanes);
    }
  }

  private static void spread(
      long window, long from, long pixel, int[] places, float divisor, VectorMask<Float> lanes) {
    FloatVector share = Simd.load(from, lanes).div(divisor);
    for (int there : places) {
      Simd.store(share, window + pixel * there, lanes);
    }
  }
}
