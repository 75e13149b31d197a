package dev.manabi.kernels.ptx;

import java.util.Arrays;

/** What one block's thread of execution counts, by place in the program. */
final class Counters {
  /** A warp's access to global memory moves sectors of this size. */
  private static final int SECTOR_BITS = 5;

  private static final int BANKS = 32;

  /** How often warps executed an instruction. */
  final long[] executions;

  /** How many lanes did in all. */
  final long[] lanes;

  /** How often warps accessed memory there, counted only when profiling. */
  final long[] accesses;

  /** The sectors that those accesses to global memory moved. */
  final long[] sectors;

  /** How often those accesses to shared memory had to be repeated, because of one bank. */
  final long[] conflicts;

  /** The addresses of the access being counted. */
  private final long[] units = new long[4 * Warp.LANES];

  private final int[] perBank = new int[BANKS];
  private int place;

  Counters(Program program) {
    int size = program.code().size();
    executions = new long[size];
    lanes = new long[size];
    accesses = new long[size];
    sectors = new long[size];
    conflicts = new long[size];
  }

  void count(int at, int mask) {
    place = at;
    executions[at]++;
    lanes[at] += Integer.bitCount(mask);
  }

  void add(Counters other) {
    add(executions, other.executions);
    add(lanes, other.lanes);
    add(accesses, other.accesses);
    add(sectors, other.sectors);
    add(conflicts, other.conflicts);
  }

  private static void add(long[] to, long[] from) {
    for (int i = 0; i < to.length; i++) {
      to[i] += from[i];
    }
  }

  /** Counts an access of the instruction last counted, whose lanes' addresses are in a register. */
  void access(Space space, long[] registers, int base, long offset, int mask, int bytes) {
    accesses[place]++;
    boolean shared = space == Space.SHARED;
    // Shared memory is 32 banks of words: of one bank, a warp gets one word at a time. Wide
    // accesses
    // are served in parts, of as many lanes as fill the banks once.
    int lanesAtOnce = shared ? Math.max(1, Math.min(Warp.LANES, 4 * BANKS / bytes)) : Warp.LANES;
    for (int first = 0; first < Warp.LANES; first += lanesAtOnce) {
      int part = mask & (int) (((1L << lanesAtOnce) - 1) << first);
      if (part == 0) {
        continue;
      }
      int found = 0;
      int shift = shared ? 2 : SECTOR_BITS;
      for (int m = part; m != 0; m &= m - 1) {
        long address = registers[base + Integer.numberOfTrailingZeros(m)] + offset;
        for (long unit = address >> shift; unit <= (address + bytes - 1) >> shift; unit++) {
          found = insert(unit, found);
        }
      }
      if (shared) {
        conflicts[place] += most(found) - 1;
      } else {
        sectors[place] += found;
      }
    }
  }

  private int insert(long unit, int found) {
    for (int i = found - 1; i >= 0; i--) {
      if (units[i] == unit) {
        return found;
      }
    }
    units[found] = unit;
    return found + 1;
  }

  /** How many of the first {@code found} words lie in the fullest bank. */
  private int most(int found) {
    Arrays.fill(perBank, 0);
    int most = 1;
    for (int i = 0; i < found; i++) {
      most = Math.max(most, ++perBank[(int) (units[i] & (BANKS - 1))]);
    }
    return most;
  }
}
