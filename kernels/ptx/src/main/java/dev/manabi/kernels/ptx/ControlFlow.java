package dev.manabi.kernels.ptx;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code bra, brx, call, ret, exit, trap}. */
final class ControlFlow {
  private ControlFlow() {}

  /** {@code bra}. */
  static ControlInstruction branch(Decoding d) {
    d.form.ignore("uni");
    d.expect(1);
    ProgramBuilder.Target target = d.label(d.operand(0));
    return (warp, group, mask, pc) -> {
      if (mask == group) {
        return target.place();
      }
      if (mask == 0) {
        return pc + 1;
      }
      warp.moveTo(mask, target.place());
      warp.moveTo(group & ~mask, pc + 1);
      return ControlInstruction.REGROUP;
    };
  }

  /** {@code brx.idx}: to one of a list of labels. */
  static ControlInstruction branchIndexed(Decoding d) {
    d.form.ignore("uni");
    d.form.takeOne("idx");
    d.expect(2);
    int index = d.source(0, Type.U32);
    if (!(d.operand(1) instanceof Operand.Name(String list))) {
      throw d.form.error("needs a list of targets");
    }
    List<String> names = d.statement.scope().findBranchTargets(list);
    if (names == null) {
      throw d.form.error("no .branchtargets '" + list + "'");
    }
    List<ProgramBuilder.Target> targets = names.stream().map(d::label).toList();
    return (warp, group, mask, pc) -> {
      warp.moveTo(group & ~mask, pc + 1);
      for (int m = mask; m != 0; m &= m - 1) {
        int lane = Integer.numberOfTrailingZeros(m);
        long choice = warp.registers[index + lane] & 0xffff_ffffL;
        if (choice >= targets.size()) {
          throw warp.fault(
              PtxFault.Kind.OUT_OF_BOUNDS,
              lane,
              "index " + choice + " in a list of " + targets.size() + " targets");
        }
        warp.moveTo(1 << lane, targets.get((int) choice).place());
      }
      return ControlInstruction.REGROUP;
    };
  }

  /** {@code exit}, or {@code ret} where it ends the kernel. */
  static ControlInstruction leave(boolean kernel) {
    return (warp, group, mask, pc) -> {
      warp.moveTo(group & ~mask, pc + 1);
      if (kernel) {
        warp.exit(mask);
      } else {
        warp.returnFrom(mask);
      }
      return ControlInstruction.REGROUP;
    };
  }

  /** {@code exit}. */
  static ControlInstruction exit(Decoding d) {
    d.expect(0);
    return leave(true);
  }

  /** {@code ret}. */
  static ControlInstruction leaveFunction(Decoding d) {
    d.form.ignore("uni");
    d.expect(0);
    return leave(d.builder().isKernelCode());
  }

  /** {@code trap}. */
  static LaneInstruction trap(Decoding d) {
    d.expect(0);
    return trap("trap");
  }

  private static LaneInstruction trap(String why) {
    return (warp, mask) -> {
      throw warp.fault(PtxFault.Kind.TRAP, Integer.numberOfTrailingZeros(mask), why);
    };
  }

  /** The function that a statement calls; null if it is no call, or not of a known function. */
  static @Nullable Function callee(Statement statement, Map<String, Function> functions) {
    if (!statement.opcode().equals("call") && !statement.opcode().startsWith("call.")) {
      return null;
    }
    for (Operand operand : statement.operands()) {
      if (operand instanceof Operand.Name(String name)) {
        return functions.get(name);
      }
    }
    return null;
  }

  /**
   * {@code call}: copies the arguments to where the function expects them, and, once it is back,
   * its results to where the caller expects them. Both are local to the thread.
   */
  static void call(Decoding d, int guard) {
    d.form.ignore("uni");
    boolean results = d.operands() > 1 && d.operand(0) instanceof Operand.Arguments;
    int at = results ? 1 : 0;
    Function callee = callee(d.statement, d.builder().functions());
    if (callee == null || !(d.operand(at) instanceof Operand.Name)) {
      throw d.form.error("calls no function of the module; indirect calls are not supported");
    }
    d.expect(at + 1, at + 2);
    if (!callee.defined()) {
      d.builder()
          .emit(d.statement, guard, trap("call of " + callee.name() + ", which is external"));
      return;
    }
    Copy in =
        copies(d, d.operands() > at + 1 ? d.operand(at + 1) : null, callee.parameters(), true);
    Copy out = copies(d, results ? d.operand(0) : null, callee.results(), false);
    ProgramBuilder.Target target = d.builder().entry(callee);
    d.builder()
        .emit(
            d.statement,
            guard,
            (ControlInstruction)
                (warp, group, mask, pc) -> {
                  in.execute(warp, mask);
                  warp.moveTo(group & ~mask, pc + 1);
                  warp.call(mask, target.place(), pc + 1);
                  return ControlInstruction.REGROUP;
                });
    d.builder().emit(d.statement, guard, out);
  }

  /** Copies within the local memory of each lane. */
  private record Copy(int[] from, int[] to, int[] bytes) implements LaneInstruction {
    @Override
    public void execute(Warp warp, int mask) {
      int size = warp.local.length / Warp.LANES;
      for (int m = mask; m != 0; m &= m - 1) {
        int base = Integer.numberOfTrailingZeros(m) * size;
        for (int i = 0; i < bytes.length; i++) {
          System.arraycopy(warp.local, base + from[i], warp.local, base + to[i], bytes[i]);
        }
      }
    }
  }

  private static Copy copies(
      Decoding d, @Nullable Operand actual, List<Variable> formal, boolean in) {
    List<Operand> arguments =
        actual instanceof Operand.Arguments(List<Operand> elements) ? elements : List.of();
    if (arguments.size() != formal.size()) {
      throw d.form.error(
          "passes %d arguments where %d are declared".formatted(arguments.size(), formal.size()));
    }
    int count = formal.size();
    var copy = new Copy(new int[count], new int[count], new int[count]);
    for (int i = 0; i < count; i++) {
      Variable variable =
          arguments.get(i) instanceof Operand.Name(String name)
              ? d.statement.scope().findVariable(name)
              : null;
      if (variable == null || variable.space != Space.PARAM) {
        throw d.form.error("argument " + (i + 1) + " is not a .param variable");
      }
      int theirs = d.builder().local(formal.get(i));
      int ours = d.builder().local(variable);
      copy.from[i] = in ? ours : theirs;
      copy.to[i] = in ? theirs : ours;
      copy.bytes[i] = Math.min(variable.bytes, formal.get(i).bytes);
    }
    return copy;
  }
}
