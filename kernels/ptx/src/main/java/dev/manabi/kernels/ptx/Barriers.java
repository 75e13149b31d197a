package dev.manabi.kernels.ptx;

import org.jspecify.annotations.Nullable;

/**
 * {@code bar, barrier, membar, fence}. A thread that comes to a barrier of the block waits; when no
 * thread can go on any more, {@link #release} looks whether a barrier is complete. If none is, the
 * block would hang on a GPU, and the launch fails.
 */
final class Barriers {
  static final int COUNT = 16;

  private Barriers() {}

  /** A barrier where threads wait. */
  private static final class Wait implements ControlInstruction {
    private final int id;
    private final int threads;
    private final boolean counted;
    private final @Nullable Question question;

    Wait(int id, int threads, boolean counted, @Nullable Question question) {
      this.id = id;
      this.threads = threads;
      this.counted = counted;
      this.question = question;
    }

    @Override
    public int step(Warp warp, int group, int mask, int pc) {
      if (mask == 0) {
        return pc + 1;
      }
      int votes = question == null ? 0 : warp.predicate(question.from);
      warp.votes = (warp.votes & ~mask) | (votes & mask);
      for (int m = mask; m != 0; m &= m - 1) {
        int lane = Integer.numberOfTrailingZeros(m);
        int number = number(warp, lane, id);
        warp.barrier[lane] = number;
        warp.block.expected[number] = counted ? (int) warp.registers[threads + lane] : 0;
      }
      warp.waitAtBarrier(mask, pc);
      warp.moveTo(group & ~mask, pc + 1);
      return REGROUP;
    }
  }

  /** What {@code bar.red} asks of all threads, and where the answer goes. */
  private record Question(String operation, int from, int to) {
    void answer(Warp warp, int mask, int votes, int threads) {
      if (operation.equals("popc")) {
        for (int m = mask; m != 0; m &= m - 1) {
          warp.registers[to + Integer.numberOfTrailingZeros(m)] = votes;
        }
      } else {
        boolean yes = operation.equals("and") ? votes == threads : votes > 0;
        BitManipulation.setPredicate(warp, to, mask, yes ? -1 : 0);
      }
    }
  }

  private static int number(Warp warp, int lane, int id) {
    long number = warp.registers[id + lane] & 0xffff_ffffL;
    if (number >= COUNT) {
      throw warp.fault(PtxFault.Kind.BARRIER_DIVERGENCE, lane, "there is no barrier " + number);
    }
    return (int) number;
  }

  /** {@code bar, barrier}. */
  static ControlInstruction decode(Decoding d) {
    d.form.ignore("cta", "aligned");
    if (d.form.take("warp")) {
      d.form.takeOne("sync");
      d.expect(1);
      return new WarpInstruction(d.source(0, Type.B32), (warp, _) -> warp.epoch++);
    }
    return switch (d.form.takeOne("sync", "red", "arrive")) {
      case "sync" -> {
        d.expect(1, 2);
        int threads = d.operands() == 2 ? d.source(1, Type.U32) : 0;
        yield new Wait(d.source(0, Type.U32), threads, d.operands() == 2, null);
      }
      case "red" -> reduce(d);
      default -> {
        d.expect(2);
        int id = d.source(0, Type.U32);
        yield (warp, _, mask, pc) -> {
          for (int m = mask; m != 0; m &= m - 1) {
            int lane = Integer.numberOfTrailingZeros(m);
            warp.block.arrivals[number(warp, lane, id)]++;
          }
          return pc + 1;
        };
      }
    };
  }

  private static ControlInstruction reduce(Decoding d) {
    String operation = d.form.takeOne("popc", "and", "or");
    d.form.type();
    d.expect(3, 4);
    boolean counted = d.operands() == 4;
    int to = operation.equals("popc") ? d.target(0) : d.predicateTarget(d.operand(0));
    int from = d.predicate(d.operand(counted ? 3 : 2));
    return new Wait(
        d.source(1, Type.U32),
        counted ? d.source(2, Type.U32) : 0,
        counted,
        new Question(operation, from, to));
  }

