package dev.manabi.kernels.ptx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Lanes exchange registers: all of them, some of them, and those that come late. */
class WarpExchangeTest {
  /** What each of 32 threads leaves in {@code %r2} and, as 1 or 0, in {@code %p1}. */
  private static int[] run(String body) {
    var device = new Device();
    Device.Pointer out = device.allocate(256);
    String text =
        """
        ld.param.u64 %%rd1, [out];
        mov.u32 %%r1, %%tid.x;
        mov.u32 %%r2, -1;
        setp.eq.u32 %%p1, 0, 1;
        %s
        selp.u32 %%r39, 1, 0, %%p1;
        mul.wide.u32 %%rd2, %%r1, 8;
        add.s64 %%rd3, %%rd1, %%rd2;
        st.global.v2.u32 [%%rd3], {%%r2, %%r39};
        ret;
        """
            .formatted(body);
    device.launch(PtxModule.parse(Device.kernel(".param .u64 out", text)).kernel("k"), 1, 32, out);
    return device.ints(out, 64);
  }

  private static void shuffle(String operands, IntUnaryOperator source, IntUnaryOperator inRange) {
    int[] found = run("shfl.sync." + operands + ";");
    for (int lane = 0; lane < 32; lane++) {
      assertEquals(source.applyAsInt(lane), found[2 * lane], operands + " lane " + lane);
      assertEquals(inRange.applyAsInt(lane), found[2 * lane + 1], operands + " lane " + lane);
    }
  }

  @Test
  void shuffles() {
    shuffle("up.b32 %r2|%p1, %r1, 3, 0, -1", l -> l < 3 ? l : l - 3, l -> l < 3 ? 0 : 1);
    shuffle("down.b32 %r2|%p1, %r1, 5, 31, -1", l -> l > 26 ? l : l + 5, l -> l > 26 ? 0 : 1);
    shuffle("bfly.b32 %r2|%p1, %r1, 6, 31, -1", l -> l ^ 6, _ -> 1);
    shuffle("idx.b32 %r2|%p1, %r1, 9, 31, -1", _ -> 9, _ -> 1);
    // Segments of eight lanes: the mask of c is 24.
    int segments = 24 << 8;
    shuffle(
        "up.b32 %r2|%p1, %r1, 2, " + segments + ", -1",
        l -> l % 8 < 2 ? l : l - 2,
        l -> l % 8 < 2 ? 0 : 1);
    shuffle("idx.b32 %r2|%p1, %r1, 9, " + (segments | 7) + ", -1", l -> l / 8 * 8 + 1, _ -> 1);
    shuffle(
        "bfly.b32 %r2|%p1, %r1, 8, " + (segments | 7) + ", -1",
        l -> l / 8 % 2 == 1 ? l - 8 : l,
        l -> l / 8 % 2);
  }

  @Test
  void halvesOfAWarpWithMasksOfTheirOwn() {
    int[] found =
        run(
            """
            setp.lt.u32 %p2, %r1, 16;
            selp.b32 %r3, 0xffff, 0xffff0000, %p2;
            redux.sync.add.s32 %r2, %r1, %r3;
            """);
    for (int lane = 0; lane < 32; lane++) {
      assertEquals(lane < 16 ? 120 : 376, found[2 * lane]);
    }
  }

  @Test
  void lanesThatComeLateAreWaitedFor() {
    int[] found =
        run(
            """
            mov.u32 %r4, 0;
            LOOP:
            add.s32 %r4, %r4, 1;
            setp.lt.u32 %p2, %r4, %r1;
            @%p2 bra LOOP;
            shfl.sync.bfly.b32 %r2|%p1, %r4, 31, 31, -1;
            """);
    for (int lane = 0; lane < 32; lane++) {
      assertEquals(Math.max(1, 31 - lane), found[2 * lane]);
    }
  }

  @Test
  void exitedLanesAreNotWaitedFor() {
    var device = new Device();
    Device.Pointer out = device.zeros(128);
    String text =
        """
        ld.param.u64 %rd1, [out];
        mov.u32 %r1, %tid.x;
        setp.lt.u32 %p1, %r1, 20;
        @!%p1 exit;
        setp.gt.u32 %p2, %r1, 7;
        vote.sync.ballot.b32 %r2, %p2, -1;
        activemask.b32 %r3;
        sub.s32 %r2, %r3, %r2;
        mul.wide.u32 %rd2, %r1, 4;
        add.s64 %rd3, %rd1, %rd2;
        st.global.u32 [%rd3], %r2;
        ret;
        """;
    device.launch(PtxModule.parse(Device.kernel(".param .u64 out", text)).kernel("k"), 1, 32, out);
    assertArrayEquals(
        IntStream.range(0, 32).map(l -> l < 20 ? 0xff : 0).toArray(), device.ints(out, 32));
  }

  @Test
  void namedBarriersWithProducersAndConsumers() {
    // The first warp writes and does not wait; the second waits for both.
    var device = new Device();
    Device.Pointer out = device.zeros(128);
    String text =
        """
        .shared .align 4 .b8 s[128];
        ld.param.u64 %rd1, [out];
        mov.u32 %r1, %tid.x;
        and.b32 %r2, %r1, 31;
        shl.b32 %r3, %r2, 2;
        mov.u32 %r4, s;
        add.s32 %r5, %r4, %r3;
        setp.ge.u32 %p1, %r1, 32;
        @%p1 bra CONSUME;
        st.shared.u32 [%r5], %r1;
        bar.arrive 3, 64;
        ret;
        CONSUME:
        bar.sync 3, 64;
        ld.shared.u32 %r6, [%r5];
        cvt.u64.u32 %rd2, %r3;
        add.s64 %rd3, %rd1, %rd2;
        st.global.u32 [%rd3], %r6;
        ret;
        """;
    device.launch(PtxModule.parse(Device.kernel(".param .u64 out", text)).kernel("k"), 1, 64, out);
    assertArrayEquals(IntStream.range(0, 32).toArray(), device.ints(out, 32));
  }

  @Test
  void lanesAndWarpsThatSpinAreFreedByOthers() {
    // Each thread spins until the count has come to its own number: the highest begins.
    var device = new Device(Machine.Options.lenient());
    Device.Pointer out = device.zeros(256);
    String text =
        """
        ld.param.u64 %rd1, [out];
        mov.u32 %r1, %tid.x;
        sub.s32 %r2, 63, %r1;
        SPIN:
        ld.volatile.global.u32 %r3, [%rd1];
        setp.ne.u32 %p1, %r3, %r2;
        @%p1 bra SPIN;
        add.s32 %r3, %r3, 1;
        st.volatile.global.u32 [%rd1], %r3;
        ret;
        """;
    device.launch(PtxModule.parse(Device.kernel(".param .u64 out", text)).kernel("k"), 1, 64, out);
    assertEquals(64, device.ints(out, 1)[0]);
  }

  @Test
  void questionsToTheWholeBlock() {
    int[] found =
        run(
            """
            setp.gt.u32 %p2, %r1, 11;
            bar.red.and.pred %p1, 0, %p2;
            bar.red.popc.u32 %r2, 0, !%p2;
            """);
    assertEquals(12, found[0]);
    assertEquals(0, found[1]);
  }
}
