package dev.manabi.kernels.ptx;

/**
 * {@code add.cc, addc, sub.cc, subc, mad.cc, madc}: sums of numbers wider than a register, whose
 * carry goes from one instruction to the next through a bit of each lane.
 */
final class Carries {
  private Carries() {}

  static LaneInstruction add(Decoding d) {
    boolean sets = d.form.take("cc");
    boolean uses = d.form.base.equals("addc");
    Type type = d.form.type();
    d.expect(3);
    return sum(d.target(0), d.source(1, type), d.source(2, type), type, uses, sets);
  }

  private static LaneInstruction sum(int to, int a, int b, Type type, boolean uses, boolean sets) {
    return (warp, mask) -> {
      long[] r = warp.registers;
      for (int m = mask; m != 0; m &= m - 1) {
        int lane = Integer.numberOfTrailingZeros(m);
        long x = unsigned(r[a + lane], type);
        long y = unsigned(r[b + lane], type);
        r[to + lane] = addTo(warp, lane, x, y, type, uses, sets);
      }
    };
  }

  private static long addTo(
      Warp warp, int lane, long x, long y, Type type, boolean uses, boolean sets) {
    long carry = uses ? warp.carries >>> lane & 1 : 0;
    long sum = x + y + carry;
    if (sets) {
      boolean over =
          type.bits == 32
              ? sum >>> 32 != 0
              : Long.compareUnsigned(sum, x) < 0 || (sum == x && carry == 1);
      warp.carries = warp.carries & ~(1 << lane) | (over ? 1 << lane : 0);
    }
    return sum;
  }

  /** {@code sub.cc, subc}: the carry is a borrow. */
  static LaneInstruction subtract(Decoding d) {
    boolean sets = d.form.take("cc");
    boolean uses = d.form.base.equals("subc");
    Type type = d.form.type();
    d.expect(3);
    int to = d.target(0);
    int a = d.source(1, type);
    int b = d.source(2, type);
    return (warp, mask) -> {
      long[] r = warp.registers;
      for (int m = mask; m != 0; m &= m - 1) {
        int lane = Integer.numberOfTrailingZeros(m);
        long x = unsigned(r[a + lane], type);
        long y = unsigned(r[b + lane], type);
        long borrow = uses ? warp.carries >>> lane & 1 : 0;
        r[to + lane] = x - y - borrow;
        if (sets) {
          boolean under = Long.compareUnsigned(x, y) < 0 || (x == y && borrow == 1);
          warp.carries = warp.carries & ~(1 << lane) | (under ? 1 << lane : 0);
        }
      }
    };
  }

  /** {@code mad.cc, madc}: half of a product, plus c. */
  static LaneInstruction multiplyAdd(Decoding d) {
    boolean high = d.form.takeOne("lo", "hi").equals("hi");
    boolean sets = d.form.take("cc");
    boolean uses = d.form.base.equals("madc");
    Type type = d.form.type();
    d.expect(4);
    int to = d.target(0);
    int a = d.source(1, type);
    int b = d.source(2, type);
    int c = d.source(3, type);
    return (warp, mask) -> {
      long[] r = warp.registers;
      for (int m = mask; m != 0; m &= m - 1) {
        int lane = Integer.numberOfTrailingZeros(m);
        long x = type.narrow(r[a + lane]);
        long y = type.narrow(r[b + lane]);
        long product = high ? high(x, y, type) : x * y;
        r[to + lane] =
            addTo(
                warp, lane, unsigned(product, type), unsigned(r[c + lane], type), type, uses, sets);
      }
    };
  }

  private static long high(long x, long y, Type type) {
    if (type.bits == 32) {
      return x * y >> 32;
    }
    return type.isSigned() ? Math.multiplyHigh(x, y) : Math.unsignedMultiplyHigh(x, y);
  }

  private static long unsigned(long value, Type type) {
    return type.bits == 32 ? value & 0xffff_ffffL : value;
  }
}
