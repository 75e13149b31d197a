package dev.manabi.kernels.ptx;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One statement on its way to an instruction: decoders ask here for its modifiers and operands.
 * Registers are given as the place of lane 0 in {@link Warp#registers}.
 */
final class Decoding {
  final Form form;
  final Statement statement;
  private final ProgramBuilder builder;

  Decoding(Statement statement, ProgramBuilder builder) {
    this.statement = statement;
    this.builder = builder;
    form = new Form(statement);
  }

  int operands() {
    return statement.operands().size();
  }

  /** Fails unless the number of operands lies in a range. */
  void expect(int least, int most) {
    if (operands() < least || operands() > most) {
      throw form.error(
          "needs %s operands, found %d"
              .formatted(least == most ? least : least + " to " + most, operands()));
    }
  }

  void expect(int count) {
    expect(count, count);
  }

  Operand operand(int i) {
    if (i >= operands()) {
      throw form.error("operand " + (i + 1) + " is missing");
    }
    return statement.operands().get(i);
  }

  /** The register that an operand is read from: its own, or that of a constant. */
  int source(int i, Type type) {
    return source(operand(i), type);
  }

  int source(Operand operand, Type type) {
    return switch (operand) {
      case Operand.Int number ->
          builder.constant(
              type == Type.F32 || type == Type.F64
                  ? new Operand.Real(Double.doubleToRawLongBits(number.value()), false)
                      .as(type, false)
                  : number.value());
      case Operand.Real number -> builder.constant(number.as(type, false));
      case Operand.Name name -> named(name.text(), 0);
      case Operand.Address(Operand.Name name, long offset) -> named(name.text(), offset);
      default -> throw form.error("found " + describe(operand) + " instead of a value");
    };
  }

  /** A register, a special register, or the address of a variable. */
  private int named(String name, long offset) {
    Scope.Register register = statement.scope().findRegister(name);
    if (register != null && offset == 0) {
      if (register.type() == Type.PRED) {
        throw form.error(name + " is a predicate");
      }
      return builder.register(register);
    }
    Program.Constant special = SpecialRegisters.named(name);
    if (special != null) {
      return builder.constant(name, special);
    }
    Variable variable = statement.scope().findVariable(name);
    if (variable != null) {
      return builder.address(variable, offset);
    }
    throw form.error("'" + name + "' is not declared");
  }

  /** The register that a result goes to; {@code _} is one that nobody reads. */
  int target(int i) {
    return target(operand(i));
  }

  int target(Operand operand) {
    if (operand instanceof Operand.Name(String name)) {
      if (name.equals("_")) {
        return builder.sink();
      }
      Scope.Register register = statement.scope().findRegister(name);
      if (register != null && register.type() != Type.PRED) {
        return builder.register(register);
      }
    }
    throw form.error("found " + describe(operand) + " instead of a register");
  }

  /** The declared type of a register operand; null for anything else. */
  @Nullable Type declaredType(Operand operand) {
    if (operand instanceof Operand.Name(String name)) {
      Scope.Register register = statement.scope().findRegister(name);
      return register == null ? null : register.type();
    }
    return null;
  }

  /** The elements of a vector operand; a lone operand is a vector of one. */
  List<Operand> elements(int i, int count) {
    List<Operand> elements =
        operand(i) instanceof Operand.Vector(List<Operand> inside) ? inside : List.of(operand(i));
    if (elements.size() != count) {
      throw form.error(
          "operand %d needs %d registers, found %d".formatted(i + 1, count, elements.size()));
    }
    return elements;
  }

  int[] sources(int i, int count, Type type) {
    return elements(i, count).stream().mapToInt(e -> source(e, type)).toArray();
  }

  int[] targets(int i, int count) {
    return elements(i, count).stream().mapToInt(this::target).toArray();
  }

  /** A predicate to read, as {@link Warp#predicate} takes it. */
  int predicate(Operand operand) {
    return switch (operand) {
      case Operand.Not(Operand.Name inside) -> predicate(inside) ^ 1;
      case Operand.Int(long value) -> value == 0 ? 1 : 0;
      case Operand.Name(String name) -> {
        Scope.Register register = statement.scope().findRegister(name);
        if (register == null || register.type() != Type.PRED) {
          throw form.error("'" + name + "' is not a predicate");
        }
        yield 2 * builder.predicate(register);
      }
      default -> throw form.error("found " + describe(operand) + " instead of a predicate");
    };
  }

  /** The number of the predicate that a result goes to. */
  int predicateTarget(Operand operand) {
    if (operand instanceof Operand.Name(String name)) {
      return name.equals("_") ? builder.predicateSink() : predicate(operand) / 2;
    }
    throw form.error("found " + describe(operand) + " instead of a predicate");
  }

  /** The register and the offset of an address. */
  record Address(int base, long offset, @Nullable Variable variable) {}

  Address address(int i) {
    if (!(operand(i) instanceof Operand.Address(Operand base, long offset))) {
      throw form.error("operand " + (i + 1) + " is not an address in brackets");
    }
    Variable variable =
        base instanceof Operand.Name(String name) && statement.scope().findRegister(name) == null
            ? statement.scope().findVariable(name)
            : null;
    return new Address(source(base, Type.U64), offset, variable);
  }

  /** An immediate number. */
  long immediate(int i) {
    if (operand(i) instanceof Operand.Int(long value)) {
      return value;
    }
    throw form.error("operand " + (i + 1) + " must be a number");
  }

  /** Where a label's code stands. */
  ProgramBuilder.Target label(Operand operand) {
    if (operand instanceof Operand.Name(String name)) {
      return label(name);
    }
    throw form.error("found " + describe(operand) + " instead of a label");
  }

  ProgramBuilder.Target label(String name) {
    Integer label = statement.scope().findLabel(name);
    if (label == null) {
      throw form.error("no label '" + name + "'");
    }
    return builder.target(label);
  }

  ProgramBuilder builder() {
    return builder;
  }

  private static String describe(Operand operand) {
    return switch (operand) {
      case Operand.Name(String name) -> "'" + name + "'";
      case Operand.Int(long value) -> "number " + value;
      case Operand.Real _ -> "a number";
      case Operand.Vector _ -> "a vector";
      case Operand.Address _ -> "an address";
      case Operand.Pair _ -> "a pair";
      case Operand.Not _ -> "a negation";
      case Operand.Arguments _ -> "a list of arguments";
    };
  }
}
