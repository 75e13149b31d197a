package dev.manabi.kernels.reference;

import dev.manabi.tensor.Layout;
import dev.manabi.tensor.op.OptimOp;
import java.util.Arrays;

/** Optimizer updates; outputs are written where the inputs lie, so each element is read first. */
final class Optimizers {
  private Optimizers() {}

  static void run(OptimOp op, Elements[] in, Elements[] out) {
    int parameters = in.length / op.inputsPerParameter();
    for (int i = 0; i < parameters; i++) {
      update(op, every(parameters, i, in), every(parameters, i, out));
    }
  }

  /** Elements {@code first}, {@code first + step} and so on. */
  private static Elements[] every(int step, int first, Elements[] all) {
    Elements[] some = new Elements[all.length / step];
    Arrays.setAll(some, k -> all[first + k * step]);
    return some;
  }

  /** Updates one parameter. */
  private static void update(OptimOp op, Elements[] in, Elements[] out) {
    switch (op) {
      case OptimOp.Sgd sgd when sgd.momentum() == 0 -> sgd(sgd, in[0], in[1], out[0]);
      case OptimOp.Sgd sgd -> momentum(sgd, in, out);
      case OptimOp.Adam adam -> adam(adam, in, out);
    }
  }

  private static void sgd(OptimOp.Sgd op, Elements param, Elements grad, Elements newParam) {
    Walk w = Walk.over(param.shape(), param.layout(), grad.layout(), newParam.layout());
    for (; w.more(); w.next()) {
      double p = param.get(w.at(0));
      double d = grad.get(w.at(1)) + op.weightDecay() * p;
      newParam.set(w.at(2), p - op.lr() * d);
    }
  }

  private static void momentum(OptimOp.Sgd op, Elements[] in, Elements[] out) {
    for (Walk w = walk(in, out); w.more(); w.next()) {
      double p = in[0].get(w.at(0));
      double d = in[1].get(w.at(1)) + op.weightDecay() * p;
      double old = in[2].get(w.at(2));
      double buffer = op.first() ? d : op.momentum() * old + (1 - op.dampening()) * d;
      double step = op.nesterov() ? d + op.momentum() * buffer : buffer;
      out[0].set(w.at(3), p - op.lr() * step);
      out[1].set(w.at(4), buffer);
    }
  }

  private static void adam(OptimOp.Adam op, Elements[] in, Elements[] out) {
    double correction1 = 1 - Math.pow(op.beta1(), (double) op.step());
    double correction2 = 1 - Math.pow(op.beta2(), (double) op.step());
    for (Walk w = walk(in, out); w.more(); w.next()) {
      double p = in[0].get(w.at(0));
      double g = in[1].get(w.at(1));
      if (op.decoupled()) {
        p -= op.lr() * op.weightDecay() * p;
      } else {
        g += op.weightDecay() * p;
      }
      double m = op.beta1() * in[2].get(w.at(2)) + (1 - op.beta1()) * g;
      double v = op.beta2() * in[3].get(w.at(3)) + (1 - op.beta2()) * g * g;
      double scale = Math.sqrt(v / correction2) + op.eps();
      out[0].set(w.at(4), p - op.lr() * (m / correction1) / scale);
      out[1].set(w.at(5), m);
      out[2].set(w.at(6), v);
    }
  }

  /** All inputs, then all outputs. */
  private static Walk walk(Elements[] in, Elements[] out) {
    Layout[] layouts = new Layout[in.length + out.length];
    for (int i = 0; i < layouts.length; i++) {
      layouts[i] = (i < in.length ? in[i] : out[i - in.length]).layout();
    }
    return Walk.over(layouts[0].shape(), layouts);
  }
}
