package dev.manabi.tensor;

import static dev.manabi.tensor.Promotion.binary;
import static dev.manabi.tensor.Promotion.floating;
import static dev.manabi.tensor.Promotion.unary;

import dev.manabi.tensor.op.ElementwiseOp;
import dev.manabi.tensor.op.ElementwiseOp.BinaryFn;
import dev.manabi.tensor.op.ElementwiseOp.UnaryFn;
import dev.manabi.tensor.run.Interpreter;

/**
 * Elementwise arithmetic, functions and comparisons. Operands are broadcast against each other and
 * brought to a common dtype; a number counts as an operand of this tensor's dtype.
 */
public sealed interface TensorMath permits Tensor {
  /** This object, as the tensor it is. */
  Tensor self();

  default Tensor add(Tensor other) {
    return binary(BinaryFn.ADD, self(), other);
  }

  default Tensor add(double other) {
    return binary(BinaryFn.ADD, self(), other);
  }

  default Tensor sub(Tensor other) {
    return binary(BinaryFn.SUB, self(), other);
  }

  default Tensor sub(double other) {
    return binary(BinaryFn.SUB, self(), other);
  }

  /** {@code other - this}. */
  default Tensor rsub(double other) {
    return binary(BinaryFn.SUB, other, self());
  }

  default Tensor mul(Tensor other) {
    return binary(BinaryFn.MUL, self(), other);
  }

  default Tensor mul(double other) {
    return binary(BinaryFn.MUL, self(), other);
  }

  /** True division: integers give f32. */
  default Tensor div(Tensor other) {
    return binary(BinaryFn.DIV, self(), other);
  }

  default Tensor div(double other) {
    return binary(BinaryFn.DIV, self(), other);
  }

  /** {@code other / this}. */
  default Tensor rdiv(double other) {
    return binary(BinaryFn.DIV, other, self());
  }

  /** {@code floor(this / other)}. */
  default Tensor floorDiv(Tensor other) {
    return binary(BinaryFn.FLOOR_DIV, self(), other);
  }

  default Tensor floorDiv(double other) {
    return binary(BinaryFn.FLOOR_DIV, self(), other);
  }

  /** The remainder with the divisor's sign, as Python's {@code %}. */
  default Tensor remainder(Tensor other) {
    return binary(BinaryFn.REMAINDER, self(), other);
  }

  default Tensor remainder(double other) {
    return binary(BinaryFn.REMAINDER, self(), other);
  }

  default Tensor pow(Tensor exponent) {
    return binary(BinaryFn.POW, self(), exponent);
  }

  default Tensor pow(double exponent) {
    return exponent == 2 ? square() : binary(BinaryFn.POW, self(), exponent);
  }

  default Tensor square() {
    return mul(self());
  }

  default Tensor maximum(Tensor other) {
    return binary(BinaryFn.MAX, self(), other);
  }

  default Tensor maximum(double other) {
    return binary(BinaryFn.MAX, self(), other);
  }

  default Tensor minimum(Tensor other) {
    return binary(BinaryFn.MIN, self(), other);
  }

  default Tensor minimum(double other) {
    return binary(BinaryFn.MIN, self(), other);
  }

  /** Limits every element to {@code [low, high]}. */
  default Tensor clamp(double low, double high) {
    return Interpreter.run(new ElementwiseOp.Clamp(low, high), self());
  }

  default Tensor neg() {
    return unary(UnaryFn.NEG, self());
  }

  default Tensor abs() {
    return unary(UnaryFn.ABS, self());
  }

  /** -1, 0 or 1. */
  default Tensor sign() {
    return unary(UnaryFn.SIGN, self());
  }

  default Tensor exp() {
    return floating(UnaryFn.EXP, self());
  }

  default Tensor expm1() {
    return floating(UnaryFn.EXPM1, self());
  }

  /** Natural logarithm. */
  default Tensor log() {
    return floating(UnaryFn.LOG, self());
  }

  default Tensor log1p() {
    return floating(UnaryFn.LOG1P, self());
  }

  default Tensor sqrt() {
    return floating(UnaryFn.SQRT, self());
  }

  /** {@code 1 / sqrt(this)}. */
  default Tensor rsqrt() {
    return floating(UnaryFn.RSQRT, self());
  }

  default Tensor reciprocal() {
    return floating(UnaryFn.RECIPROCAL, self());
  }

