package dev.manabi.kernels.ptx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TracerTest {
  private static final PtxKernel KERNEL =
      PtxModule.parse(
              Device.kernel(
                  ".param .u64 out",
                  """
                  mov.u32 %r1, %tid.x;
                  setp.gt.u32 %p1, %r1, 2;
                  @%p1 bra L;
                  cvt.rn.f32.u32 %f1, %r1;
                  mul.f32 %f1, %f1, 0f3F000000;
                  L:
                  sub.s32 %r2, 0, %r1;
                  ret;
                  """))
          .kernel("k");

  private static List<String> trace(Dim3 block, Dim3 thread) {
    var parameters = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    List<String> lines = new ArrayList<>();
    new Machine()
        .trace(
            KERNEL,
            Dim3.of(3),
            Dim3.of(40),
            0,
            parameters,
            block,
            thread,
            (_, text, values) -> lines.add(text + " " + values));
    return lines;
  }

  @Test
  void aThreadIsFollowedThroughItsBranches() {
    assertEquals(
        List.of(
            "mov.u32 %r1, %tid.x; [%r1 = 1]",
            "setp.gt.u32 %p1, %r1, 2; [%p1 = false, %r1 = 1]",
            "cvt.rn.f32.u32 %f1, %r1; [%f1 = 1.0, %r1 = 1]",
            "mul.f32 %f1, %f1, 0f3F000000; [%f1 = 0.5]",
            "sub.s32 %r2, 0, %r1; [%r2 = -1 (0xffffffff), %r1 = 1]",
            "ret; []"),
        trace(new Dim3(2, 0, 0), new Dim3(1, 0, 0)));
    List<String> other = trace(new Dim3(0, 0, 0), new Dim3(39, 0, 0));
    assertEquals("@%p1 bra L; []", other.get(2));
    assertEquals(5, other.size());
  }

  @Test
  void aThreadOutsideTheLaunchIsRefused() {
    var e =
        assertThrows(
            IllegalArgumentException.class, () -> trace(new Dim3(0, 0, 0), new Dim3(40, 0, 0)));
    assertTrue(e.getMessage().contains("no thread (40, 0, 0)"), e.getMessage());
  }
}