  /** {@code membar, fence}: memory is always in order here. */
  static LaneInstruction fence(Decoding d) {
    d.form.ignore("sc", "acq_rel", "cta", "gpu", "sys", "gl", "cluster", "acquire", "release");
    d.form.ignore("proxy", "alias", "async");
    return (_, _) -> {};
  }

  /** Lets those go on whose barrier is complete; fails if there are none. */
  static void release(Block block) {
    boolean released = false;
    for (int id = 0; id < COUNT; id++) {
      int waiting = 0;
      for (Warp warp : block.warps()) {
        waiting += Integer.bitCount(waitingAt(warp, id));
      }
      if (waiting > 0) {
        int all = block.expected[id] == 0 ? alive(block) : block.expected[id];
        if (waiting + block.arrivals[id] >= all) {
          check(block, id);
          open(block, id, waiting);
          released = true;
        }
      }
    }
    if (!released) {
      throw incomplete(block);
    }
    block.shared.nextEpoch();
  }

  private static int waitingAt(Warp warp, int id) {
    int waiting = 0;
    for (int m = warp.atBarrier(); m != 0; m &= m - 1) {
      int lane = Integer.numberOfTrailingZeros(m);
      waiting |= warp.barrier[lane] == id ? 1 << lane : 0;
    }
    return waiting;
  }

  private static int alive(Block block) {
    int alive = 0;
    for (Warp warp : block.warps()) {
      alive += Integer.bitCount(warp.live());
    }
    return alive;
  }

  private static void open(Block block, int id, int threads) {
    int votes = 0;
    for (Warp warp : block.warps()) {
      votes += Integer.bitCount(warp.votes & waitingAt(warp, id));
    }
    block.arrivals[id] = 0;
    for (Warp warp : block.warps()) {
      int mask = waitingAt(warp, id);
      for (int m = mask; m != 0; m &= m - 1) {
        int lane = Integer.numberOfTrailingZeros(m);
        if (warp.instruction(lane) instanceof Wait wait && wait.question != null) {
          wait.question.answer(warp, 1 << lane, votes, threads);
        }
      }
      warp.leaveBarrier(mask);
    }
  }

  /** A GPU would go on; but whoever wrote the kernel thought that all threads come here. */
  private static void check(Block block, int id) {
    if (!block.launch.options().checkBarriers() || block.expected[id] != 0) {
      return;
    }
    int place = -1;
    for (Warp warp : block.warps()) {
      int waiting = waitingAt(warp, id);
      int exited = warp.lanes & ~warp.live();
      if (exited != 0) {
        throw divergence(
            block,
            id,
            warp.threadName(Integer.numberOfTrailingZeros(exited)) + " has exited before");
      }
      for (int m = waiting; m != 0; m &= m - 1) {
        int lane = Integer.numberOfTrailingZeros(m);
        if (place >= 0 && place != warp.place(lane)) {
          throw divergence(
              block, id, warp.threadName(lane) + " waits at line " + warp.line(lane) + " instead");
        }
        place = warp.place(lane);
      }
    }
  }

  private static PtxFault divergence(Block block, int id, String what) {
    for (Warp warp : block.warps()) {
      int waiting = waitingAt(warp, id);
      if (waiting != 0) {
        return warp.faultAt(
            PtxFault.Kind.BARRIER_DIVERGENCE,
            Integer.numberOfTrailingZeros(waiting),
            "the thread waits at barrier " + id + ", but " + what);
      }
    }
    throw new IllegalStateException("nobody waits at barrier " + id);
  }

  private static PtxFault incomplete(Block block) {
    int id = -1;
    String others = "not enough threads come";
    for (Warp warp : block.warps()) {
      for (int m = warp.atBarrier(); m != 0; m &= m - 1) {
        int lane = Integer.numberOfTrailingZeros(m);
        if (id < 0) {
          id = warp.barrier[lane];
        } else if (warp.barrier[lane] != id) {
          others = warp.threadName(lane) + " waits at barrier " + warp.barrier[lane];
        }
      }
    }
    return divergence(block, id, others + "; nobody can go on");
  }
}
