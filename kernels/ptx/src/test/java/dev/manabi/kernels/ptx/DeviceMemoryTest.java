package dev.manabi.kernels.ptx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

class DeviceMemoryTest {
  private final DeviceMemory memory = new DeviceMemory();

  private byte[] read(long address, int count) {
    byte[] bytes = new byte[count];
    memory.read(address, MemorySegment.ofArray(bytes));
    return bytes;
  }

  @Test
  void whatIsWrittenIsRead() {
    long a = memory.allocate(8);
    memory.write(a + 2, MemorySegment.ofArray(new byte[] {1, 2, 3}));
    memory.fill(a + 5, 2, (byte) 9);
    assertArrayEquals(new byte[] {0, 0, 1, 2, 3, 9, 9, 0}, read(a, 8));
    long b = memory.allocate(4);
    memory.copy(b, a + 4, 4);
    assertArrayEquals(new byte[] {3, 9, 9, 0}, read(b, 4));
    memory.copy(a, a + 2, 4);
    assertArrayEquals(new byte[] {1, 2, 3, 9}, read(a, 4));
  }

  @Test
  void aCopyOfWhatNothingWroteIsNotWritten() {
    long from = memory.allocate(4);
    long to = memory.allocate(4);
    memory.fill(to, 4, (byte) 1);
    memory.copy(to, from, 4);
    PtxKernel kernel =
        PtxModule.parse(
                Device.kernel(
                    ".param .u64 x", "ld.param.u64 %rd1, [x];\nld.global.u32 %r1, [%rd1];\nret;"))
            .kernel("k");
    var parameters = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    parameters.putLong(0, to);
    var machine = new Machine(memory, Machine.Options.strict());
    PtxFault fault =
        assertThrows(
            PtxFault.class, () -> machine.launch(kernel, Dim3.of(1), Dim3.of(1), 0, parameters));
    assertEquals(PtxFault.Kind.UNINITIALISED_READ, fault.kind());
  }

  @Test
  void theHostIsKeptInside() {
    long a = memory.allocate(16);
    for (Runnable mistake :
        new Runnable[] {
          () -> read(a + 8, 9),
          () -> memory.fill(a - 1, 2, (byte) 0),
          () -> memory.fill(a, -1, (byte) 0),
          () -> memory.copy(a, 0, 4),
          () -> memory.free(a + 1),
          () -> memory.allocate(-1),
          () -> memory.allocate(1L << 31),
        }) {
      assertThrows(IllegalArgumentException.class, mistake::run);
    }
    memory.free(a);
    assertThrows(IllegalArgumentException.class, () -> memory.free(a));
    var e = assertThrows(IllegalArgumentException.class, () -> read(a, 1));
    assertTrue(e.getMessage().contains("freed"), e.getMessage());
  }

  @Test
  void bytesAreCountedAndAddressesRest() {
    long first = memory.allocate(100);
    assertEquals(100, memory.liveBytes());
    memory.free(first);
    assertEquals(0, memory.liveBytes());
    for (int i = 0; i < 1000; i++) {
      long next = memory.allocate(1);
      assertNotEquals(first, next);
      memory.free(next);
    }
    for (int i = 0; i < 20_000; i++) {
      memory.free(memory.allocate(1));
    }
    assertTrue(memory.allocate(1) < 1L << 48, "addresses are used again");
    memory.write(memory.allocate(0), MemorySegment.ofArray(new byte[0]));
  }
}
