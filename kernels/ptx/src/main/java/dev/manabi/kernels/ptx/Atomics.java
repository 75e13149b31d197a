package dev.manabi.kernels.ptx;

import java.util.function.LongBinaryOperator;

/** {@code atom} and {@code red}: lanes update memory one after the other, the lowest first. */
final class Atomics {
  private Atomics() {}

  static LaneInstruction update(Decoding d) {
    boolean returns = d.form.base.equals("atom");
    MemoryAccess.ignoreOrder(d.form);
    Space space = d.form.space();
    String operation =
        d.form.takeOne("add", "min", "max", "inc", "dec", "and", "or", "xor", "exch", "cas");
    d.form.ignore("noftz");
    Type type = d.form.type();
    boolean swap = operation.equals("cas");
    d.expect((returns ? 2 : 1) + (swap ? 2 : 1));
    int first = returns ? 1 : 0;
    int to = returns ? d.target(0) : -1;
    Decoding.Address address = d.address(first);
    int value = d.source(first + 1, type);
    int replacement = swap ? d.source(first + 2, type) : value;
    AddressSpace memory = AddressSpace.of(space);
    LongBinaryOperator function = swap ? (a, b) -> a : function(d, operation, type);
    int bytes = type.bytes();
    d.builder().noteAccess(space, bytes);
    return (warp, mask) -> {
      long[] r = warp.registers;
      MemoryAccess.profile(warp, space, address.base(), address.offset(), mask, bytes);
      for (int m = mask; m != 0; m &= m - 1) {
        int lane = Integer.numberOfTrailingZeros(m);
        long at = r[address.base() + lane] + address.offset();
        long operand = r[value + lane];
        long other = r[replacement + lane];
        AddressSpace.checkAligned(warp, lane, at, bytes);
        long old =
            memory.update(
                warp,
                lane,
                at,
                bytes,
                swap
                    ? a -> type.narrow(a) == type.narrow(operand) ? other : a
                    : a -> function.applyAsLong(a, operand));
        if (to >= 0) {
          r[to + lane] = type.narrow(old);
        }
      }
    };
  }

  private static LongBinaryOperator function(Decoding d, String operation, Type type) {
    if (type.isFloat()) {
      Type half = FloatArithmetic.half(type);
      LongBinaryOperator function =
          switch (operation) {
            case "add" -> FloatUnit.binary("add", half, Rounding.NEAREST);
            case "min" -> FloatUnit.extreme(half, false, false);
            case "max" -> FloatUnit.extreme(half, true, false);
            case "exch" -> (_, b) -> b;
            default -> throw d.form.error("is not defined for ." + type);
          };
      return type.isPacked() ? Elementwise.packed(function) : function;
    }
    return switch (operation) {
      case "add" -> Long::sum;
      case "and" -> (a, b) -> a & b;
      case "or" -> (a, b) -> a | b;
      case "xor" -> (a, b) -> a ^ b;
      case "exch" -> (_, b) -> b;
      case "min" -> (a, b) -> less(type, b, a) ? b : a;
      case "max" -> (a, b) -> less(type, a, b) ? b : a;
      case "inc" -> (a, b) -> less(type, a, b) ? a + 1 : 0;
      default -> (a, b) -> type.narrow(a) == 0 || less(type, b, a) ? b : a - 1;
    };
  }

  private static boolean less(Type type, long a, long b) {
    long x = type.narrow(a);
    long y = type.narrow(b);
    return type.isSigned() ? x < y : Long.compareUnsigned(x, y) < 0;
  }
}
