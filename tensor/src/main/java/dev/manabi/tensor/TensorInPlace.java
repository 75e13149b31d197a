package dev.manabi.tensor;

import dev.manabi.tensor.op.CreateOp;
import dev.manabi.tensor.op.CreateOp.Distribution;
import dev.manabi.tensor.op.ElementwiseOp;
import dev.manabi.tensor.op.ElementwiseOp.Binary;
import dev.manabi.tensor.op.ElementwiseOp.BinaryFn;
import dev.manabi.tensor.op.ElementwiseOp.Copy;
import dev.manabi.tensor.op.ElementwiseOp.Order;
import dev.manabi.tensor.op.ElementwiseOp.Unary;
import dev.manabi.tensor.op.ElementwiseOp.UnaryFn;
import dev.manabi.tensor.op.Op;
import dev.manabi.tensor.run.Interpreter;

/**
 * Methods that overwrite this tensor and return it; their names end in an underscore. The other
 * operand is cast and broadcast to this tensor. Gradients flow through them, and values that
 * backward still needs are protected by version counters.
 */
public sealed interface TensorInPlace permits Tensor {
  /** This object, as the tensor it is. */
  Tensor self();

  private Tensor into(Op op, Tensor... inputs) {
    Interpreter.runInto(op, inputs, self());
    return self();
  }

  private Tensor binary(BinaryFn fn, Tensor other) {
    return into(new Binary(fn), self(), other.to(self().dtype()));
  }

  private Tensor binary(BinaryFn fn, double other) {
    return binary(fn, Promotion.scalar(self(), other));
  }

  default Tensor add_(Tensor other) {
    return binary(BinaryFn.ADD, other);
  }

  default Tensor add_(double other) {
    return binary(BinaryFn.ADD, other);
  }

  default Tensor sub_(Tensor other) {
    return binary(BinaryFn.SUB, other);
  }

  default Tensor sub_(double other) {
    return binary(BinaryFn.SUB, other);
  }

  default Tensor mul_(Tensor other) {
    return binary(BinaryFn.MUL, other);
  }

  default Tensor mul_(double other) {
    return binary(BinaryFn.MUL, other);
  }

  default Tensor div_(Tensor other) {
    return binary(BinaryFn.DIV, other);
  }

  default Tensor div_(double other) {
    return binary(BinaryFn.DIV, other);
  }

  default Tensor pow_(double exponent) {
    return binary(BinaryFn.POW, exponent);
  }

  default Tensor clamp_(double low, double high) {
    return into(new ElementwiseOp.Clamp(low, high), self());
  }

  default Tensor neg_() {
    return into(new Unary(UnaryFn.NEG), self());
  }

  default Tensor exp_() {
    return into(new Unary(UnaryFn.EXP), self());
  }

  default Tensor log_() {
    return into(new Unary(UnaryFn.LOG), self());
  }

  default Tensor sqrt_() {
    return into(new Unary(UnaryFn.SQRT), self());
  }

  default Tensor tanh_() {
    return into(new Unary(UnaryFn.TANH), self());
  }

  default Tensor sigmoid_() {
    return into(new Unary(UnaryFn.SIGMOID), self());
  }

  default Tensor relu_() {
    return into(new Unary(UnaryFn.RELU), self());
  }

  /** The values of {@code source}, cast, moved to this device and broadcast. */
  default Tensor copy_(Tensor source) {
    Tensor x = self();
    Tensor s = source.to(x.dtype()).to(x.device()).expand(x.shape());
    return into(new Copy(Order.ROW_MAJOR), s.storage() == x.storage() ? s.copy() : s);
  }

  /** {@code value} wherever {@code mask} (bool, broadcast) is true. */
  default Tensor maskedFill_(Tensor mask, double value) {
    return into(
        new ElementwiseOp.Where(),
        mask.expand(self().shape()),
        Promotion.scalar(self(), value),
        self());
  }

  default Tensor fill_(double value) {
    return into(new CreateOp.Fill(self().shape(), self().dtype(), value));
  }

  default Tensor zero_() {
    return fill_(0);
  }

  /** Uniform random numbers in {@code [low, high)}. */
  default Tensor uniform_(double low, double high) {
    return random(Distribution.UNIFORM, low, high);
  }

  /** Normal random numbers. */
  default Tensor normal_(double mean, double std) {
    return random(Distribution.NORMAL, mean, std);
  }

  private Tensor random(Distribution distribution, double a, double b) {
    Tensor x = self();
    return into(
        new CreateOp.Random(
            x.shape(), x.dtype(), distribution, a, b, Generator.of(x.device()).nextKey()));
  }
}
