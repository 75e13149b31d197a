package dev.manabi.kernels.ptx;

import java.util.ArrayList;
import java.util.List;

/** Tells a tracer what one thread of one block executes. */
final class ThreadObserver implements Observer {
  private final Dim3 block;
  private final Dim3 thread;
  private final Tracer tracer;

  ThreadObserver(Dim3 block, Dim3 thread, Tracer tracer) {
    this.block = block;
    this.thread = thread;
    this.tracer = tracer;
  }

  @Override
  public void after(Warp warp, int place, int mask) {
    int lane = lane(warp);
    if (lane < 0 || (mask >>> lane & 1) == 0) {
      return;
    }
    Program program = warp.launch.program();
    Statement source = program.source(place);
    List<Tracer.Value> values = new ArrayList<>();
    for (Operand operand : source.operands()) {
      collect(operand, source, warp, lane, values);
    }
    tracer.executed(source.line(), source.text(), values);
  }

  /** The traced thread's lane; -1 if it belongs to another warp. */
  private int lane(Warp warp) {
    if (!warp.block.position().equals(block)) {
      return -1;
    }
    Dim3 extent = warp.launch.blockDim();
    int number = thread.x() + extent.x() * (thread.y() + extent.y() * thread.z());
    return number / Warp.LANES == warp.index ? number % Warp.LANES : -1;
  }

  private static void collect(
      Operand operand, Statement source, Warp warp, int lane, List<Tracer.Value> values) {
    switch (operand) {
      case Operand.Name(String name) -> {
        Scope.Register register = source.scope().findRegister(name);
        if (register != null && values.stream().noneMatch(v -> v.name().equals(name))) {
          values.add(value(register, source, warp, lane, values.isEmpty()));
        }
      }
      case Operand.Vector(var elements) ->
          elements.forEach(e -> collect(e, source, warp, lane, values));
      case Operand.Arguments(var elements) ->
          elements.forEach(e -> collect(e, source, warp, lane, values));
      case Operand.Address(Operand base, long _) -> collect(base, source, warp, lane, values);
      case Operand.Pair(Operand first, Operand second) -> {
        collect(first, source, warp, lane, values);
        collect(second, source, warp, lane, values);
      }
      case Operand.Not(Operand.Name inside) -> collect(inside, source, warp, lane, values);
      case Operand.Int _, Operand.Real _ -> {
        // Stands in the text.
      }
    }
  }

  private static Tracer.Value value(
      Scope.Register register, Statement source, Warp warp, int lane, boolean result) {
    int slot = warp.launch.program().slots().get(register);
    if (register.type() == Type.PRED) {
      return new Tracer.Value(register.name(), "pred", warp.predicates[slot] >>> lane & 1);
    }
    int bits = register.type().bits;
    long value = warp.registers[slot * Warp.LANES + lane];
    long cut = bits == 64 ? value : value & (1L << bits) - 1;
    return new Tracer.Value(register.name(), shownType(register, source, result).toString(), cut);
  }

  /** A register not declared as floating point shows as the instruction takes it. */
  private static Type shownType(Scope.Register register, Statement source, boolean result) {
    Type shown = register.type();
    if (shown.isFloat()) {
      return shown;
    }
    for (String part : source.opcode().split("\\.", -1)) {
      Type type = Type.named(part);
      if (type != null && type.bits == register.type().bits) {
        shown = type;
        // Where there are two types, as in cvt, the first is that of the result.
        if (result) {
          return shown;
        }
      }
    }
    return shown;
  }
}
