package dev.manabi.bench.torch;

import dev.manabi.tensor.op.OptimOp;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The updates as torch.optim writes them in tensor operations. libtorch's optimizer objects keep
 * their state to themselves; whole trainings are compared with those.
 */
final class TorchOptimizers {
  private TorchOptimizers() {}

  static Tensor[] run(OptimOp op, Tensor[] in) {
    int parameters = in.length / op.inputsPerParameter();
    Tensor[] all = new Tensor[in.length - parameters];
    for (int i = 0; i < parameters; i++) {
      Tensor[] own = new Tensor[op.inputsPerParameter()];
      for (int k = 0; k < own.length; k++) {
        own[k] = in[k * parameters + i];
      }
      Tensor[] updated = update(op, own);
      for (int k = 0; k < updated.length; k++) {
        all[k * parameters + i] = updated[k];
      }
    }
    return all;
  }

  /** Updates one parameter. */
  private static Tensor[] update(OptimOp op, Tensor[] in) {
    ScalarType type = in[0].scalar_type().intern();
    Tensor[] wide = new Tensor[in.length];
    for (int i = 0; i < in.length; i++) {
      wide[i] = TorchNorms.widen(in[i]);
    }
    Tensor[] out =
        switch (op) {
          case OptimOp.Sgd sgd -> sgd(sgd, wide);
          case OptimOp.Adam adam -> adam(adam, wide);
        };
    for (int i = 0; i < out.length; i++) {
      out[i] = out[i].to(type);
    }
    return out;
  }

  private static Tensor[] sgd(OptimOp.Sgd op, Tensor[] in) {
    Tensor param = in[0];
    Tensor d = in[1].add(param, new Scalar(op.weightDecay()));
    if (in.length == 2) {
      return new Tensor[] {param.sub(d, new Scalar(op.lr()))};
    }
    Scalar momentum = new Scalar(op.momentum());
    Tensor buffer = op.first() ? d : in[2].mul(momentum).add(d, new Scalar(1 - op.dampening()));
    Tensor direction = op.nesterov() ? d.add(buffer, momentum) : buffer;
    return new Tensor[] {param.sub(direction, new Scalar(op.lr())), buffer};
  }

  private static Tensor[] adam(OptimOp.Adam op, Tensor[] in) {
    Scalar decay = new Scalar(op.weightDecay());
    Tensor param = op.decoupled() ? in[0].mul(new Scalar(1 - op.lr() * op.weightDecay())) : in[0];
    Tensor grad = op.decoupled() ? in[1] : in[1].add(in[0], decay);
    Tensor m = in[2].lerp(grad, new Scalar(1 - op.beta1()));
    Tensor v = in[3].mul(new Scalar(op.beta2())).addcmul(grad, grad, new Scalar(1 - op.beta2()));
    double correction1 = 1 - Math.pow(op.beta1(), (double) op.step());
    double correction2 = 1 - Math.pow(op.beta2(), (double) op.step());
    Tensor denominator = v.sqrt().div(new Scalar(Math.sqrt(correction2))).add(new Scalar(op.eps()));
    Tensor next = param.addcdiv(m, denominator, new Scalar(-op.lr() / correction1));
    return new Tensor[] {next, m, v};
  }
}
