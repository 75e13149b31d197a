package dev.manabi.kernels.cpu;

import dev.manabi.tensor.op.OptimOp;
import jdk.incubator.vector.FloatVector;

/** {@code (param, grad, buffer) -> (param, buffer)}: SGD with momentum in f32. */
final class MomentumLoop implements RowKernel {
  private final float lr;
  private final float weightDecay;
  private final float keep;
  private final float add;
  private final float ofBuffer;
  private final float ofGrad;

  MomentumLoop(OptimOp.Sgd op) {
    lr = (float) op.lr();
    weightDecay = (float) op.weightDecay();
    keep = (float) (op.first() ? 0 : op.momentum());
    add = (float) (op.first() ? 1 : 1 - op.dampening());
    ofBuffer = (float) (op.nesterov() ? op.momentum() : 1);
    ofGrad = op.nesterov() ? 1 : 0;
  }

  @Override
  public int lanes() {
    return Simd.F32.length();
  }

  @Override
  public void run(long[] at, int[] step, int n) {
    long param = at[0];
    long grad = at[1];
    long buffer = at[2];
    long outParam = at[3];
    long outBuffer = at[4];
    int gradStep = step[1];
    int bufferStep = step[2];
    for (int i = 0; i < n; i += Simd.F32.length()) {
      long offset = (long) i * Float.BYTES;
      FloatVector p = Simd.load(param + offset);
      FloatVector d = all(weightDecay).fma(p, Simd.load(grad + (long) i * gradStep));
      // A new buffer's memory may hold anything, even NaN: it must not be multiplied by 0.
      FloatVector b = d.mul(add);
      if (keep != 0) {
        b = Simd.flushed(all(keep).fma(Simd.load(buffer + (long) i * bufferStep), b));
      }
      FloatVector update = all(ofBuffer).fma(b, d.mul(ofGrad));
      Simd.store(all(-lr).fma(update, p), outParam + offset);
      Simd.store(b, outBuffer + offset);
    }
  }

  private static FloatVector all(float value) {
    return Simd.broadcast(value);
  }
}
