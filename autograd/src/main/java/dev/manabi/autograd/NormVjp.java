package dev.manabi.autograd;

import static dev.manabi.autograd.Grads.reduce;
import static dev.manabi.autograd.Grads.sum;
import static dev.manabi.autograd.Grads.sumTo;

import dev.manabi.tensor.Ints;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.op.NormOp;
import dev.manabi.tensor.op.NormOp.Norm;
import dev.manabi.tensor.op.NormOp.NormGrad;
import dev.manabi.tensor.op.ReduceOp.ReduceFn;
import dev.manabi.tensor.run.Interpreter;
import org.jspecify.annotations.Nullable;

/** Normalisation, whose gradient is one op, and the gradient of that op. */
final class NormVjp {
  private NormVjp() {}

  static @Nullable Tensor[] of(NormOp op, Call call, @Nullable Tensor[] g) {
    return switch (op) {
      case Norm norm -> norm(norm.axes(), call, g);
      case NormGrad grad -> normGrad(grad.axes(), call, g);
    };
  }

  /** Inputs {@code (x, weight, bias)}, outputs {@code (y, mean, rstd)}. */
  private static @Nullable Tensor[] norm(Ints axes, Call call, @Nullable Tensor[] g) {
    Tensor x = call.input(0);
    Tensor mean = call.output(1);
    Tensor rstd = call.output(2);
    var gradients = new @Nullable Tensor[3];
    if (g[0] != null) {
      Tensor[] ofY = Interpreter.runAll(new NormGrad(axes), g[0], x, call.input(1), mean, rstd);
      System.arraycopy(ofY, 0, gradients, 0, 3);
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
   * from {@code (g, x, w, m, r)}. Given the gradients u, v, t of the three results, this is the
   * chain rule through those lines, from the last to the first.
   */
  private static @Nullable Tensor[] normGrad(Ints axes, Call call, @Nullable Tensor[] given) {
    Tensor g = call.input(0);
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
    if (of.xh == null) {
      return Call.gradients(of.g, null, of.w, null, of.r);
    }
    Tensor ofX = of.xh.mul(r);
    Tensor ofMean = sum(ofX, axes).neg();
    return Call.gradients(of.g, ofX, of.w, ofMean, plus(of.r, sum(of.xh.mul(centred), axes)));
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
