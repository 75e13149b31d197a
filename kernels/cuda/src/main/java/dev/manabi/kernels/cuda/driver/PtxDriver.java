package dev.manabi.kernels.cuda.driver;

import dev.manabi.kernels.ptx.DeviceMemory;
import dev.manabi.kernels.ptx.Machine;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The PTX machine as a CUDA driver: runs the committed kernels without a GPU, and checks bounds,
 * alignment, races on shared memory, barriers, and reads of memory that nothing wrote. The first
 * device is of the newest kind, the second of the oldest that the kernels are for: it has no tensor
 * cores.
 */
public final class PtxDriver implements CudaDriver {
  private static final int OLDEST = 75;
  private static final int SHARED_OF_OLDEST = 64 << 10;

  /** What PTX does not tell: how many registers its kernels take once they are assembled. */
  public interface Registers {
    /** The registers of a thread by kernel, without those that nobody knows. */
    Map<String, Integer> of(String ptx, int capability);
  }

  /** Everything is checked, and blocks run in another order in every launch: none is relied on. */
  private final Machine.Options options = Machine.Options.strict().withBlockSeed(1);

  private final ConcurrentHashMap<Integer, CudaContext> contexts = new ConcurrentHashMap<>();
  private final Registers registers;

  /** A driver that knows no kernel's registers. */
  public PtxDriver() {
    this((ptx, capability) -> Map.of());
  }

  public PtxDriver(Registers registers) {
    this.registers = registers;
  }

  @Override
  public String name() {
    return "ptx";
  }

  @Override
  public String version() {
    return "no GPU: the PTX machine, PTX up to 8.0";
  }

  @Override
  public int deviceCount() {
    return 2;
  }

  @Override
  public CudaContext context(int index) {
    if (index >= deviceCount()) {
      throw new CudaException("cuda: no device " + index + "\n  fix: use cuda:0 or cuda:1");
    }
    return contexts.computeIfAbsent(
        index,
        i -> {
          Machine.Options device = i == 0 ? options : options.withDevice(OLDEST, SHARED_OF_OLDEST);
          return new PtxContext(new Machine(new DeviceMemory(), device), registers);
        });
  }
}
