package dev.manabi.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.manabi.kernels.cuda.driver.CudaContext;
import dev.manabi.kernels.cuda.driver.CudaDriver;
import dev.manabi.kernels.cuda.driver.Grid;
import dev.manabi.kernels.cuda.driver.PtxDriver;
import dev.manabi.kernels.ptx.Occupancy;
import dev.manabi.tensor.DType;
import dev.manabi.tensor.Device;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** How many blocks a device runs at a time, which decides in how many parts sums are split. */
class OccupancyTest {
  private static final int SHARED = 64 << 10;

  @BeforeAll
  static void chooseTheMachine() {
    Machines.choose();
  }

  private static int occupancy(CudaContext context, String file, String kernel, int shared) {
    return context.load(file, PtxFiles.read(file)).kernel(kernel).occupancy(Tile.THREADS, shared);
  }

  @Test
  void sharedMemoryOfKernelAndLaunchIsCounted() {
    CudaDriver driver = new PtxDriver();
    CudaContext newest = driver.context(0);
    CudaContext oldest = driver.context(1);
    assertEquals(8, occupancy(newest, "gemm_wide.bf16.tensor", "gemm_wide_128_ss", 0));
    assertEquals(3, occupancy(newest, "gemm_wide.bf16.tensor", "gemm_wide_128_ss", SHARED));
    // The kernel itself declares 17408 bytes.
    assertEquals(8, occupancy(newest, "gemm.f32", "gemm_64_ss", 0));
    assertEquals(3, occupancy(oldest, "gemm.f32", "gemm_64_ss", 0));
    assertEquals(2, occupancy(newest, "gemm.f32", "gemm_64_ss", SHARED));
    assertEquals(0, occupancy(oldest, "gemm.f32", "gemm_64_ss", SHARED));
  }

  @Test
  void registersAreCountedWhereTheTableHasThem() {
    CudaDriver driver = new PtxDriver(AssemblyTable::registers);
    int registers = AssemblyTable.registers(PtxFiles.read("gemm.f32"), 90).get("gemm_128_ss");
    assertTrue(registers > 128, "the example needs a kernel with more than half of them");
    assertEquals(1, occupancy(driver.context(0), "gemm.f32", "gemm_128_ss", 0));
    assertEquals(8, occupancy(new PtxDriver().context(0), "gemm.f32", "gemm_128_ss", 0));
    String changed = PtxFiles.read("gemm.f32") + "\n";
    assertTrue(AssemblyTable.registers(changed, 90).isEmpty(), "not what was assembled");
  }

  @Test
  void theDeviceSaysHowManyBlocksItRunsAtOnce() {
    assumeTrue(Gpus.unavailableBecause().isEmpty(), Gpus.unavailableBecause());
    Gpu gpu = Gpus.of(Device.cuda(0));
    Call call = gpu.call("gemm", DType.F32, "gemm_sum");
    long multiprocessors = gpu.context().info().multiprocessors();
    long most = Occupancy.of(gpu.context().info().capability(), Tile.THREADS, 0, SHARED).blocks();
    long atOnce = call.blocksAtOnce(Grid.of(1, Tile.THREADS).withShared(SHARED));
    assertTrue(atOnce >= multiprocessors, atOnce + " blocks on " + multiprocessors);
    assertTrue(atOnce <= most * multiprocessors, atOnce + " blocks on " + multiprocessors);
    assertTrue(atOnce < call.blocksAtOnce(Grid.of(1, Tile.THREADS)), "shared memory is counted");
  }
}
