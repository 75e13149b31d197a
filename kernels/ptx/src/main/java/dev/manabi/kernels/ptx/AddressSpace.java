package dev.manabi.kernels.ptx;

import java.util.function.LongUnaryOperator;

/** How a lane reads and writes each state space, with the checks of that space. */
abstract sealed class AddressSpace {
  static AddressSpace of(Space space) {
    return switch (space) {
      case GLOBAL, CONST -> Global.INSTANCE;
      case SHARED -> Shared.INSTANCE;
      case LOCAL -> Local.INSTANCE;
      case PARAM -> Parameters.INSTANCE;
      case GENERIC -> Generic.INSTANCE;
    };
  }

  /** The {@code bytes} (1, 2, 4 or 8) at an address. */
  abstract long read(Warp warp, int lane, long address, int bytes);

  abstract void write(Warp warp, int lane, long address, int bytes, long value);

  /** Replaces what stands at an address in one step; returns what stood there. */
  abstract long update(Warp warp, int lane, long address, int bytes, LongUnaryOperator change);

  /** Fails unless an address is a multiple of the size of an access. */
  static void checkAligned(Warp warp, int lane, long address, int bytes) {
    if ((address & (bytes - 1)) != 0) {
      throw warp.fault(
          PtxFault.Kind.MISALIGNED,
          lane,
          "an access of %d bytes to address 0x%x, which is no multiple of %d"
              .formatted(bytes, address, bytes));
    }
  }

  private static final class Global extends AddressSpace {
    static final Global INSTANCE = new Global();

    @Override
    long read(Warp warp, int lane, long address, int bytes) {
      DeviceMemory.Allocation allocation = warp.allocation(lane, address, bytes);
      int at = (int) (address - allocation.base);
      checkWritten(warp, lane, allocation, at, bytes);
      return Bytes.get(allocation.data, at, bytes);
    }

    @Override
    void write(Warp warp, int lane, long address, int bytes, long value) {
      DeviceMemory.Allocation allocation = warp.allocation(lane, address, bytes);
      int at = (int) (address - allocation.base);
      Bytes.put(allocation.data, at, bytes, value);
      Bytes.mark(allocation.written, at, bytes);
    }

    @Override
    long update(Warp warp, int lane, long address, int bytes, LongUnaryOperator change) {
      DeviceMemory.Allocation allocation = warp.allocation(lane, address, bytes);
      int at = (int) (address - allocation.base);
      // Other blocks may run at the same time.
      synchronized (allocation) {
        checkWritten(warp, lane, allocation, at, bytes);
        long old = Bytes.get(allocation.data, at, bytes);
        Bytes.put(allocation.data, at, bytes, change.applyAsLong(old));
        return old;
      }
    }

    private static void checkWritten(
        Warp warp, int lane, DeviceMemory.Allocation allocation, int at, int bytes) {
      if (!Bytes.isMarked(allocation.written, at, bytes)
          && warp.launch.options().checkUninitialised()) {
        throw warp.fault(
            PtxFault.Kind.UNINITIALISED_READ,
            lane,
            "read of memory that nothing has written: "
                + warp.launch.memory().describe(allocation.base + at, bytes));
      }
    }
  }

  private static final class Shared extends AddressSpace {
    static final Shared INSTANCE = new Shared();

    @Override
    long read(Warp warp, int lane, long address, int bytes) {
      return warp.block.shared.read(warp, lane, address, bytes);
    }

    @Override
    void write(Warp warp, int lane, long address, int bytes, long value) {
      warp.block.shared.write(warp, lane, address, bytes, value);
    }

    @Override
    long update(Warp warp, int lane, long address, int bytes, LongUnaryOperator change) {
      long old = warp.block.shared.readForUpdate(warp, lane, address, bytes);
      warp.block.shared.put(address, bytes, change.applyAsLong(old));
      return old;
    }
  }

  private static final class Local extends AddressSpace {
    static final Local INSTANCE = new Local();

    private static int check(Warp warp, int lane, long address, int bytes) {
      int size = warp.local.length / Warp.LANES;
      if (address < 0 || address > size - bytes) {
        throw warp.fault(
            PtxFault.Kind.OUT_OF_BOUNDS,
            lane,
            "%d bytes at offset %d of local memory; the thread has %d bytes"
                .formatted(bytes, address, size));
      }
      return lane * size + (int) address;
    }

    @Override
    long read(Warp warp, int lane, long address, int bytes) {
      return Bytes.get(warp.local, check(warp, lane, address, bytes), bytes);
    }

    @Override
    void write(Warp warp, int lane, long address, int bytes, long value) {
      Bytes.put(warp.local, check(warp, lane, address, bytes), bytes, value);
    }

    @Override
    long update(Warp warp, int lane, long address, int bytes, LongUnaryOperator change) {
      long old = read(warp, lane, address, bytes);
      write(warp, lane, address, bytes, change.applyAsLong(old));
      return old;
    }
  }

  private static final class Parameters extends AddressSpace {
    static final Parameters INSTANCE = new Parameters();

    @Override
    long read(Warp warp, int lane, long address, int bytes) {
      byte[] parameters = warp.launch.parameters();
      if (address < 0 || address > parameters.length - bytes) {
        throw warp.fault(
            PtxFault.Kind.OUT_OF_BOUNDS,
            lane,
            "%d bytes at offset %d of the parameters; there are %d bytes"
                .formatted(bytes, address, parameters.length));
      }
      return Bytes.get(parameters, (int) address, bytes);
    }

    @Override
    void write(Warp warp, int lane, long address, int bytes, long value) {
      throw warp.fault(PtxFault.Kind.OUT_OF_BOUNDS, lane, "kernel parameters cannot be written");
    }

    @Override
    long update(Warp warp, int lane, long address, int bytes, LongUnaryOperator change) {
      throw warp.fault(PtxFault.Kind.OUT_OF_BOUNDS, lane, "kernel parameters cannot be written");
    }
  }

  private static final class Generic extends AddressSpace {
    static final Generic INSTANCE = new Generic();

    @Override
    long read(Warp warp, int lane, long address, int bytes) {
      Space space = Space.of(address);
      return of(space).read(warp, lane, address - space.window(), bytes);
    }

    @Override
    void write(Warp warp, int lane, long address, int bytes, long value) {
      Space space = Space.of(address);
      of(space).write(warp, lane, address - space.window(), bytes, value);
    }

    @Override
    long update(Warp warp, int lane, long address, int bytes, LongUnaryOperator change) {
      Space space = Space.of(address);
      return of(space).update(warp, lane, address - space.window(), bytes, change);
    }
  }
}
