package dev.manabi.kernels.cpu;

import dev.manabi.tensor.op.OptimOp;
import jdk.incubator.vector.FloatVector;

/** {@code (param, grad, m, v) -> (param, m, v)}: Adam and AdamW in f32. */
final class AdamLoop implements RowKernel {
  private final float beta1;
  private final float beta2;
  private final float oneMinusBeta1;
  private final float oneMinusBeta2;
  private final float eps;
  private final float gradDecay;
  private final float shrink;

  /** {@code lr / (1 - beta1^step)}. */
  private final float stepSize;

  /** The square of a smaller gradient adds less to the second moment than a normal number. */
  private final float leastGrad;

  /** {@code 1 / sqrt(1 - beta2^step)}. */
  private final float rootScale;

  AdamLoop(OptimOp.Adam op) {
    beta1 = (float) op.beta1();
    beta2 = (float) op.beta2();
    oneMinusBeta1 = (float) (1 - op.beta1());
    oneMinusBeta2 = (float) (1 - op.beta2());
    eps = (float) op.eps();
    gradDecay = (float) (op.decoupled() ? 0 : op.weightDecay());
    shrink = (float) (op.decoupled() ? 1 - op.lr() * op.weightDecay() : 1);
    stepSize = (float) (op.lr() / (1 - Math.pow(op.beta1(), op.step())));
    leastGrad = (float) Math.sqrt(Float.MIN_NORMAL / (1 - op.beta2()));
    rootScale = (float) (1 / Math.sqrt(1 - Math.pow(op.beta2(), op.step())));
  }

  @Override
  public int lanes() {
    return Simd.F32.length();
  }

  @Override
  public void run(long[] at, int[] step, int n) {
    long param = at[0];
    long grad = at[1];
    long first = at[2];
    long second = at[3];
    long outParam = at[4];
    long outFirst = at[5];
    long outSecond = at[6];
    int gradStep = step[1];
    int firstStep = step[2];
    int secondStep = step[3];
    for (int i = 0; i < n; i += Simd.F32.length()) {
      long offset = (long) i * Float.BYTES;
      FloatVector p = Simd.load(param + offset);
      FloatVector g = all(gradDecay).fma(p, Simd.load(grad + (long) i * gradStep));
      FloatVector m = all(beta1).fma(Simd.load(first + (long) i * firstStep), g.mul(oneMinusBeta1));
      FloatVector s = Simd.flushed(g, leastGrad);
      FloatVector v =
          all(beta2).fma(Simd.load(second + (long) i * secondStep), s.mul(s).mul(oneMinusBeta2));
      m = Simd.flushed(m);
      v = Simd.flushed(v);
      FloatVector scale = v.sqrt().fma(all(rootScale), all(eps));
      Simd.store(m.mul(-stepSize).div(scale).add(p.mul(shrink)), outParam + offset);
      Simd.store(m, outFirst + offset);
      Simd.store(v, outSecond + offset);
    }
  }

  private static FloatVector all(float value) {
    return Simd.broadcast(value);
  }
}
