package dev.manabi.kernels.ptx;

/** {@code mov}: copies, packs and unpacks. */
final class Moves {
  private Moves() {}

  static LaneInstruction move(Decoding d) {
    Type type = d.form.type();
    d.expect(2);
    if (type == Type.PRED) {
      int to = d.predicateTarget(d.operand(0));
      int from = d.predicate(d.operand(1));
      return (warp, mask) -> BitManipulation.setPredicate(warp, to, mask, warp.predicate(from));
    }
    if (d.operand(0) instanceof Operand.Vector(var parts)) {
      return unpack(d, type, parts.size());
    }
    if (d.operand(1) instanceof Operand.Vector(var parts)) {
      return pack(d, type, parts.size());
    }
    int to = d.target(0);
    if (d.operand(1) instanceof Operand.Name(String name) && isClock(name)) {
      return (warp, mask) -> {
        for (int m = mask; m != 0; m &= m - 1) {
          warp.registers[to + Integer.numberOfTrailingZeros(m)] = warp.clock();
        }
      };
    }
    return Elementwise.unary(d, d.source(1, type), a -> a);
  }

  /** Time is the number of instructions that the warp has executed. */
  private static boolean isClock(String name) {
    return switch (name) {
      case "%clock", "%clock64", "%clock_hi", "%globaltimer", "%globaltimer_lo" -> true;
      default -> false;
    };
  }

  private static int width(Decoding d, Type type, int parts) {
    if (parts == 0 || type.bits % parts != 0) {
      throw d.form.error("cannot divide " + type.bits + " bits by " + parts);
    }
    return type.bits / parts;
  }

  private static Type part(int bits) {
    return switch (bits) {
      case 8 -> Type.B8;
      case 16 -> Type.B16;
      default -> Type.B32;
    };
  }

  private static LaneInstruction pack(Decoding d, Type type, int count) {
    int width = width(d, type, count);
    Type part = part(width);
    int to = d.target(0);
    int[] from = d.sources(1, count, part);
    return (warp, mask) -> {
      long[] r = warp.registers;
      for (int m = mask; m != 0; m &= m - 1) {
        int lane = Integer.numberOfTrailingZeros(m);
        long whole = 0;
        for (int i = 0; i < count; i++) {
          whole |= part.narrow(r[from[i] + lane]) << i * width;
        }
        r[to + lane] = whole;
      }
    };
  }

  private static LaneInstruction unpack(Decoding d, Type type, int count) {
    int width = width(d, type, count);
    Type part = part(width);
    int[] to = d.targets(0, count);
    int from = d.source(1, type);
    return (warp, mask) -> {
      long[] r = warp.registers;
      for (int m = mask; m != 0; m &= m - 1) {
        int lane = Integer.numberOfTrailingZeros(m);
        long whole = r[from + lane];
        for (int i = 0; i < count; i++) {
          r[to[i] + lane] = part.narrow(whole >>> i * width);
        }
      }
    };
  }
}
