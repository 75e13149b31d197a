package dev.manabi.kernels.ptx;

import java.util.function.LongBinaryOperator;

/** {@code shfl, vote, match, redux, activemask}: lanes of a warp see each other's registers. */
final class WarpExchange {
  private static final int NO_PREDICATE = -1;

  private WarpExchange() {}

  private static void setAll(Warp warp, int to, int mask, long value) {
    for (int m = mask; m != 0; m &= m - 1) {
      warp.registers[to + Integer.numberOfTrailingZeros(m)] = value;
    }
  }

  /** {@code shfl.sync}: each lane gets a register of another lane of its segment. */
  static ControlInstruction shuffle(Decoding d) {
    d.form.takeOne("sync");
    String mode = d.form.takeOne("up", "down", "bfly", "idx");
    d.form.type();
    d.expect(5);
    boolean pair = d.operand(0) instanceof Operand.Pair;
    int to = d.target(pair ? ((Operand.Pair) d.operand(0)).first() : d.operand(0));
    int inRange = pair ? d.predicateTarget(((Operand.Pair) d.operand(0)).second()) : NO_PREDICATE;
    int from = d.source(1, Type.B32);
    int by = d.source(2, Type.B32);
    int bounds = d.source(3, Type.B32);
    return new WarpInstruction(
        d.source(4, Type.B32),
        (warp, mask) -> {
          long[] r = warp.registers;
          long[] values = new long[Warp.LANES];
          System.arraycopy(r, from, values, 0, Warp.LANES);
          int valid = 0;
          for (int m = mask; m != 0; m &= m - 1) {
            int lane = Integer.numberOfTrailingZeros(m);
            int source = source(mode, lane, (int) r[by + lane] & 31, (int) r[bounds + lane]);
            valid |= source >= 0 ? 1 << lane : 0;
            r[to + lane] = values[source >= 0 ? source : lane];
          }
          if (inRange != NO_PREDICATE) {
            BitManipulation.setPredicate(warp, inRange, mask, valid);
          }
        });
  }

  /** The lane to read from; -1 if it lies beyond the segment. */
  private static int source(String mode, int lane, int by, int bounds) {
    int clamp = bounds & 31;
    int segment = bounds >> 8 & 31;
    int last = (lane & segment) | (clamp & ~segment);
    int source =
        switch (mode) {
          case "up" -> lane - by;
          case "down" -> lane + by;
          case "bfly" -> lane ^ by;
          default -> (lane & segment) | (by & ~segment);
        };
    boolean inside = mode.equals("up") ? source >= last : source <= last;
    return inside ? source : -1;
  }

  /** {@code vote.sync}. */
  static ControlInstruction vote(Decoding d) {
    d.form.takeOne("sync");
    String mode = d.form.takeOne("all", "any", "uni", "ballot");
    Type type = d.form.type();
    d.expect(3);
    boolean ballot = mode.equals("ballot");
    if (ballot == (type == Type.PRED)) {
      throw d.form.error("has the wrong type");
    }
    int to = ballot ? d.target(0) : d.predicateTarget(d.operand(0));
    int from = d.predicate(d.operand(1));
    return new WarpInstruction(
        d.source(2, Type.B32),
        (warp, mask) -> {
          int votes = warp.predicate(from) & mask;
          switch (mode) {
            case "ballot" -> setAll(warp, to, mask, votes & 0xffff_ffffL);
            case "all" -> BitManipulation.setPredicate(warp, to, mask, votes == mask ? -1 : 0);
            case "any" -> BitManipulation.setPredicate(warp, to, mask, votes != 0 ? -1 : 0);
            default ->
                BitManipulation.setPredicate(warp, to, mask, votes == mask || votes == 0 ? -1 : 0);
          }
        });
  }

  /** {@code activemask}: the lanes that execute together right now. */
  static LaneInstruction activeMask(Decoding d) {
    d.form.type();
    d.expect(1);
    int to = d.target(0);
    return (warp, mask) -> setAll(warp, to, mask, mask & 0xffff_ffffL);
  }

  /** {@code match.sync}: which lanes hold the same value. */
  static ControlInstruction match(Decoding d) {
    boolean all = d.form.takeOne("any", "all").equals("all");
    d.form.takeOne("sync");
    Type type = d.form.type();
    d.expect(3);
    boolean pair = d.operand(0) instanceof Operand.Pair;
    int to = d.target(pair ? ((Operand.Pair) d.operand(0)).first() : d.operand(0));
    int agreed = pair ? d.predicateTarget(((Operand.Pair) d.operand(0)).second()) : NO_PREDICATE;
    int from = d.source(1, type);
    return new WarpInstruction(
        d.source(2, Type.B32),
        (warp, mask) -> {
          long[] same = new long[Warp.LANES];
          for (int m = mask; m != 0; m &= m - 1) {
            int lane = Integer.numberOfTrailingZeros(m);
            same[lane] = equal(warp, type, from, mask, lane) & 0xffff_ffffL;
          }
          boolean unanimous = same[Integer.numberOfTrailingZeros(mask)] == (mask & 0xffff_ffffL);
          for (int m = mask; m != 0; m &= m - 1) {
            int lane = Integer.numberOfTrailingZeros(m);
            warp.registers[to + lane] = all && !unanimous ? 0 : same[lane];
          }
          if (agreed != NO_PREDICATE) {
            BitManipulation.setPredicate(warp, agreed, mask, unanimous ? -1 : 0);
          }
        });
  }

  private static int equal(Warp warp, Type type, int from, int mask, int lane) {
    long value = type.narrow(warp.registers[from + lane]);
    int same = 0;
    for (int m = mask; m != 0; m &= m - 1) {
      int other = Integer.numberOfTrailingZeros(m);
      same |= type.narrow(warp.registers[from + other]) == value ? 1 << other : 0;
    }
    return same;
  }

  /** {@code redux.sync}: every lane gets the sum, minimum ... of all. */
  static ControlInstruction reduce(Decoding d) {
    d.form.takeOne("sync");
    String operation = d.form.takeOne("add", "min", "max", "and", "or", "xor");
    Type type = d.form.type();
    d.expect(3);
    LongBinaryOperator function =
        switch (operation) {
          case "add" -> Long::sum;
          case "and" -> (a, b) -> a & b;
          case "or" -> (a, b) -> a | b;
          case "xor" -> (a, b) -> a ^ b;
          // Narrowed, unsigned words are positive.
          case "min" -> Math::min;
          default -> Math::max;
        };
    int to = d.target(0);
    int from = d.source(1, type);
    return new WarpInstruction(
        d.source(2, Type.B32),
        (warp, mask) -> {
          long result = 0;
          for (int m = mask; m != 0; m &= m - 1) {
            long value = type.narrow(warp.registers[from + Integer.numberOfTrailingZeros(m)]);
            result = m == mask ? value : function.applyAsLong(result, value);
          }
          setAll(warp, to, mask, result);
        });
  }
}
