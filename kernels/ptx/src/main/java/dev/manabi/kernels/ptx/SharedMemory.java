package dev.manabi.kernels.ptx;

import java.util.Arrays;

/**
 * The shared memory of a block, which finds races: two threads use the same byte, at least one of
 * them writes it, and nothing orders the two. What orders them is a barrier of the block; or, for
 * two lanes of one warp, {@code bar.warp.sync}.
 *
 * <p>For each word, or less if the program has smaller accesses, the memory knows who wrote and who
 * read it last, and when. Time is counted in epochs: each barrier begins a new one. Who is one
 * thread, or, as the case may be, several of one warp, or several of several warps.
 */
final class SharedMemory {
  /*
   * An entry of the shadow: who (12 bits), the block's epoch (20 bits), the warp's epoch (32 bits).
   * 0: nobody.
   */
  private static final int WHO_BITS = 12;
  private static final int WHO = (1 << WHO_BITS) - 1;
  private static final int EPOCH_BITS = 20;
  private static final int EPOCHS = 1 << EPOCH_BITS;

  /** Beyond the threads: several threads of the warp with this number added. */
  private static final int SEVERAL_OF_WARP = 1024;

  private static final int SEVERAL = 2047;

  /** Added for atomic operations, which do not race with one another. */
  private static final int ATOMIC = 2048;

  private final int size;

  /** The shadow has an entry for each granule of {@code 1 << shift} bytes. */
  private final int shift;

  private final byte[] data;
  private final byte[] written;
  private final long[] writers;
  private final long[] readers;
  private final boolean checkRaces;
  private final boolean checkUninitialised;

  /** For each byte, 1 if an asynchronous copy is on its way there. */
  private final byte[] inFlight;

  /** How many copies are on their way. */
  private int copies;

  private int epoch;

  /**
   * A block's shared memory.
   *
   * @param granule in bytes; a power of two of which every access is a multiple
   */
  SharedMemory(int size, int granule, Machine.Options options) {
    this.size = size;
    shift = Integer.numberOfTrailingZeros(granule);
    checkRaces = options.checkRaces();
    checkUninitialised = options.checkUninitialised();
    data = new byte[size];
    written = new byte[size];
    inFlight = new byte[size];
    int granules = checkRaces ? (size + granule - 1) / granule : 0;
    writers = new long[granules];
    readers = new long[granules];
  }

  /** Forgets what the last block left. */
  void begin() {
    Arrays.fill(data, (byte) 0);
    Arrays.fill(written, (byte) 0);
    Arrays.fill(inFlight, (byte) 0);
    copies = 0;
    nextEpoch();
  }

  /** A barrier: all that was done is ordered before all that will be. */
  void nextEpoch() {
    if (++epoch >= EPOCHS) {
      epoch = 1;
      Arrays.fill(writers, 0);
      Arrays.fill(readers, 0);
    }
  }

  long read(Warp warp, int lane, long address, int bytes) {
    int at = check(warp, lane, address, bytes);
    if (checkUninitialised && !Bytes.isMarked(written, at, bytes)) {
      throw warp.fault(
          PtxFault.Kind.UNINITIALISED_READ,
          lane,
          "read of shared memory that no thread of the block has written: " + range(at, bytes));
    }
    if (checkRaces) {
      long me = entry(warp, lane);
      for (int i = at >> shift; i << shift < at + bytes; i++) {
        if (conflicts(warp, writers[i], me)) {
          throw race(warp, lane, i, writers[i], "read", "wrote");
        }
        readers[i] = merge(warp, readers[i], me);
      }
    }
    return Bytes.get(data, at, bytes);
  }

  void write(Warp warp, int lane, long address, int bytes, long value) {
    int at = check(warp, lane, address, bytes);
    if (checkRaces) {
      long me = entry(warp, lane);
      for (int i = at >> shift; i << shift < at + bytes; i++) {
        checkExclusive(warp, lane, i, me, "write");
        writers[i] = me;
        readers[i] = 0;
      }
    }
    Bytes.put(data, at, bytes, value);
    Bytes.mark(written, at, bytes);
  }

  /** Reads and, by {@link #put}, writes in one step: races with plain accesses only. */
  long readForUpdate(Warp warp, int lane, long address, int bytes) {
    int at = check(warp, lane, address, bytes);
    if (checkUninitialised && !Bytes.isMarked(written, at, bytes)) {
      throw warp.fault(
          PtxFault.Kind.UNINITIALISED_READ,
          lane,
          "atomic update of shared memory that nothing has written: " + range(at, bytes));
    }
    if (checkRaces) {
      long me = entry(warp, lane) | ATOMIC;
      for (int i = at >> shift; i << shift < at + bytes; i++) {
        if ((writers[i] & ATOMIC) == 0) {
          checkExclusive(warp, lane, i, me, "update atomically");
        } else if (conflicts(warp, readers[i], me)) {
          throw race(warp, lane, i, readers[i], "update atomically", "read");
        }
        writers[i] = merge(warp, writers[i], me);
      }
    }
    return Bytes.get(data, at, bytes);
  }

