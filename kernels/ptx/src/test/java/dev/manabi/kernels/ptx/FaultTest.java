package dev.manabi.kernels.ptx;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** Each mistake a kernel can make is found, and told with its line and thread. */
class FaultTest {
  private static final String POINTER = ".param .u64 out";

  /** Loads the pointer, the thread number, and the address of the thread's own int. */
  private static final String OWN_PLACE =
      """
      ld.param.u64 %rd1, [out];
      mov.u32 %r1, %tid.x;
      mul.wide.u32 %rd2, %r1, 4;
      add.s64 %rd3, %rd1, %rd2;
      """;

  private final Device device = new Device();

  private PtxFault fault(String body, int threads, Object... arguments) {
    PtxKernel kernel = PtxModule.parse(Device.kernel(POINTER, body)).kernel("k");
    return assertThrows(PtxFault.class, () -> device.launch(kernel, 1, threads, arguments));
  }

  private void passes(String body, int threads) {
    PtxKernel kernel = PtxModule.parse(Device.kernel(POINTER, body)).kernel("k");
    device.launch(kernel, 1, threads, device.zeros(4096));
  }

  private static void check(PtxFault fault, PtxFault.Kind kind, String text, int thread) {
    assertAll(
        fault::getMessage,
        () -> assertEquals(kind, fault.kind(), fault.getMessage()),
        () -> assertEquals(text, fault.text()),
        () -> assertEquals(Dim3.of(thread, 0).x(), fault.thread().x(), fault.getMessage()),
        () -> assertEquals("k", fault.kernel()),
        () -> assertTrue(fault.getMessage().contains("PTX line " + fault.line())));
  }

  @Test
  void anAccessBeyondTheEnd() {
    PtxFault fault = fault(OWN_PLACE + "st.global.u32 [%rd3], %r1;\nret;", 64, device.zeros(160));
    check(fault, PtxFault.Kind.OUT_OF_BOUNDS, "st.global.u32 [%rd3], %r1;", 40);
    assertTrue(fault.getMessage().contains("offset 160 of an allocation of 160 bytes"));
  }

  @Test
  void anAccessToNothing() {
    PtxFault fault =
        fault("mov.u64 %rd1, 0;\nld.global.u32 %r1, [%rd1+4];\nret;", 1, device.zeros(4));
    check(fault, PtxFault.Kind.OUT_OF_BOUNDS, "ld.global.u32 %r1, [%rd1+4];", 0);
  }

  @Test
  void anAccessToFreedMemory() {
    Device.Pointer freed = device.zeros(256);
    device.machine.memory().free(freed.address());
    device.zeros(256);
    PtxFault fault = fault(OWN_PLACE + "ld.global.u32 %r2, [%rd3];\nret;", 32, freed);
    check(fault, PtxFault.Kind.USE_AFTER_FREE, "ld.global.u32 %r2, [%rd3];", 0);
    assertTrue(fault.getMessage().contains("freed"), fault.getMessage());
  }

  @Test
  void anAddressThatIsNoMultiple() {
    PtxFault fault =
        fault(
            OWN_PLACE + "ld.global.v4.u32 {%r2,%r3,%r4,%r5}, [%rd3];\nret;", 32, device.zeros(256));
    check(fault, PtxFault.Kind.MISALIGNED, "ld.global.v4.u32 {%r2,%r3,%r4,%r5}, [%rd3];", 1);
  }

  @Test
  void aReadOfGlobalMemoryThatNothingWrote() {
    Device.Pointer half = device.allocate(256);
    device.machine.memory().fill(half.address(), 128, (byte) 1);
    PtxFault fault = fault(OWN_PLACE + "ld.global.u32 %r2, [%rd3];\nret;", 64, half);
    check(fault, PtxFault.Kind.UNINITIALISED_READ, "ld.global.u32 %r2, [%rd3];", 32);
  }

  private static final String SHARED =
      """
      .shared .align 4 .b8 s[1024];
      mov.u32 %r1, %tid.x;
      mov.u32 %r2, s;
      shl.b32 %r3, %r1, 2;
      add.s32 %r4, %r2, %r3;
      """;

  @Test
  void aReadOfSharedMemoryThatNothingWrote() {
    PtxFault fault = fault(SHARED + "ld.shared.u32 %r5, [%r4];\nret;", 32, device.zeros(4));
    check(fault, PtxFault.Kind.UNINITIALISED_READ, "ld.shared.u32 %r5, [%r4];", 0);
  }

