package dev.manabi.kernels.ptx;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Puts a kernel and the functions it calls one behind the other, gives registers, constants and
 * variables their places, and decodes each statement once.
 */
final class ProgramBuilder {
  private static final int MOST_REGISTERS = 1 << 16;
  private static final int MOST_LOCAL_BYTES = 1 << 19;
  private static final int MOST_SHARED_BYTES = 1 << 28;
  private static final int MOST_CALLS = 64;

  /** A place in the program that is known only once all code has one. */
  static final class Target {
    private int place;

    int place() {
      return place;
    }
  }

  private final Map<String, Function> functions;
  private final Map<Scope.Register, Integer> registers = new HashMap<>();
  private final Map<Scope.Register, Integer> predicates = new HashMap<>();
  private final Map<Object, Integer> constants = new HashMap<>();
  private final List<Program.Constant> constantValues = new ArrayList<>();
  private final Map<Variable, Integer> offsets = new HashMap<>();
  private final Set<Variable> kernelParameters = new HashSet<>();
  private final Map<Function, Target> entries = new LinkedHashMap<>();
  private final List<Program.Step> code = new ArrayList<>();
  private @Nullable Target[] places = {};
  private boolean inKernel;
  private int firstConstant;
  private int localBytes;
  private int sharedBytes;
  private int dynamicAlignment = 16;
  private int callDepth;

  /** The smallest access to shared memory; no more than a word. */
  private int sharedGranule = 4;

  private ProgramBuilder(Map<String, Function> functions) {
    this.functions = functions;
  }

  static Program build(Function kernel, Map<String, Function> functions) {
    var builder = new ProgramBuilder(functions);
    List<Function> order = new ArrayList<>();
    builder.callDepth = builder.visit(kernel, order, new LinkedHashSet<>());
    builder.assignRegisters(order);
    builder.assignMemory(order);
    for (Function function : order) {
      builder.entries.put(function, new Target());
    }
    for (Function function : order) {
      builder.decode(function);
    }
    return new Program(
        kernel.name(),
        List.copyOf(builder.code),
        builder.entries.get(kernel).place,
        builder.firstConstant + builder.constantValues.size(),
        List.copyOf(builder.constantValues),
        builder.predicates.size() + 2,
        builder.localBytes,
        builder.sharedBytes,
        builder.sharedGranule,
        builder.callDepth,
        builder.slots());
  }

  private Map<Scope.Register, Integer> slots() {
    var slots = new HashMap<>(registers);
    slots.putAll(predicates);
    return slots;
  }

  /** Lists the functions that a function calls, then itself; how deep the calls nest. */
  private int visit(Function function, List<Function> order, Set<Function> callers) {
    if (order.contains(function)) {
      return 0;
    }
    if (!callers.add(function)) {
      throw new PtxFormatException(
          function.line(), "'" + function.name() + "' calls itself; recursion is not supported");
    }
    if (callers.size() > MOST_CALLS) {
      throw new PtxFormatException(function.line(), "calls nest deeper than " + MOST_CALLS);
    }
    int depth = 0;
    for (Statement statement : function.statements()) {
      Function callee = ControlFlow.callee(statement, functions);
      if (callee != null && callee.defined()) {
        depth = Math.max(depth, 1 + visit(callee, order, callers));
      }
    }
    callers.remove(function);
    order.add(function);
    return depth;
  }

  private void assignRegisters(List<Function> order) {
    for (Function function : order) {
      for (Statement statement : function.statements()) {
        if (statement.guard() != null) {
          assign(statement.guard(), statement);
        }
        statement.operands().forEach(operand -> assign(operand, statement));
      }
    }
    // One more, for results that nobody wants.
    firstConstant = registers.size() + 1;
    if (firstConstant > MOST_REGISTERS) {
      throw new PtxFormatException(
          order.getLast().line(), "more than " + MOST_REGISTERS + " registers are used");
    }
  }

  private void assign(Operand operand, Statement statement) {
    switch (operand) {
      case Operand.Name(String name) -> {
        Scope.Register register = statement.scope().findRegister(name);
        if (register != null && register.type() == Type.PRED) {
          // 0 is true, 1 is the sink.
          predicates.putIfAbsent(register, predicates.size() + 2);
        } else if (register != null) {
          registers.putIfAbsent(register, registers.size());
        } else {
          Variable variable = statement.scope().findVariable(name);
          if (variable != null && variable.space == Space.SHARED && variable.dynamic) {
            dynamicAlignment = Math.max(dynamicAlignment, variable.alignment);
          } else if (variable != null && variable.space == Space.SHARED) {
            offsets.computeIfAbsent(variable, v -> sharedBytes = place(sharedBytes, v));
            sharedBytes = Math.max(sharedBytes, offsets.get(variable) + variable.bytes);
            if (sharedBytes > MOST_SHARED_BYTES) {
              throw new PtxFormatException(
                  statement.line(), "more than " + MOST_SHARED_BYTES + " bytes of shared memory");
            }
          }
        }
      }
      case Operand.Vector(List<Operand> elements) -> elements.forEach(e -> assign(e, statement));
      case Operand.Arguments(List<Operand> elements) -> elements.forEach(e -> assign(e, statement));
      case Operand.Address(Operand base, long _) -> assign(base, statement);
      case Operand.Pair(Operand first, Operand second) -> {
        assign(first, statement);
        assign(second, statement);
      }
      case Operand.Not(Operand.Name inside) -> assign(inside, statement);
      case Operand.Int _, Operand.Real _ -> {
        // Constants get their places while decoding.
      }
    }
  }