  /** Writes what {@link #readForUpdate} has checked. */
  void put(long address, int bytes, long value) {
    Bytes.put(data, (int) address, bytes, value);
  }

  /** Checks an asynchronous copy to here, which lands later. */
  void expectCopy(Warp warp, int lane, long address, int bytes) {
    int at = check(warp, lane, address, bytes);
    if (checkRaces) {
      long me = entry(warp, lane);
      for (int i = at >> shift; i << shift < at + bytes; i++) {
        checkExclusive(warp, lane, i, me, "copy asynchronously");
      }
    }
    copies++;
    Arrays.fill(inFlight, at, at + bytes, (byte) 1);
  }

  /** Lands an asynchronous copy: from now on it is a write of the thread that waited for it. */
  void landCopy(Warp warp, int lane, int at, byte[] copied) {
    copies--;
    Arrays.fill(inFlight, at, at + copied.length, (byte) 0);
    System.arraycopy(copied, 0, data, at, copied.length);
    Arrays.fill(written, at, at + copied.length, (byte) 1);
    if (checkRaces) {
      Arrays.fill(writers, at >> shift, (at + copied.length) >> shift, entry(warp, lane));
      Arrays.fill(readers, at >> shift, (at + copied.length) >> shift, 0);
    }
  }

  private int check(Warp warp, int lane, long address, int bytes) {
    if (address < 0 || address > size - bytes) {
      throw warp.fault(
          PtxFault.Kind.OUT_OF_BOUNDS,
          lane,
          range(address, bytes) + " of shared memory; the block has " + size + " bytes");
    }
    int at = (int) address;
    if (copies > 0 && isInFlight(at, bytes)) {
      throw warp.fault(
          PtxFault.Kind.SHARED_MEMORY_RACE,
          lane,
          range(at, bytes)
              + " of shared memory, where a cp.async is under way; it is not waited for before");
    }
    return at;
  }

  private boolean isInFlight(int at, int bytes) {
    for (int i = at; i < at + bytes; i++) {
      if (inFlight[i] != 0) {
        return true;
      }
    }
    return false;
  }

  private static String range(long at, int bytes) {
    return bytes + " bytes at offset " + at;
  }

  private long entry(Warp warp, int lane) {
    return (long) warp.epoch << 32 | (long) epoch << WHO_BITS | (warp.index * Warp.LANES + lane);
  }

  /** Whether nothing orders an earlier access before what {@code me} does now. */
  private boolean conflicts(Warp warp, long earlier, long me) {
    if (((int) earlier ^ (int) me) >>> WHO_BITS != 0) {
      return false;
    }
    int who = (int) earlier & (WHO & ~ATOMIC);
    int thread = (int) me & (WHO & ~ATOMIC);
    if (who == thread) {
      return false;
    }
    return !isOfWarp(who, warp) || (int) (earlier >>> 32) == warp.epoch;
  }

  private static boolean isOfWarp(int who, Warp warp) {
    return who < SEVERAL_OF_WARP
        ? who / Warp.LANES == warp.index
        : who - SEVERAL_OF_WARP == warp.index;
  }

  /** The entry that stands for an earlier access and mine. */
  private long merge(Warp warp, long earlier, long me) {
    if (!conflicts(warp, earlier, me)) {
      return me;
    }
    int who = (int) earlier & (WHO & ~ATOMIC);
    int both = isOfWarp(who, warp) ? SEVERAL_OF_WARP + warp.index : SEVERAL;
    return (me & ~(WHO & ~ATOMIC)) | both;
  }

  private void checkExclusive(Warp warp, int lane, int at, long me, String what) {
    if (conflicts(warp, writers[at], me)) {
      throw race(warp, lane, at, writers[at], what, "wrote");
    }
    if (conflicts(warp, readers[at], me)) {
      throw race(warp, lane, at, readers[at], what, "read");
    }
  }

  private PtxFault race(Warp warp, int lane, int granule, long other, String mine, String theirs) {
    int who = (int) other & (WHO & ~ATOMIC);
    String them =
        who < SEVERAL_OF_WARP
            ? "thread " + warp.launch.blockDim().place(who)
            : who == SEVERAL ? "threads of several warps" : "threads of the same warp";
    return warp.fault(
        PtxFault.Kind.SHARED_MEMORY_RACE,
        lane,
        "cannot %s offset %d of shared memory: %s %s it, with no barrier in between"
            .formatted(mine, granule << shift, them, theirs));
  }
}
