package dev.manabi.kernels.ptx;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.function.LongBinaryOperator;
import org.junit.jupiter.api.Test;

/** {@code atom} and {@code red}: 64 threads update one place, in order. */
class AtomicTest {
  private static final int THREADS = 64;

  /** What each thread brings, scrambled. */
  private static long operand(int thread) {
    return (thread * 2654435761L ^ thread << 9) & 0xffffffffL;
  }

  private static void check(
      String operation, int bits, long start, LongBinaryOperator expected, boolean returns) {
    String place = bits == 64 ? "%rd" : "%r";
    String body =
        """
        ld.param.u64 %%rd1, [data];
        mov.u32 %%r1, %%tid.x;
        mul.wide.u32 %%rd2, %%r1, 16;
        add.s64 %%rd3, %%rd1, %%rd2;
        ld.global.u%1$d %2$s5, [%%rd3+16];
        %3$s
        ret;
        """
            .formatted(
                bits,
                place,
                returns
                    ? "atom.global.%s %s6, [%%rd1], %s5;\nst.global.u%d [%%rd3+24], %s6;"
                        .formatted(operation, place, place, bits, place)
                    : "red.global.%s [%%rd1], %s5;".formatted(operation, place));
    long[] data = new long[2 + 2 * THREADS];
    data[0] = start;
    for (int i = 0; i < THREADS; i++) {
      data[2 + 2 * i] = operand(i);
    }
    var device = new Device();
    Device.Pointer pointer = device.upload(data);
    device.launch(
        PtxModule.parse(Device.kernel(".param .u64 data", body)).kernel("k"), 1, THREADS, pointer);
    long[] after = device.longs(pointer, data.length);
    long mask = bits == 64 ? -1 : 0xffffffffL;
    long value = start;
    for (int i = 0; i < THREADS; i++) {
      if (returns) {
        assertEquals(value & mask, after[3 + 2 * i] & mask, operation + " of thread " + i);
      }
      value = expected.applyAsLong(value, operand(i)) & mask;
    }
    assertEquals(value, after[0] & mask, operation);
  }

  private static void check(String operation, long start, LongBinaryOperator expected) {
    check(operation, 32, start, expected, true);
    check(operation, 32, start, expected, false);
  }

  @Test
  void wholeNumbers() {
    check("add.u32", 7, Long::sum);
    check("and.b32", 0xfffffffffL, (a, b) -> a & b);
    check("or.b32", 1, (a, b) -> a | b);
    check("xor.b32", 1, (a, b) -> a ^ b);
    check("min.s32", 100, (a, b) -> Math.min((int) a, (int) b));
    check("max.s32", 100, (a, b) -> Math.max((int) a, (int) b));
    check("min.u32", 0xffffffffL, Math::min);
    check("max.u32", 0, Math::max);
    check("inc.u32", 5, (a, b) -> a >= b ? 0 : a + 1);
    check("dec.u32", 5, (a, b) -> a == 0 || a > b ? b : a - 1);
    check("exch.b32", 32, 5, (_, b) -> b, true);
    check("add.u64", 64, 1L << 40, Long::sum, true);
    check("max.u64", 64, 0, Math::max, false);
  }

  @Test
  void floatingPoint() {
    check(
        "add.f32",
        Float.floatToRawIntBits(1),
        (a, b) -> FloatUnit.bits(Float.intBitsToFloat((int) a) + Float.intBitsToFloat((int) b)));
    check(
        "add.f64",
        64,
        Double.doubleToRawLongBits(1),
        (a, b) ->
            Double.doubleToRawLongBits(Double.longBitsToDouble(a) + Double.longBitsToDouble(b)),
        true);
    check("add.noftz.f16x2", 0x3c003c00, (a, b) -> half(a, b) | half(a >>> 16, b >>> 16) << 16);
  }

  private static long half(long a, long b) {
    FloatFormat f16 = FloatFormat.F16;
    return f16.encode(f16.decode(a & 0xffff) + f16.decode(b & 0xffff));
  }

  @Test
  void compareAndSwapMakesALock() {
    // Every thread of a block of one warp enters in turn, and adds without an atomic operation.
    String body =
        """
        ld.param.u64 %rd1, [data];
        mov.u32 %r9, 0;
        TRY:
        atom.global.cas.b32 %r1, [%rd1], 0, 1;
        setp.ne.s32 %p1, %r1, 0;
        @%p1 bra NEXT;
        ld.global.u32 %r2, [%rd1+4];
        add.s32 %r2, %r2, 1;
        st.global.u32 [%rd1+4], %r2;
        atom.global.exch.b32 %r3, [%rd1], 0;
        mov.u32 %r9, 1;
        NEXT:
        setp.eq.s32 %p2, %r9, 0;
        @%p2 bra TRY;
        ret;
        """;
    var device = new Device();
    Device.Pointer pointer = device.zeros(8);
    device.launch(
        PtxModule.parse(Device.kernel(".param .u64 data", body)).kernel("k"), 2, 32, pointer);
    assertEquals(64, device.ints(pointer, 2)[1]);
  }
}
