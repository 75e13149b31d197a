package dev.manabi.autograd;

import static dev.manabi.autograd.Grads.reduce;
import static dev.manabi.autograd.Grads.sum;
import static dev.manabi.autograd.Grads.sumTo;

import dev.manabi.tensor.Ints;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.op.ElementwiseOp.Binary;
import dev.manabi.tensor.op.ElementwiseOp.BinaryFn;
import dev.manabi.tensor.op.NormOp;
import dev.manabi.tensor.op.NormOp.Norm;
import dev.manabi.tensor.op.NormOp.NormGrad;
import dev.manabi.tensor.op.NormOp.RunningStatistics;
import dev.manabi.tensor.op.ReduceOp.ReduceFn;
import dev.manabi.tensor.run.Interpreter;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Normalisation, whose gradient is one op, and the gradient of that op. */
final class NormVjp {
  private NormVjp() {}

  static @Nullable Tensor[] of(NormOp op, Call call, @Nullable Tensor[] g) {
    return switch (op) {
      case Norm norm -> norm(norm, call, g);
      case NormGrad grad -> normGrad(grad, call, g);
      case RunningStatistics statistics -> runningStatistics(statistics, call, g);
    };
  }

  /** Inputs {@code (x, weight, bias)} and perhaps a residual, outputs {@code (y, mean, rstd)}. */
  private static @Nullable Tensor[] norm(Norm op, Call call, @Nullable Tensor[] g) {
    Tensor x = call.input(0);
    Tensor mean = call.output(1);
    Tensor rstd = call.output(2);
    var gradients = new @Nullable Tensor[call.inputs()];
    if (g[0] != null) {
      boolean ofResidual = call.inputs() > 3 && call.needs(3);
      var grad = new NormGrad(op.axes(), op.relu(), op.relu() && ofResidual);
      Tensor weight = call.input(1);
      Tensor[] ofY =
          op.relu()
              ? Interpreter.runAll(grad, g[0], x, weight, mean, rstd, call.output(0))
              : Interpreter.runAll(grad, g[0], x, weight, mean, rstd);
      System.arraycopy(ofY, 0, gradients, 0, ofY.length);
      if (ofResidual && !op.relu()) {
        gradients[3] = g[0];
      }
    }
    if (!call.needs(0)) {
      return gradients;
    }
    double n = (double) x.numel() / Math.max(1, mean.numel());
    if (g[1] != null) {
      gradients[0] = plus(gradients[0], g[1].mul(1 / n).expand(x.shape()));
    }
    if (g[2] != null) {
      // d rstd / d x = -rstd^3 (x - mean) / n
      Tensor slope = g[2].mul(rstd.mul(rstd).mul(rstd)).mul(-1 / n);
      gradients[0] = plus(gradients[0], x.sub(mean).mul(slope));
    }
    return gradients;
  }

  /** Inputs {@code (runningMean, runningVar, mean, rstd)}; the variance is rstd^-2 - eps. */
  private static @Nullable Tensor[] runningStatistics(
      RunningStatistics op, Call call, @Nullable Tensor[] g) {
    var gradients = new @Nullable Tensor[4];
    if (g[0] != null) {
      gradients[0] = g[0].mul(1 - op.momentum());
      gradients[2] = g[0].mul(op.momentum());
    }
    if (g[1] != null) {
      Tensor rstd = call.input(3);
      gradients[1] = g[1].mul(1 - op.momentum());
      gradients[3] = g[1].mul(-2 * op.momentum() * op.unbias()).div(rstd.mul(rstd).mul(rstd));
    }
    return gradients;
  }

  private static Tensor plus(@Nullable Tensor a, Tensor b) {
    return a == null ? b : a.add(b);
  }

  /**
   * With {@code xh = (x - m) r}, {@code a = g w} and means over the normalised axes, the op
   * computes
   *
   * <pre>
   * gradX = r p,  p = a - mean(a) - xh mean(a xh)
   * gradWeight = sum(g xh),  gradBias = sum(g)
   * </pre>
   *
   * from {@code (g, x, w, m, r)}, where g is masked first after a ReLU. Given the gradients u, v, t
   * of the three results, this is the chain rule through those lines, from the last to the first.
   */
  private static @Nullable Tensor[] normGrad(NormGrad op, Call call, @Nullable Tensor[] given) {
    Ints axes = op.axes();
    Tensor g = counted(op, call, call.input(0));
    Tensor w = call.input(2);
    Tensor r = call.input(4);
    Tensor centred = call.input(1).sub(call.input(3));
    Tensor xh = centred.mul(r);
    var of = new Terms();
    if (given[0] != null) {
      of.gradX(given[0], axes, g, w, r, xh);
    }
    if (given[1] != null) {
      of.g = plus(of.g, given[1].mul(xh));
      of.xh = plus(of.xh, given[1].mul(g));
    }
    if (given[2] != null) {
      of.g = plus(of.g, given[2].expand(g.shape()));
    }
    if (op.residual() && given[3] != null) {
      of.g = plus(of.g, given[3]);
    }
    var gradients = new @Nullable Tensor[call.inputs()];
    gradients[0] = counted(op, call, Objects.requireNonNull(of.g));
    gradients[2] = of.w;
    gradients[4] = of.r;
    if (of.xh != null) {
      gradients[1] = of.xh.mul(r);
      gradients[3] = sum(gradients[1], axes).neg();
      gradients[4] = plus(of.r, sum(of.xh.mul(centred), axes));
    }
    return gradients;
  }

  /** The part of {@code g} that counts: after a ReLU, where its output is positive. */
  private static Tensor counted(NormGrad op, Call call, Tensor g) {
    return op.relu() ? Interpreter.run(new Binary(BinaryFn.RELU_MASK), g, call.input(5)) : g;
  }

  /** The gradients collected so far; {@code null} for none. */
  private static final class Terms {
    @Nullable Tensor g;
    @Nullable Tensor w;
    @Nullable Tensor r;
    @Nullable Tensor xh;

    /** Adds what flows back from {@code gradX = r p}. */
    void gradX(Tensor u, Ints axes, Tensor inG, Tensor inW, Tensor inR, Tensor inXh) {
      Tensor a = inG.mul(inW);
      Tensor meanAXh = mean(a.mul(inXh), axes);
      Tensor p = a.sub(mean(a, axes)).sub(inXh.mul(meanAXh));
      r = sum(u.mul(p), axes);
      Tensor q = u.mul(inR);
      Tensor meanQXh = mean(q.mul(inXh), axes);
      // p is linear in a, and symmetric: its transpose is itself.
      Tensor ofA = q.sub(mean(q, axes)).sub(inXh.mul(meanQXh));
      g = ofA.mul(inW);
      w = sumTo(ofA.mul(inG), inW.shape());
      xh = q.mul(meanAXh).add(a.mul(meanQXh)).neg();
    }
  }

  private static Tensor mean(Tensor x, Ints axes) {
    return reduce(ReduceFn.MEAN, x, axes, true);
  }
}
