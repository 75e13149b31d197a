package dev.manabi.kernels.cpu;

import dev.manabi.tensor.op.NormOp;
import jdk.incubator.vector.FloatVector;

/** {@code (runningMean, runningVar, mean, rstd) -> (runningMean, runningVar)} in f32. */
final class RunningStatisticsLoop implements RowKernel {
  private final float keep;
  private final float ofMean;
  private final float ofVar;
  private final float eps;

  RunningStatisticsLoop(NormOp.RunningStatistics op) {
    keep = (float) (1 - op.momentum());
    ofMean = (float) op.momentum();
    ofVar = (float) (op.momentum() * op.unbias());
    eps = (float) op.eps();
  }

  @Override
  public int lanes() {
    return Simd.F32.length();
  }

  @Override
  public void run(long[] at, int[] step, int n) {
    for (int i = 0; i < n; i += Simd.F32.length()) {
      FloatVector rstd = operand(at, step, 3, i);
      FloatVector one = Simd.broadcast(1f);
      FloatVector variance = one.div(rstd.mul(rstd)).sub(eps);
      FloatVector mean = operand(at, step, 2, i);
      FloatVector newMean = mean.mul(ofMean).add(operand(at, step, 0, i).mul(keep));
      FloatVector newVar = variance.mul(ofVar).add(operand(at, step, 1, i).mul(keep));
      Simd.store(newMean, at[4] + (long) i * Float.BYTES);
      Simd.store(newVar, at[5] + (long) i * Float.BYTES);
    }
  }

  private static FloatVector operand(long[] at, int[] step, int k, int i) {
    return Simd.load(at[k] + (long) i * step[k]);
  }
}
