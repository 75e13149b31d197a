package dev.manabi.kernels.ptx;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The names declared between two braces, and, through its parent, those around it. */
final class Scope {
  /** {@code .reg .b32 %r<8>} declares {@code %r0} to {@code %r7}. */
  private record Range(Type type, int count) {}

  /** A register: its name and the scope it belongs to tell it from all others. */
  record Register(Scope scope, String name, Type type) {}

  private final @Nullable Scope parent;
  private final Map<String, Type> registers = new HashMap<>();
  private final Map<String, Range> ranges = new HashMap<>();
  private final Map<String, Variable> variables = new HashMap<>();
  private final Map<String, Integer> labels = new HashMap<>();
  private final Map<String, List<String>> branchTargets = new HashMap<>();

  Scope(@Nullable Scope parent) {
    this.parent = parent;
  }

  @Nullable Scope parent() {
    return parent;
  }

  void register(String name, Type type) {
    registers.put(name, type);
  }

  void registers(String prefix, Type type, int count) {
    ranges.put(prefix, new Range(type, count));
  }

  /** False if the name is taken. */
  boolean variable(Variable variable) {
    return variables.putIfAbsent(variable.name, variable) == null;
  }

  /** False if the name is taken. */
  boolean label(String name, int statement) {
    return labels.putIfAbsent(name, statement) == null;
  }

  void branchTargets(String name, List<String> targets) {
    branchTargets.put(name, targets);
  }

  @Nullable Register findRegister(String name) {
    int digits = name.length();
    while (digits > 0 && Character.isDigit(name.charAt(digits - 1))) {
      digits--;
    }
    String prefix = name.substring(0, digits);
    String number = name.substring(digits);
    for (Scope scope = this; scope != null; scope = scope.parent) {
      Type type = scope.registers.get(name);
      if (type != null) {
        return new Register(scope, name, type);
      }
      Range range = scope.ranges.get(prefix);
      // No count has more than nine digits.
      if (range != null
          && !number.isEmpty()
          && number.length() < 10
          && Integer.parseInt(number) < range.count) {
        return new Register(scope, name, range.type);
      }
    }
    return null;
  }

  @Nullable Variable findVariable(String name) {
    for (Scope scope = this; scope != null; scope = scope.parent) {
      Variable variable = scope.variables.get(name);
      if (variable != null) {
        return variable;
      }
    }
    return null;
  }

  /** The number of the statement that follows the label. */
  @Nullable Integer findLabel(String name) {
    for (Scope scope = this; scope != null; scope = scope.parent) {
      Integer statement = scope.labels.get(name);
      if (statement != null) {
        return statement;
      }
    }
    return null;
  }

  @Nullable List<String> findBranchTargets(String name) {
    for (Scope scope = this; scope != null; scope = scope.parent) {
      List<String> targets = scope.branchTargets.get(name);
      if (targets != null) {
        return targets;
      }
    }
    return null;
  }
}
