package dev.manabi.kernels.ptx;

import java.util.Arrays;

/**
 * 32 threads that share a program. Each has its own place in it; at any time the lanes that stand
 * at the lowest place execute, all of them together, while the others wait. Compilers lay code out
 * so that branches that part meet again at a higher place, hence lanes that diverged reconverge by
 * themselves.
 *
 * <p>A register is 32 numbers, one per lane, of which each holds the bits of any type up to 64 bits
 * wide; what stands above the width of the type has no meaning. A predicate is a bit per lane.
 * Constants and special registers are registers too, set before the warp begins.
 */
final class Warp {
  static final int LANES = 32;

  /**
   * How many control instructions make a turn. A lane that spins until another lane or warp gives
   * it a sign has all the turns that the other needs to come to give it.
   */
  private static final int PATIENCE = 1 << 12;

  final Block block;
  final Launch launch;
  final int index;

  /** The barrier that each lane waits at. */
  final int[] barrier = new int[LANES];

  /** The carry of each lane's last sum that keeps one. */
  int carries;

  /** What lanes bring to a barrier that asks a question. */
  int votes;

  /** The lanes that are threads of the block: all but for the last warp. */
  final int lanes;

  /**
   * Register {@code r} of lane {@code l} stands at {@code r + l}; {@code r} is a multiple of 32.
   */
  final long[] registers;

  /** Bit {@code l} is that of lane {@code l}. Number 0 is always true. */
  final int[] predicates;

  /** The local memory of all lanes, one lane's after the other's. */
  final byte[] local;

  final AsyncCopy.Pending copies = new AsyncCopy.Pending();
  final Counters counters;

  /** Raised by each {@code bar.warp.sync}: what came before is ordered before what comes after. */
  int epoch;

  private final Program program;
  private final int[] place = new int[LANES];
  private final int[] returnPlaces;
  private final int[] callDepth = new int[LANES];
  private int live;
  private int atBarrier;
  private int stalled;
  private int pc;
  private long steps;
  private long clock;

  /** The allocation last used, most likely the next one too. */
  private DeviceMemory.Allocation recent = new DeviceMemory.Allocation(0, 0);

  Warp(Block block, int index) {
    this.block = block;
    this.launch = block.launch;
    this.index = index;
    this.counters = block.counters;
    program = launch.program();
    int threads = (int) Math.min(LANES, launch.blockDim().count() - (long) index * LANES);
    lanes = threads == LANES ? -1 : (1 << threads) - 1;
    registers = new long[program.registers() * LANES];
    predicates = new int[program.predicates()];
    local = new byte[program.localBytes() * LANES];
    returnPlaces = new int[program.callDepth() * LANES];
  }

  /** Puts all lanes at the beginning of the kernel. */
  void begin() {
    program.initialise(this);
    Arrays.fill(place, program.entry());
    Arrays.fill(callDepth, 0);
    live = lanes;
    atBarrier = 0;
    stalled = 0;
    steps = 0;
    clock = 0;
    copies.clear();
  }

  /** Whether a lane can go on. */
  boolean isRunnable() {
    return (live & ~atBarrier & ~stalled) != 0;
  }

  /** Runs until no lane can go on, or the other warps should have a turn. */
  void run() {
    long turn = steps / PATIENCE;
    while (isRunnable() && steps / PATIENCE == turn) {
      int first = leadingPlace();
      // The next place where other lanes stand: the group meets them there.
      int meeting = Integer.MAX_VALUE;
      int group = 0;
      for (int m = live & ~atBarrier; m != 0; m &= m - 1) {
        int lane = Integer.numberOfTrailingZeros(m);
        if (place[lane] == first) {
          group |= 1 << lane;
        } else if (place[lane] > first) {
          meeting = Math.min(meeting, place[lane]);
        }
      }
      stalled &= ~group;
      runGroup(group, first, meeting);
    }
    if (!isRunnable() && stalled != 0) {
      throw deadlock();
    }
  }

  /** The lowest place; every other turn the highest, or that of each lane in rotation. */
  private int leadingPlace() {
    int runnable = live & ~atBarrier & ~stalled;
    long turn = steps / PATIENCE;
    if (turn % 4 == 3) {
      int favoured = (int) (turn / 4 % LANES);
      int lane = Integer.numberOfTrailingZeros(Integer.rotateRight(runnable, favoured));
      return place[(lane + favoured) % LANES];
    }
    boolean highest = turn % 4 == 1;
    int leading = highest ? -1 : Integer.MAX_VALUE;
    for (int m = runnable; m != 0; m &= m - 1) {
      int at = place[Integer.numberOfTrailingZeros(m)];
      leading = highest ? Math.max(leading, at) : Math.min(leading, at);
    }
    return leading;
  }

