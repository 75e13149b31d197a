package dev.manabi.kernels.ptx;

import java.util.function.LongBinaryOperator;
import java.util.function.LongUnaryOperator;

/**
 * Instructions that compute a register of each lane, their first operand, from other registers of
 * the same lane by a function that the opcode determines.
 */
final class Elementwise {
  /** A function of three registers. */
  @FunctionalInterface
  interface Ternary {
    long apply(long a, long b, long c);
  }

  private Elementwise() {}

  /** {@code to = f(a)}. */
  static LaneInstruction unary(Decoding d, int a, LongUnaryOperator function) {
    return instruction(d, UnaryLoop.class, function, a, a, a);
  }

  /** {@code to = f(a, b)}. */
  static LaneInstruction binary(Decoding d, int a, int b, LongBinaryOperator function) {
    return instruction(d, BinaryLoop.class, function, a, b, b);
  }

  /** {@code to = f(a, b, c)}. */
  static LaneInstruction ternary(Decoding d, int a, int b, int c, Ternary function) {
    return instruction(d, TernaryLoop.class, function, a, b, c);
  }

  private static LaneInstruction instruction(
      Decoding d, Class<? extends LaneLoop> kind, Object function, int a, int b, int c) {
    LaneLoop loop = LoopTemplate.copy(d.statement.opcode(), LaneLoop.class, kind, function);
    int to = d.target(0);
    return (warp, mask) -> loop.run(warp.registers, mask, to, a, b, c);
  }

  /** Applies a function of 16 bits to both halves of a register. */
  static LongUnaryOperator packed(LongUnaryOperator half) {
    return a -> join(half.applyAsLong(a & 0xffff), half.applyAsLong(a >>> 16 & 0xffff));
  }

  static LongBinaryOperator packed(LongBinaryOperator half) {
    return (a, b) ->
        join(
            half.applyAsLong(a & 0xffff, b & 0xffff),
            half.applyAsLong(a >>> 16 & 0xffff, b >>> 16 & 0xffff));
  }

  static Ternary packed(Ternary half) {
    return (a, b, c) ->
        join(
            half.apply(a & 0xffff, b & 0xffff, c & 0xffff),
            half.apply(a >>> 16 & 0xffff, b >>> 16 & 0xffff, c >>> 16 & 0xffff));
  }

  private static long join(long low, long high) {
    return (low & 0xffff) | (high & 0xffff) << 16;
  }
}