  private static int place(int from, Variable variable) {
    return (from + variable.alignment - 1) & -variable.alignment;
  }

  /** The kernel's parameters are one block; those of functions are local to each thread. */
  private void assignMemory(List<Function> order) {
    Function kernel = order.getLast();
    // What the driver promises of the dynamic part.
    sharedBytes = (sharedBytes + dynamicAlignment - 1) & -dynamicAlignment;
    int at = 0;
    for (Variable parameter : kernel.parameters()) {
      at = place(at, parameter);
      offsets.put(parameter, at);
      kernelParameters.add(parameter);
      at += parameter.bytes;
    }
    for (Function function : order) {
      if (!function.entry()) {
        function.parameters().forEach(this::local);
        function.results().forEach(this::local);
      }
    }
  }

  /** Where a variable stands in the local memory of a thread. */
  int local(Variable variable) {
    Integer known = offsets.get(variable);
    if (known != null) {
      return known;
    }
    int at = place(localBytes, variable);
    localBytes = (at + variable.bytes + 15) & -16;
    if (localBytes > MOST_LOCAL_BYTES || variable.bytes > MOST_LOCAL_BYTES) {
      throw new PtxFormatException(
          0, "more than " + MOST_LOCAL_BYTES + " bytes of local memory for each thread");
    }
    offsets.put(variable, at);
    return at;
  }

  private void decode(Function function) {
    entries.get(function).place = code.size();
    places = new Target[function.statements().size() + 1];
    inKernel = function.entry();
    int number = 0;
    for (Statement statement : function.statements()) {
      here(number++);
      var decoding = new Decoding(statement, this);
      int guard = statement.guard() == null ? 0 : decoding.predicate(statement.guard());
      InstructionSet.decode(decoding, guard);
      decoding.form.finish();
    }
    here(number);
    // Falling off the end is a return.
    var end =
        new Statement(
            function.line(), "end of " + function.name(), new Scope(null), null, "ret", List.of());
    code.add(new Program.Step(end, 0, null, ControlFlow.leave(function.entry())));
  }

  private void here(int number) {
    target(number).place = code.size();
  }

  void emit(Statement source, int guard, LaneInstruction instruction) {
    code.add(new Program.Step(source, guard, instruction, null));
  }

  void emit(Statement source, int guard, ControlInstruction instruction) {
    code.add(new Program.Step(source, guard, null, instruction));
  }

  /** The place of a statement of the function being decoded. */
  Target target(int statement) {
    Target target = places[statement];
    if (target == null) {
      target = new Target();
      places[statement] = target;
    }
    return target;
  }

  Target entry(Function function) {
    return entries.get(function);
  }

  Map<String, Function> functions() {
    return functions;
  }

  /** Whether the kernel itself is being decoded, not a function it calls. */
  boolean isKernelCode() {
    return inKernel;
  }

  int register(Scope.Register register) {
    return registers.get(register) * Warp.LANES;
  }

  /** Whether a parameter is the kernel's own, not a called function's. */
  boolean isKernelParameter(Variable variable) {
    return kernelParameters.contains(variable);
  }

  /** Tells that the program accesses so many bytes at once. */
  void noteAccess(Space space, int bytes) {
    if (space == Space.SHARED || space == Space.GENERIC) {
      sharedGranule = Math.min(sharedGranule, bytes);
    }
  }

  int sink() {
    return (firstConstant - 1) * Warp.LANES;
  }

  int predicate(Scope.Register register) {
    return predicates.get(register);
  }

  int predicateSink() {
    return 1;
  }

  int constant(long bits) {
    return constant(bits, (_, _) -> bits);
  }

  /** The register of a constant; equal keys share one. */
  int constant(Object key, Program.Constant value) {
    Integer known = constants.get(key);
    if (known == null) {
      known = firstConstant + constantValues.size();
      constants.put(key, known);
      constantValues.add(value);
    }
    return known * Warp.LANES;
  }

  /** The register that holds the address of a variable, in its own space. */
  int address(Variable variable, long offset) {
    return switch (variable.space) {
      case GLOBAL, CONST ->
          constant(
              List.of(variable, offset), (warp, _) -> warp.launch.symbols().get(variable) + offset);
      case SHARED -> constant((variable.dynamic ? sharedBytes : offsets.get(variable)) + offset);
      case PARAM, LOCAL, GENERIC -> constant(local(variable) + offset);
    };
  }
}
