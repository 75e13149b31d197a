package dev.manabi.autograd;

import static dev.manabi.autograd.Grads.sumTo;
import static dev.manabi.tensor.Tensors.where;

import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.op.ElementwiseOp;
import dev.manabi.tensor.op.ElementwiseOp.Binary;
import dev.manabi.tensor.run.Interpreter;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Elementwise ops. */
final class ElementwiseVjp {
  private ElementwiseVjp() {}

  static @Nullable Tensor[] of(ElementwiseOp op, Call call, Tensor g) {
    return switch (op) {
      case ElementwiseOp.Unary unary -> Call.gradients(unary(unary, call, g));
      case Binary binary -> binary(binary, call, g);
      case ElementwiseOp.Where w ->
          Call.gradients(
              null,
              operand(call, 1, () -> where(call.input(0), g, zero(g))),
              operand(call, 2, () -> where(call.input(0), zero(g), g)));
      case ElementwiseOp.ScaleShift affine -> scaleShift(affine, call, g);
      case ElementwiseOp.Clamp(double low, double high) -> {
        Tensor x = call.input(0);
        yield Call.gradients(where(x.ge(low).and(x.le(high)), g, zero(g)));
      }
      case ElementwiseOp.Cast c -> Call.gradients(g.to(call.spec(0).dtype()));
      // Back in the order of the input, which the ops before it work in.
      case ElementwiseOp.Copy c ->
          Call.gradients(call.spec(0).layout().isChannelsLast() ? g.channelsLast() : g);
      // The same op again: the same key drops the same elements.
      case ElementwiseOp.Dropout dropout -> Call.gradients(Interpreter.run(dropout, g));
    };
  }

  /** A rank-0 zero, which broadcasts. */
  private static Tensor zero(Tensor like) {
    return Grads.scalar(0, like);
  }

  /** The gradient of input {@code i} if it is wanted, summed back to the shape it had. */
  private static @Nullable Tensor operand(Call call, int i, Supplier<Tensor> gradient) {
    return call.needs(i) ? sumTo(gradient.get(), call.spec(i).shape()) : null;
  }

  private static @Nullable Tensor[] scaleShift(
      ElementwiseOp.ScaleShift op, Call call, Tensor given) {
    Tensor g = op.relu() ? Grads.whereActive(call, given) : given;
    var gradients = new @Nullable Tensor[call.inputs()];
    gradients[0] = operand(call, 0, () -> g.mul(call.input(1)));
    gradients[1] = operand(call, 1, () -> g.mul(call.input(0)));
    for (int i = 2; i < gradients.length; i++) {
      gradients[i] = operand(call, i, () -> g);
    }
    return gradients;
  }

  private static Tensor unary(ElementwiseOp.Unary op, Call call, Tensor g) {
    return switch (op.fn()) {
      case NEG -> g.neg();
      case ABS -> g.mul(call.input(0).detach().sign());
      // Steps are flat wherever they have a slope. That is also why slopes made of steps, here and
      // below, are computed from detached values.
      case SIGN, FLOOR, CEIL, ROUND, TRUNC -> Grads.zeros(call.spec(0), g);
      case EXP -> g.mul(call.output(0));
      case EXPM1 -> g.mul(call.output(0).add(1));
      case LOG -> g.div(call.input(0));
      case LOG1P -> g.div(call.input(0).add(1));
      case SQRT -> g.div(call.output(0).mul(2));
      case RSQRT -> {
        Tensor y = call.output(0);
        yield g.mul(y.mul(y).mul(y)).mul(-0.5);
      }
      case RECIPROCAL -> g.mul(call.output(0).square()).neg();
      case SIN -> g.mul(call.input(0).cos());
      case COS -> g.mul(call.input(0).sin()).neg();
      case TANH -> g.mul(call.output(0).square().rsub(1));
      case SIGMOID -> {
        Tensor y = call.output(0);
        yield g.mul(y.mul(y.rsub(1)));
      }
      case ERF -> g.mul(call.input(0).square().neg().exp()).mul(2 / Math.sqrt(Math.PI));
      case RELU -> Grads.whereActive(call, g);
      case IS_NAN, IS_INF, IS_FINITE, NOT -> throw Vjp.notDifferentiable(op);
    };
  }

  private static @Nullable Tensor[] binary(Binary op, Call call, Tensor g) {
    return Call.gradients(
        operand(call, 0, () -> first(op, call, g)), operand(call, 1, () -> second(op, call, g)));
  }

  /** With respect to the left operand. */
  private static Tensor first(Binary op, Call call, Tensor g) {
    return switch (op.fn()) {
      case ADD, SUB, REMAINDER -> g;
      case MUL -> g.mul(call.input(1));
      case DIV -> g.div(call.input(1));
      case POW -> powBase(call.input(0), call.input(1), g);
      case MAX -> extremum(call.input(0).lt(call.input(1)), call, g);
      case MIN -> extremum(call.input(0).gt(call.input(1)), call, g);
      case FLOOR_DIV -> Grads.zeros(call.spec(0), g);
      case RELU_MASK -> Interpreter.run(op, g, call.input(1));
      case AND, OR, XOR, EQ, NE, LT, LE, GT, GE -> throw Vjp.notDifferentiable(op);
    };
  }

  /** With respect to the right operand. */
  private static Tensor second(Binary op, Call call, Tensor g) {
    return switch (op.fn()) {
      case ADD -> g;
      case SUB -> g.neg();
      case MUL -> g.mul(call.input(0));
      case DIV -> {
        Tensor b = call.input(1);
        yield g.mul(call.input(0)).div(b.square()).neg();
      }
      case POW -> powExponent(call.input(0), call.input(1), call.output(0), g);
      case MAX -> extremum(call.input(0).gt(call.input(1)), call, g);
      case MIN -> extremum(call.input(0).lt(call.input(1)), call, g);
      case REMAINDER -> g.mul(call.input(0).detach().floorDiv(call.input(1).detach())).neg();
      case FLOOR_DIV, RELU_MASK -> Grads.zeros(call.spec(1), g);
      case AND, OR, XOR, EQ, NE, LT, LE, GT, GE -> throw Vjp.notDifferentiable(op);
    };
  }

  /** {@code b * a^(b-1)}; at {@code 0^0}, where that reads {@code 0 * inf}, it is 0. */
  private static Tensor powBase(Tensor a, Tensor b, Tensor g) {
    Tensor corner = a.eq(0).and(b.eq(0));
    Tensor exponent = where(corner, Grads.scalar(1, b), b.sub(1));
    return g.mul(b.mul(a.pow(exponent)));
  }

  /** {@code y * log(a)}; where the base is 0 the power stays 0, and the slope is 0. */
  private static Tensor powExponent(Tensor a, Tensor b, Tensor y, Tensor g) {
    Tensor flat = a.eq(0).and(b.ge(0));
    return g.mul(y.mul(where(flat, Grads.scalar(1, a), a).log()));
  }

  /** The gradient goes to the operand that won, and half to each of two equal ones. */
  private static Tensor extremum(Tensor lost, Call call, Tensor g) {
    Tensor tie = call.input(0).eq(call.input(1));
    return where(lost, zero(g), where(tie, g.mul(0.5), g));
  }
}
