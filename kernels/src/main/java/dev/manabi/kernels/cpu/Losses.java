package dev.manabi.kernels.cpu;

import dev.manabi.kernels.reference.Indexing;
import dev.manabi.tensor.DType;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.op.LossOp;

/** Cross-entropy and its gradient: a row of logits is read from memory once. */
final class Losses {
  private Losses() {}

  static void run(LossOp op, Tensor[] in, Tensor[] out) {
    if (out[0].dtype() != DType.F32) {
      CpuBackend.reference(op, in, out);
      return;
    }
    try (var operands = new Operands()) {
      switch (op) {
        case LossOp.CrossEntropy c -> forward(c, operands.rowMajor(in[0]), in[1], out[0], out[1]);
        case LossOp.CrossEntropyGrad c -> {
          Tensor y = operands.rowMajorTarget(out[0]);
          gradient(c, in[0], operands.rowMajor(in[1]), in[2], in[3], y);
        }
      }
    }
  }

  private static long grain(int classes) {
    return Math.max(1, Reduction.BLOCK / classes);
  }

  private static void forward(
      LossOp.CrossEntropy op, Tensor x, Tensor target, Tensor loss, Tensor logSumExp) {
    int classes = x.size(1);
    Forward row =
        new Forward(
            op,
            x.address(),
            classes,
            new Vector1(target),
            new Vector1(loss),
            new Vector1(logSumExp));
    if (classes <= NarrowRows.LONGEST) {
      Parallel.forRange(x.size(0), grain(classes), row::narrow);
    } else {
      Parallel.forRange(x.size(0), SoftmaxRows.grain(x.size(0), classes), row::wide);
    }
  }

  /** The operands of the loss, which takes logits row by row. */
  private record Forward(
      LossOp op, long x, int classes, Vector1 target, Vector1 loss, Vector1 logSumExp) {
    long at(long n) {
      return x + n * classes * Float.BYTES;
    }

    void narrow(long from, long to) {
      int most = (int) Math.min(NarrowRows.MOST, to - from);
      var rows = new NarrowRows(classes, most);
      for (long first = from; first < to; first += most) {
        int count = (int) Math.min(most, to - first);
        rows.take(at(first), count);
        for (int k = 0; k < count; k++) {
          put(first + k, rows.max[k], rows.logs[k]);
        }
      }
    }

    void wide(long from, long to) {
      var rows = new SoftmaxRows(classes, at(from), at(to));
      long n = from;
      for (int count = rows.take(0); count > 0; count = rows.take(0)) {
        for (int k = 0; k < count; k++, n++) {
          put(n, rows.max[k], Math.log(rows.sums[k]));
        }
      }
    }

    private void put(long n, double max, double log) {
      double lse = max + log;
      long c = Native.getLong(target.at(n));
      boolean ignored = ignored(op, c, classes);
      double own = ignored ? 0 : lse - expected(op, at(n), c, classes);
      Native.putFloat(loss.at(n), (float) own);
      Native.putFloat(logSumExp.at(n), (float) lse);
    }
  }

  /** The mean of the logits under the target distribution. */
  private static double expected(LossOp op, long row, long target, int classes) {
    double own = op.smoothing() == 1 ? 0 : (1 - op.smoothing()) * Native.getFloat(row + 4 * target);
    double spread = op.smoothing() / classes;
    return spread == 0 ? own : own + spread * Fold.SUM.run(row, classes);
  }

  private static void gradient(
      LossOp.CrossEntropyGrad op,
      Tensor gradLoss,
      Tensor x,
      Tensor target,
      Tensor logSumExp,
      Tensor y) {
    int classes = x.size(1);
    Vector1 g = new Vector1(gradLoss);
    Vector1 t = new Vector1(target);
    Vector1 lses = new Vector1(logSumExp);
    Parallel.forRange(
        x.size(0),
        grain(classes),
        (from, to) -> {
          int most = SoftmaxRows.MOST;
          float[] constants = new float[3 * most];
          for (long first = from; first < to; first += most) {
            int count = (int) Math.min(most, to - first);
            for (int k = 0; k < count; k++) {
              long n = first + k;
              boolean ignored = ignored(op, Native.getLong(t.at(n)), classes);
              float scale = ignored ? 0 : Native.getFloat(g.at(n));
              constants[k] = Native.getFloat(lses.at(n));
              constants[most + k] = scale;
              constants[2 * most + k] = (float) (scale * op.smoothing() / classes);
            }
            long row = 4 * first * classes;
            Formula.CROSS_ENTROPY_GRAD.rows(
                x.address() + row, y.address() + row, classes, count, constants, most);
            for (int k = 0; k < count; k++) {
              long c = Native.getLong(t.at(first + k));
              if (!ignored(op, c, classes)) {
                long own = y.address() + row + 4 * (k * (long) classes + c);
                double share = constants[most + k] * (1 - op.smoothing());
                Native.putFloat(own, (float) (Native.getFloat(own) - share));
              }
            }
          }
        });
  }

  private static boolean ignored(LossOp op, long target, int classes) {
    if (target == op.ignoreIndex()) {
      return true;
    }
    if (target < 0 || target >= classes) {
      throw Indexing.outside(op, target, "the classes of logits", classes);
    }
    return false;
  }

  /** The addresses of the elements of a tensor of rank 1. */
  private record Vector1(long address, long step) {
    Vector1(Tensor t) {
      this(t.address(), t.layout().stride(0) * t.dtype().bytes());
    }

    long at(long i) {
      return address + i * step;
    }
  }
}