  default Tensor sin() {
    return floating(UnaryFn.SIN, self());
  }

  default Tensor cos() {
    return floating(UnaryFn.COS, self());
  }

  default Tensor tanh() {
    return floating(UnaryFn.TANH, self());
  }

  /** {@code 1 / (1 + exp(-this))}. */
  default Tensor sigmoid() {
    return floating(UnaryFn.SIGMOID, self());
  }

  /** The Gauss error function. */
  default Tensor erf() {
    return floating(UnaryFn.ERF, self());
  }

  /** {@code max(this, 0)}. */
  default Tensor relu() {
    return unary(UnaryFn.RELU, self());
  }

  /** {@code this > 0 ? this : slope * this}. */
  default Tensor leakyRelu(double slope) {
    return relu().sub(neg().relu().mul(slope));
  }

  /** {@code x * Phi(x)} with the normal distribution's Phi (Hendrycks and Gimpel 2016). */
  default Tensor gelu() {
    return mul(mul(Math.sqrt(0.5)).erf().add(1).mul(0.5));
  }

  /** {@code x * sigmoid(x)} (Elfwing et al. 2018). */
  default Tensor silu() {
    return mul(sigmoid());
  }

  /** {@code log(1 + exp(x))}, without overflow for large x. */
  default Tensor softplus() {
    return relu().add(abs().neg().exp().log1p());
  }

  default Tensor floor() {
    return unary(UnaryFn.FLOOR, self());
  }

  default Tensor ceil() {
    return unary(UnaryFn.CEIL, self());
  }

  /** To the nearest integer, halves to even. */
  default Tensor round() {
    return unary(UnaryFn.ROUND, self());
  }

  default Tensor trunc() {
    return unary(UnaryFn.TRUNC, self());
  }

  default Tensor isNan() {
    return unary(UnaryFn.IS_NAN, self());
  }

  default Tensor isInf() {
    return unary(UnaryFn.IS_INF, self());
  }

  default Tensor isFinite() {
    return unary(UnaryFn.IS_FINITE, self());
  }

  default Tensor eq(Tensor other) {
    return binary(BinaryFn.EQ, self(), other);
  }

  default Tensor eq(double other) {
    return binary(BinaryFn.EQ, self(), other);
  }

  default Tensor ne(Tensor other) {
    return binary(BinaryFn.NE, self(), other);
  }

  default Tensor ne(double other) {
    return binary(BinaryFn.NE, self(), other);
  }

  default Tensor lt(Tensor other) {
    return binary(BinaryFn.LT, self(), other);
  }

  default Tensor lt(double other) {
    return binary(BinaryFn.LT, self(), other);
  }

  default Tensor le(Tensor other) {
    return binary(BinaryFn.LE, self(), other);
  }

  default Tensor le(double other) {
    return binary(BinaryFn.LE, self(), other);
  }

  default Tensor gt(Tensor other) {
    return binary(BinaryFn.GT, self(), other);
  }

  default Tensor gt(double other) {
    return binary(BinaryFn.GT, self(), other);
  }

  default Tensor ge(Tensor other) {
    return binary(BinaryFn.GE, self(), other);
  }

  default Tensor ge(double other) {
    return binary(BinaryFn.GE, self(), other);
  }

  /** Bitwise and of integers, logical and of bool. */
  default Tensor and(Tensor other) {
    return binary(BinaryFn.AND, self(), other);
  }

  /** Bitwise or of integers, logical or of bool. */
  default Tensor or(Tensor other) {
    return binary(BinaryFn.OR, self(), other);
  }

  /** Bitwise exclusive or of integers, logical exclusive or of bool. */
  default Tensor xor(Tensor other) {
    return binary(BinaryFn.XOR, self(), other);
  }

  /** Bool: true where this is zero. */
  default Tensor not() {
    return unary(UnaryFn.NOT, self());
  }

  /** {@code value} where {@code mask} (bool, broadcast) is true, this tensor elsewhere. */
  default Tensor maskedFill(Tensor mask, double value) {
    return Tensors.where(mask, Promotion.scalar(self(), value), self());
  }

  /** This tensor in another element type; itself if it already has it. */
  default Tensor to(DType dtype) {
    Tensor x = self();
    return x.dtype() == dtype ? x : Interpreter.run(new ElementwiseOp.Cast(dtype), x);
  }
}