  /** Runs lanes that stand at the same place until they part, meet others, wait or exit. */
  private void runGroup(int group, int from, int meeting) {
    int at = from;
    while (at < meeting) {
      pc = at;
      int mask = group & predicate(program.guard(at));
      counters.count(at, mask);
      clock++;
      LaneInstruction plain = program.plain(at);
      if (plain != null) {
        if (mask != 0) {
          plain.execute(this, mask);
          observe(at, mask);
        }
        at++;
      } else {
        checkSteps(group);
        int next = program.control(at).step(this, group, mask, at);
        observe(at, mask);
        if (next == ControlInstruction.REGROUP) {
          return;
        }
        at = next;
        if (steps % PATIENCE == 0) {
          break;
        }
      }
    }
    moveTo(group, at);
  }

  private void observe(int at, int mask) {
    Observer observer = launch.observer();
    if (observer != null) {
      observer.after(this, at, mask);
    }
  }

  /** Counts control instructions: no thread can run forever without them. */
  private void checkSteps(int group) {
    if (++steps > launch.options().maxBranches()) {
      throw fault(
          PtxFault.Kind.NO_END,
          Integer.numberOfTrailingZeros(group),
          "no end after " + launch.options().maxBranches() + " branches of the warp");
    }
  }

  /** The lanes in which a predicate is true, or, if its number is odd, false. */
  int predicate(int encoded) {
    return predicates[encoded >> 1] ^ -(encoded & 1);
  }

  /** How many instructions the warp has executed. */
  long clock() {
    return clock;
  }

  /** The lanes that have not exited. */
  int live() {
    return live;
  }

  /** The lanes that wait at a barrier of the block. */
  int atBarrier() {
    return atBarrier;
  }

  int place(int lane) {
    return place[lane];
  }

  void moveTo(int mask, int target) {
    for (int m = mask; m != 0; m &= m - 1) {
      place[Integer.numberOfTrailingZeros(m)] = target;
    }
  }

  /** Lets lanes wait for other lanes of the warp to come to the same place. */
  void stall(int mask, int at) {
    moveTo(mask, at);
    stalled |= mask;
  }

  /** Lets lanes wait for the other threads of the block. */
  void waitAtBarrier(int mask, int at) {
    moveTo(mask, at);
    atBarrier |= mask;
  }

  /** Lets lanes go on behind the barrier where they waited. */
  void leaveBarrier(int mask) {
    for (int m = mask; m != 0; m &= m - 1) {
      place[Integer.numberOfTrailingZeros(m)]++;
    }
    atBarrier &= ~mask;
  }

  void exit(int mask) {
    live &= ~mask;
    // Whoever waited for these lanes may not have to any more.
    stalled = 0;
  }

  void call(int mask, int target, int back) {
    for (int m = mask; m != 0; m &= m - 1) {
      int lane = Integer.numberOfTrailingZeros(m);
      returnPlaces[callDepth[lane]++ * LANES + lane] = back;
      place[lane] = target;
    }
  }

  void returnFrom(int mask) {
    for (int m = mask; m != 0; m &= m - 1) {
      int lane = Integer.numberOfTrailingZeros(m);
      place[lane] = returnPlaces[--callDepth[lane] * LANES + lane];
    }
  }

  /** The allocation that holds these bytes. */
  DeviceMemory.Allocation allocation(int lane, long address, int bytes) {
    if (!recent.holds(address, bytes)) {
      DeviceMemory.Allocation found = launch.memory().at(address);
      if (found == null || !found.holds(address, bytes)) {
        boolean freed = found != null && found.isEnded();
        throw fault(
            freed ? PtxFault.Kind.USE_AFTER_FREE : PtxFault.Kind.OUT_OF_BOUNDS,
            lane,
            launch.memory().describe(address, bytes));
      }
      recent = found;
    }
    return recent;
  }

  /** An exception that says that a lane did something wrong in the instruction being executed. */
  PtxFault fault(PtxFault.Kind kind, int lane, String what) {
    Statement source = program.source(pc);
    return new PtxFault(
        kind,
        program.name(),
        source.line(),
        source.text(),
        block.position(),
        launch.blockDim().place((long) index * LANES + lane),
        what);
  }

  /** An exception about the instruction where a lane waits. */
  PtxFault faultAt(PtxFault.Kind kind, int lane, String what) {
    pc = place[lane];
    return fault(kind, lane, what);
  }

  String threadName(int lane) {
    return "thread " + launch.blockDim().place((long) index * LANES + lane);
  }

  /** The line of the text where a lane stands. */
  int line(int lane) {
    return program.source(place[lane]).line();
  }

  /** The control instruction where a lane stands. */
  ControlInstruction instruction(int lane) {
    return program.control(place[lane]);
  }

  private PtxFault deadlock() {
    int lane = Integer.numberOfTrailingZeros(stalled);
    var elsewhere = new StringBuilder();
    for (int m = live; m != 0; m &= m - 1) {
      int other = Integer.numberOfTrailingZeros(m);
      if (place[other] != place[lane]) {
        elsewhere.append("; ").append(threadName(other)).append(" waits at line ");
        elsewhere.append(line(other));
      }
    }
    return faultAt(
        PtxFault.Kind.BARRIER_DIVERGENCE,
        lane,
        "the thread waits for others of its warp that do not come" + elsewhere);
  }
}