  @Test
  void anAccessBeyondSharedMemory() {
    PtxFault fault = fault(SHARED + "st.shared.u32 [%r4+1000], %r1;\nret;", 32, device.zeros(4));
    check(fault, PtxFault.Kind.OUT_OF_BOUNDS, "st.shared.u32 [%r4+1000], %r1;", 6);
  }

  @Test
  void aMissingBarrier() {
    String write = SHARED + "st.shared.u32 [%r4], %r1;\n";
    String read = "xor.b32 %r6, %r3, 128;\nadd.s32 %r6, %r6, %r2;\nld.shared.u32 %r5, [%r6];\nret;";
    PtxFault fault = fault(write + read, 64, device.zeros(4));
    // The other warp's word has been written, or not yet been written, when this one reads.
    assertTrue(
        fault.kind() == PtxFault.Kind.UNINITIALISED_READ
            || fault.kind() == PtxFault.Kind.SHARED_MEMORY_RACE);
    passes(write + "bar.sync 0;\n" + read, 64);
  }

  @Test
  void aReadThatRacesWithAWrite() {
    PtxFault fault =
        fault(
            SHARED
                + """
                st.shared.u32 [%r4], %r1;
                bar.sync 0;
                xor.b32 %r6, %r3, 128;
                add.s32 %r6, %r6, %r2;
                ld.shared.u32 %r5, [%r6];
                st.shared.u32 [%r4], %r5;
                ret;
                """,
            64,
            device.zeros(4));
    check(fault, PtxFault.Kind.SHARED_MEMORY_RACE, "ld.shared.u32 %r5, [%r6];", 32);
    assertTrue(fault.getMessage().contains("thread (0, 0, 0) wrote it"), fault.getMessage());
  }

  @Test
  void twoWritesToOnePlace() {
    PtxFault fault = fault(SHARED + "st.shared.u32 [%r2], %r1;\nret;", 32, device.zeros(4));
    check(fault, PtxFault.Kind.SHARED_MEMORY_RACE, "st.shared.u32 [%r2], %r1;", 1);
  }

  @Test
  void lanesOfAWarpAreOrderedByItsBarrierOnly() {
    String write = SHARED + "st.shared.u32 [%r4], %r1;\n";
    String read = "xor.b32 %r6, %r3, 4;\nadd.s32 %r6, %r6, %r2;\nld.shared.u32 %r5, [%r6];\nret;";
    PtxFault fault = fault(write + read, 32, device.zeros(4));
    check(fault, PtxFault.Kind.SHARED_MEMORY_RACE, "ld.shared.u32 %r5, [%r6];", 0);
    passes(write + "bar.warp.sync -1;\n" + read, 32);
  }

  @Test
  void atomicUpdatesDoNotRaceWithOneAnother() {
    String zero =
        SHARED
            + "setp.ne.s32 %p1, %r1, 0;\n@%p1 bra L;\nst.shared.u32 [%r2], 0;\nL:\nbar.sync 0;\n";
    String update = "atom.shared.add.u32 %r5, [%r2], 1;\n";
    passes(zero + update + "bar.sync 0;\nld.shared.u32 %r6, [%r2];\nret;", 64);
    PtxFault fault = fault(zero + update + "ld.shared.u32 %r6, [%r2];\nret;", 64, device.zeros(4));
    check(fault, PtxFault.Kind.SHARED_MEMORY_RACE, "ld.shared.u32 %r6, [%r2];", 0);
  }

  @Test
  void aBarrierThatSomeThreadsLeaveOut() {
    String some = "mov.u32 %r1, %tid.x;\nsetp.ge.u32 %p1, %r1, 40;\n";
    PtxFault exited = fault(some + "@%p1 ret;\nbar.sync 0;\nret;", 64, device.zeros(4));
    check(exited, PtxFault.Kind.BARRIER_DIVERGENCE, "bar.sync 0;", 0);
    assertTrue(exited.getMessage().contains("thread (40, 0, 0) has exited"));
    PtxFault elsewhere =
        fault(some + "@%p1 bra L;\nbar.sync 0;\nret;\nL:\nbar.sync 1;\nret;", 64, device.zeros(4));
    check(elsewhere, PtxFault.Kind.BARRIER_DIVERGENCE, "bar.sync 0;", 0);
    PtxFault another =
        fault(some + "@%p1 bra L;\nbar.sync 0;\nret;\nL:\nbar.sync 0;\nret;", 64, device.zeros(4));
    check(another, PtxFault.Kind.BARRIER_DIVERGENCE, "bar.sync 0;", 0);
    assertTrue(another.getMessage().contains("waits at line"), another.getMessage());
  }

