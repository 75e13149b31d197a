package dev.manabi.kernels.cpu;

import static dev.manabi.kernels.cpu.Simd.COUNT;
import static dev.manabi.kernels.cpu.Simd.F64;

import java.lang.invoke.MethodHandle;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * The gradient of layer norm, row by row. With {@code n = (x - mean) * rstd} and {@code h = g *
 * weight}, a first look at a row takes the sums of h and of {@code h * n}; a second one, from
 * cache, adds {@code g * n} and {@code g} to the sums of gradWeight and gradBias; a third writes
 * {@code gradX = rstd * (h - mean(h) - n * mean(h * n))}.
 *
 * @param size elements of a row
 * @param plane at least {@code size}, a multiple of the vector: weight has so many elements
 */
record LayerNormGradLoop(int size, int plane, float[] weight) {
  private static final int HALF = F64.length();

  /** The loops; not final so that they are not inlined: see {@link KernelTemplate#entry}. */
  private static MethodHandle first = KernelTemplate.entry(LayerNormGradLoop.class, "sumsOfRow");

  private static MethodHandle second = KernelTemplate.entry(LayerNormGradLoop.class, "addToSums");

  private static MethodHandle third = KernelTemplate.entry(LayerNormGradLoop.class, "gradX");

  /**
   * One row.
   *
   * @param sums a plane for gradWeight and one for gradBias
   * @param own room for two numbers
   */
  void row(long g, long x, long y, float mean, float rstd, double[] sums, double[] own) {
    try {
      first.invokeExact(this, g, x, mean, rstd, own);
      second.invokeExact(this, g, x, mean, rstd, sums);
      float meanH = (float) (own[0] / size);
      float meanHn = (float) (own[1] / size);
      third.invokeExact(this, g, x, y, mean, rstd, meanH, meanHn);
    } catch (Throwable t) {
      throw KernelTemplate.unchecked(t);
    }
  }

  void sumsOfRow(long g, long x, float mean, float rstd, double[] own) {
    DoubleVector ofH = DoubleVector.zero(F64);
    DoubleVector ofHn = ofH;
    for (int i = 0; i < size; i += COUNT) {
      VectorMask<Float> lanes = Simd.first(Math.min(COUNT, size - i));
      FloatVector h = Simd.load(g + 4L * i, lanes).mul(Simd.load(weight, i));
      FloatVector hn = Simd.load(x + 4L * i, lanes).sub(mean).mul(rstd).mul(h);
      ofH = ofH.add(Simd.low(h)).add(Simd.high(h));
      ofHn = ofHn.add(Simd.low(hn)).add(Simd.high(hn));
    }
    double[] room = Scratch.get().sums;
    own[0] = Simd.sum(ofH, room);
    own[1] = Simd.sum(ofHn, room);
  }

  void addToSums(long g, long x, float mean, float rstd, double[] sums) {
    for (int i = 0; i < size; i += COUNT) {
      VectorMask<Float> lanes = Simd.first(Math.min(COUNT, size - i));
      FloatVector vg = Simd.load(g + 4L * i, lanes);
      add(sums, i, Simd.load(x + 4L * i, lanes).sub(mean).mul(rstd).mul(vg));
      add(sums, plane + i, vg);
    }
  }

  void gradX(long g, long x, long y, float mean, float rstd, float meanH, float meanHn) {
    for (int i = 0; i < size; i += COUNT) {
      VectorMask<Float> lanes = Simd.first(Math.min(COUNT, size - i));
      FloatVector w = Simd.load(weight, i);
      FloatVector n = Simd.load(x + 4L * i, lanes).sub(mean).mul(rstd);
      FloatVector h = Simd.load(g + 4L * i, lanes).mul(w);
      Simd.store(h.sub(meanH).sub(n.mul(meanHn)).mul(rstd), y + 4L * i, lanes);
    }
  }

  private static void add(double[] sums, int at, FloatVector v) {
    DoubleVector.fromArray(F64, sums, at).add(Simd.low(v)).intoArray(sums, at);
    int high = at + HALF;
    DoubleVector.fromArray(F64, sums, high).add(Simd.high(v)).intoArray(sums, high);
  }
}
