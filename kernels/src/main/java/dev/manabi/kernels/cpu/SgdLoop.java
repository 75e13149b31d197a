package dev.manabi.kernels.cpu;

import dev.manabi.tensor.op.OptimOp;
import jdk.incubator.vector.FloatVector;

/** {@code (param, grad) -> param - lr * (grad + weightDecay * param)} in f32. */
final class SgdLoop implements RowKernel {
  private final float lr;
  private final float weightDecay;

  SgdLoop(OptimOp.Sgd op) {
    lr = (float) op.lr();
    weightDecay = (float) op.weightDecay();
  }

  @Override
  public int lanes() {
    return Simd.F32.length();
  }

  @Override
  public void run(long[] at, int[] step, int n) {
    long param = at[0];
    long grad = at[1];
    long out = at[2];
    int gradStep = step[1];
    FloatVector minusLr = Simd.broadcast(-lr);
    FloatVector decay = Simd.broadcast(weightDecay);
    for (int i = 0; i < n; i += Simd.F32.length()) {
      long offset = (long) i * Float.BYTES;
      FloatVector p = Simd.load(param + offset);
      FloatVector d = decay.fma(p, Simd.load(grad + (long) i * gradStep));
      Simd.store(minusLr.fma(d, p), out + offset);
    }
  }
}
