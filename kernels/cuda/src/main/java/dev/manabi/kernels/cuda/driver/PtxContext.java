package dev.manabi.kernels.cuda.driver;

import dev.manabi.kernels.ptx.DeviceMemory;
import dev.manabi.kernels.ptx.Dim3;
import dev.manabi.kernels.ptx.Machine;
import dev.manabi.kernels.ptx.Occupancy;
import dev.manabi.kernels.ptx.PtxFault;
import dev.manabi.kernels.ptx.PtxFormatException;
import dev.manabi.kernels.ptx.PtxKernel;
import dev.manabi.kernels.ptx.PtxModule;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A PTX machine in use. Work is done when it is asked for, one call at a time; a capture notes down
 * the calls and does none of them.
 */
final class PtxContext implements CudaContext {
  /** Enough that choices between grids are made as on a card, though blocks run one by one. */
  private static final int MULTIPROCESSORS = 4;

  private static final long MEMORY = 1L << 40;

  private final Machine machine;
  private final DeviceMemory memory;
  private final PtxDriver.Registers registers;
  private @Nullable List<Runnable> noted;

  PtxContext(Machine machine, PtxDriver.Registers registers) {
    this.machine = machine;
    this.registers = registers;
    memory = machine.memory();
  }

  /** Does {@code work}, or notes it down. */
  private void perform(Runnable work) {
    if (noted != null) {
      noted.add(work);
    } else {
      work.run();
    }
  }

  @Override
  public DeviceInfo info() {
    int capability = machine.options().computeCapability();
    return new DeviceInfo(
        "PTX machine",
        capability / 10,
        capability % 10,
        MULTIPROCESSORS,
        MEMORY,
        machine.options().maxSharedBytes(),
        0);
  }

  @Override
  public long freeMemory() {
    return MEMORY - memory.liveBytes();
  }

  @Override
  public long allocate(long bytes) {
    return memory.allocate(bytes);
  }

  @Override
  public void free(long address) {
    memory.free(address);
  }

  @Override
  public boolean checksMemory() {
    return true;
  }

  @Override
  public synchronized void copyIn(long address, MemorySegment host) {
    if (noted == null) {
      memory.write(address, host);
      return;
    }
    MemorySegment snapshot = Arena.ofAuto().allocate(host.byteSize());
    snapshot.copyFrom(host);
    perform(() -> memory.write(address, snapshot));
  }

  @Override
  public synchronized void copyOut(MemorySegment host, long address) {
    if (noted != null) {
      throw new CudaException("a capture cannot wait for a copy to the host");
    }
    memory.read(address, host);
  }

  @Override
  public synchronized void copy(long to, long from, long bytes) {
    perform(() -> memory.copy(to, from, bytes));
  }

  @Override
  public synchronized void fill(long address, byte value, long bytes) {
    perform(() -> memory.fill(address, bytes, value));
  }

  @Override
  public MemorySegment allocatePinned(long bytes) {
    return Arena.ofAuto().allocate(bytes, 64);
  }

  @Override
  public void freePinned(MemorySegment pinned) {
    // The collector takes it back.
  }

  @Override
  public synchronized void copyInAsync(long address, MemorySegment pinned) {
    perform(() -> memory.write(address, pinned));
  }

  @Override
  public synchronized void copyOutAsync(MemorySegment pinned, long address) {
    perform(() -> memory.read(address, pinned));
  }

  @Override
  public CudaModule load(String name, String ptx) {
    PtxModule module;
    try {
      module = PtxModule.parse(ptx);
    } catch (PtxFormatException e) {
      throw new CudaException("module " + name + ": " + e.getMessage(), e);
    }
    int capability = machine.options().computeCapability();
    return new Loaded(name, module, capability, registers.of(ptx, capability));
  }

  /** A module of the machine. */
  private record Loaded(
      String name, PtxModule module, int capability, Map<String, Integer> registers)
      implements CudaModule {
    @Override
    public CudaKernel kernel(String kernel) {
      try {
        int known = registers.getOrDefault(kernel, 0);
        return new Kernel(name + "." + kernel, module.kernel(kernel), capability, known);
      } catch (IllegalArgumentException e) {
        throw new CudaException(name + ": " + e.getMessage(), e);
      }
    }
  }

  /** A kernel of the machine, with its registers on a card like it, or 0 if they are not known. */
  private record Kernel(String name, PtxKernel kernel, int capability, int registers)
      implements CudaKernel {
    @Override
    public int occupancy(int threads, int sharedBytes) {
      long shared = (long) kernel.staticSharedBytes() + sharedBytes;
      return Occupancy.of(capability, threads, registers, shared).blocks();
    }
  }

  @Override
  public synchronized void launch(CudaKernel kernel, Grid grid, ByteBuffer parameters) {
    ByteBuffer values = parameters.duplicate().flip();
    if (noted != null) {
      ByteBuffer copy = ByteBuffer.allocate(values.remaining()).put(values).flip();
      perform(() -> run((Kernel) kernel, grid, copy));
    } else {
      run((Kernel) kernel, grid, values);
    }
  }

  private void run(Kernel kernel, Grid grid, ByteBuffer parameters) {
    try {
      machine.launch(
          kernel.kernel(),
          new Dim3(grid.x(), grid.y(), grid.z()),
          new Dim3(grid.threadsX(), grid.threadsY(), grid.threadsZ()),
          grid.shared(),
          parameters);
    } catch (PtxFault e) {
      throw new CudaException(kernel.name() + ", " + grid + ": " + e.getMessage(), e);
    }
  }

  @Override
  public CudaEvent event() {
    return new Moment(System.nanoTime());
  }

  /** A point in time: all work before it is done. */
  private record Moment(long nanos) implements CudaEvent {
    @Override
    public void await() {
      // The machine is never behind.
    }

    @Override
    public double since(CudaEvent earlier) {
      return (nanos - ((Moment) earlier).nanos) / 1e6;
    }

    @Override
    public void close() {
      // Nothing is held.
    }
  }

  @Override
  public void synchronize() {
    // The machine is never behind.
  }

  @Override
  public synchronized void beginCapture() {
    if (noted != null) {
      throw new CudaException("a capture is already under way");
    }
    noted = new ArrayList<>();
  }

  @Override
  public synchronized CudaGraph endCapture() {
    List<Runnable> work = noted;
    if (work == null) {
      throw new CudaException("no capture was begun");
    }
    noted = null;
    return new Recording(this, List.copyOf(work));
  }

  /** What was noted down. */
  private record Recording(PtxContext context, List<Runnable> work) implements CudaGraph {
    @Override
    public void launch() {
      synchronized (context) {
        work.forEach(Runnable::run);
      }
    }

    @Override
    public int size() {
      return work.size();
    }

    @Override
    public void close() {
      // Nothing is held.
    }
  }
}