  @Test
  void aShuffleThatSomeLanesLeaveOut() {
    PtxFault fault =
        fault(
            """
            mov.u32 %r1, %tid.x;
            setp.ge.u32 %p1, %r1, 8;
            @%p1 bra L;
            shfl.sync.bfly.b32 %r2, %r1, 1, 31, -1;
            ret;
            L:
            shfl.sync.bfly.b32 %r2, %r1, 2, 31, -1;
            ret;
            """,
            32, device.zeros(4));
    check(fault, PtxFault.Kind.BARRIER_DIVERGENCE, "shfl.sync.bfly.b32 %r2, %r1, 1, 31, -1;", 0);
  }

  @Test
  void aCopyThatIsNotWaitedFor() {
    String copy =
        SHARED.replace("align 4", "align 16")
            + """
            ld.param.u64 %rd1, [out];
            shl.b32 %r7, %r1, 4;
            cvt.u64.u32 %rd2, %r7;
            add.s64 %rd3, %rd1, %rd2;
            add.s32 %r8, %r2, %r7;
            cp.async.cg.shared.global [%r8], [%rd3], 16;
            cp.async.commit_group;
            """;
    String read = "ld.shared.u32 %r9, [%r8];\nret;";
    PtxFault fault = fault(copy + read, 32, device.zeros(4096));
    check(fault, PtxFault.Kind.SHARED_MEMORY_RACE, "ld.shared.u32 %r9, [%r8];", 0);
    assertTrue(fault.getMessage().contains("cp.async"), fault.getMessage());
    passes(copy + "cp.async.wait_group 0;\n" + read, 32);
  }

  @Test
  void aThreadThatNeverEnds() {
    PtxKernel kernel = PtxModule.parse(Device.kernel(POINTER, "L:\nbra L;")).kernel("k");
    var impatient = new Device(Machine.Options.strict().withMaxBranches(1000));
    PtxFault fault =
        assertThrows(PtxFault.class, () -> impatient.launch(kernel, 1, 32, impatient.zeros(4)));
    check(fault, PtxFault.Kind.NO_END, "bra L;", 0);
  }

  @Test
  void aTrap() {
    check(
        fault("mov.u32 %r1, %tid.x;\nsetp.eq.u32 %p1, %r1, 5;\n@%p1 trap;", 32, device.zeros(4)),
        PtxFault.Kind.TRAP,
        "@%p1 trap;",
        5);
  }

  @Test
  void aLaunchThatAsksForTooMuch() {
    PtxKernel kernel = PtxModule.parse(Device.kernel(POINTER, "ret;")).kernel("k");
    Dim3 one = Dim3.of(1);
    for (Runnable launch :
        new Runnable[] {
          () -> device.launch(kernel, one, one, 300_000, device.zeros(4)),
          () -> device.launch(kernel, one, Dim3.of(2048), 0, device.zeros(4)),
          () -> device.launch(kernel, Dim3.of(0), one, 0, device.zeros(4)),
          () -> device.machine.launch(kernel, one, one, 0, ByteBuffer.allocate(12)),
        }) {
      PtxFault fault = assertThrows(PtxFault.class, launch::run);
      assertEquals(PtxFault.Kind.BAD_LAUNCH, fault.kind());
    }
  }

  @Test
  void aFaultTellsTheBlock() {
    PtxKernel kernel =
        PtxModule.parse(
                Device.kernel(
                    POINTER, "mov.u32 %r1, %ctaid.y;\nsetp.eq.u32 %p1, %r1, 2;\n@%p1 trap;"))
            .kernel("k");
    PtxFault fault =
        assertThrows(
            PtxFault.class,
            () -> device.launch(kernel, Dim3.of(3, 4), Dim3.of(8), 0, device.zeros(4)));
    assertEquals(new Dim3(0, 2, 0), fault.block());
  }
}
