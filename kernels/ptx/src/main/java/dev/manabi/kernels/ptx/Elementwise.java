package dev.manabi.kernels.ptx;

import java.util.function.LongBinaryOperator;
import java.util.function.LongUnaryOperator;

/** Instructions that compute a register of each lane from other registers of the same lane. */
final class Elementwise {
  /** A function of three registers. */
  @FunctionalInterface
  interface Ternary {
    long apply(long a, long b, long c);
  }

  private Elementwise() {}

  static LaneInstruction unary(int to, int a, LongUnaryOperator function) {
    return (warp, mask) -> {
      long[] r = warp.registers;
      if (mask == -1) {
        for (int lane = 0; lane < Warp.LANES; lane++) {
          r[to + lane] = function.applyAsLong(r[a + lane]);
        }
      } else {
        for (int m = mask; m != 0; m &= m - 1) {
          int lane = Integer.numberOfTrailingZeros(m);
          r[to + lane] = function.applyAsLong(r[a + lane]);
        }
      }
    };
  }

  static LaneInstruction binary(int to, int a, int b, LongBinaryOperator function) {
    return (warp, mask) -> {
      long[] r = warp.registers;
      if (mask == -1) {
        for (int lane = 0; lane < Warp.LANES; lane++) {
          r[to + lane] = function.applyAsLong(r[a + lane], r[b + lane]);
        }
      } else {
        for (int m = mask; m != 0; m &= m - 1) {
          int lane = Integer.numberOfTrailingZeros(m);
          r[to + lane] = function.applyAsLong(r[a + lane], r[b + lane]);
        }
      }
    };
  }

  static LaneInstruction ternary(int to, int a, int b, int c, Ternary function) {
    return (warp, mask) -> {
      long[] r = warp.registers;
      if (mask == -1) {
        for (int lane = 0; lane < Warp.LANES; lane++) {
          r[to + lane] = function.apply(r[a + lane], r[b + lane], r[c + lane]);
        }
      } else {
        for (int m = mask; m != 0; m &= m - 1) {
          int lane = Integer.numberOfTrailingZeros(m);
          r[to + lane] = function.apply(r[a + lane], r[b + lane], r[c + lane]);
        }
      }
    };
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
