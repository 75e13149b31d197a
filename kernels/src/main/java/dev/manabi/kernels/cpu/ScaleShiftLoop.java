package dev.manabi.kernels.cpu;

import static jdk.incubator.vector.VectorOperators.LE;

import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;

/** Template: {@code (x, scale, shift, residual) -> relu(x * scale + shift + residual)} in f32. */
final class ScaleShiftLoop implements RowKernel {
  /** What there is of it after the shift. */
  record Form(boolean relu, boolean adds) {}

  private static final Form FORM = KernelTemplate.function(MethodHandles.lookup(), Form.class);
  private static final int RESIDUAL = FORM.adds() ? 3 : 2;

  @Override
  public int lanes() {
    return Simd.F32.length();
  }

  @Override
  public void run(long[] at, int[] step, int n) {
    long x = at[0];
    long scale = at[1];
    long shift = at[2];
    long residual = at[RESIDUAL];
    long y = at[RESIDUAL + 1];
    int xStep = step[0];
    int scaleStep = step[1];
    int shiftStep = step[2];
    int residualStep = step[RESIDUAL];
    for (int i = 0; i < n; i += Simd.F32.length()) {
      FloatVector v =
          Simd.load(x + (long) i * xStep)
              .fma(
                  Simd.load(scale + (long) i * scaleStep), Simd.load(shift + (long) i * shiftStep));
      if (FORM.adds()) {
        v = v.add(Simd.load(residual + (long) i * residualStep));
      }
      if (FORM.relu()) {
        v = v.blend(0f, v.compare(LE, 0f));
      }
      Simd.store(v, y + (long) i * Float.BYTES);
    }
  }
}
