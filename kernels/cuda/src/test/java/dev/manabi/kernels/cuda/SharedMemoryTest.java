package dev.manabi.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.manabi.kernels.ptx.DeviceMemory;
import dev.manabi.kernels.ptx.Dim3;
import dev.manabi.kernels.ptx.LaunchReport;
import dev.manabi.kernels.ptx.Machine;
import dev.manabi.kernels.ptx.PtxModule;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The large tiles use shared memory without bank conflicts, however the operands lie. */
class SharedMemoryTest {
  private static final int SIDE = 128;
  private static final int STEPS = 64;
  private static final int WALK_BYTES = 232;
  private static final int TENSOR_SHARED_BYTES = 64 << 10;
  private static final int SECTOR_BYTES = 32;

  /** A product of one large tile; what the operands contain does not matter. */
  private static LaunchReport launch(String file, String lying, int bytes, int shared) {
    Machine machine = new Machine(new DeviceMemory(), Machine.Options.strict().withProfile(true));
    ByteBuffer p = ByteBuffer.allocate(512).order(ByteOrder.LITTLE_ENDIAN);
    p.putInt(SIDE).putInt(SIDE).putInt(STEPS).putInt(STEPS);
    // A walk over one matrix.
    p.putInt(0).putInt(1).position(p.position() + WALK_BYTES - 8);
    for (char operand : lying.toCharArray()) {
      p.putLong(operand == 'a' ? 1 : STEPS).putLong(operand == 'a' ? SIDE : 1);
    }
    p.putLong(SIDE).putLong(1).putLong(0);
    for (int elements : new int[] {SIDE * STEPS, SIDE * STEPS, SIDE * SIDE}) {
      long address = machine.memory().allocate((long) elements * bytes);
      machine.memory().write(address, MemorySegment.ofArray(new byte[elements * bytes]));
      p.putLong(address);
    }
    // No bias, no parts, no residual, no ReLU.
    p.putLong(0).putLong(0).putLong(0).putInt(0);
    Path ptx =
        KernelFiles.ptx().stream()
            .filter(f -> KernelFiles.name(f).equals(file))
            .findFirst()
            .orElseThrow();
    return machine.launch(
        PtxModule.parse(KernelFiles.read(ptx)).kernel("gemm_wide_128_" + lying),
        new Dim3(1, 1, 1),
        new Dim3(Tile.THREADS, 1, 1),
        shared,
        p.flip());
  }

  /**
   * Every element of the operands comes once; a sector of the result is written in {@code parts}.
   */
  private static void check(LaunchReport report, int bytes, int parts) {
    assertEquals(0, report.conflicts(), "bank conflicts");
    int elements = 2 * SIDE * STEPS + parts * SIDE * SIDE;
    assertEquals((long) elements * bytes / SECTOR_BYTES, report.sectors(), "sectors");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ss", "sa", "as", "aa"})
  void chunksOfF32LieInDifferentBanks(String lying) {
    check(launch("gemm_wide.f32", lying, Float.BYTES, 0), Float.BYTES, 1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ss", "sa", "as", "aa"})
  void swizzledChunksOfBf16LieInDifferentBanks(String lying) {
    LaunchReport report = launch("gemm_wide.bf16.tensor", lying, Short.BYTES, TENSOR_SHARED_BYTES);
    // The four lanes of a row have pairs.
    check(report, Short.BYTES, 2);
  }
}
