package dev.manabi.kernels.ptx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** An opcode and its modifiers, which decoders take out one by one until none is left. */
final class Form {
  final String base;
  private final String opcode;
  private final int line;
  private final List<String> modifiers;

  Form(Statement statement) {
    opcode = statement.opcode();
    line = statement.line();
    String[] parts = opcode.split("\\.", -1);
    base = parts[0];
    modifiers = new ArrayList<>(Arrays.asList(parts).subList(1, parts.length));
  }

  /** Whether a modifier is there and has not been taken. */
  boolean has(String modifier) {
    return modifiers.contains(modifier);
  }

  /** Takes a modifier if it is there. */
  boolean take(String modifier) {
    return modifiers.remove(modifier);
  }

  /** Takes modifiers that change nothing here. */
  void ignore(String... names) {
    for (String name : names) {
      modifiers.remove(name);
    }
  }

  /** Takes the one of these that is there. */
  @Nullable String takeAny(String... names) {
    for (String name : names) {
      if (modifiers.remove(name)) {
        return name;
      }
    }
    return null;
  }

  /** Takes the one of these that must be there. */
  String takeOne(String... names) {
    String taken = takeAny(names);
    if (taken == null) {
      throw error("needs one of ." + String.join(" .", names));
    }
    return taken;
  }

  /** Takes the first type. */
  Type type() {
    for (String modifier : modifiers) {
      Type type = Type.named(modifier);
      if (type != null) {
        modifiers.remove(modifier);
        return type;
      }
    }
    throw error("needs a type");
  }

  /** Takes the rounding of a floating-point result. */
  Rounding rounding() {
    String name = takeAny("rn", "rz", "rm", "rp", "rna");
    return name == null ? Rounding.NEAREST : Rounding.named(name);
  }

  /** Takes the state space; generic if there is none. */
  Space space() {
    String name =
        takeAny(
            "global",
            "shared",
            "local",
            "param",
            "const",
            "shared::cta",
            "param::entry",
            "param::func");
    return name == null
        ? Space.GENERIC
        : Space.valueOf(name.replaceFirst("::.*", "").toUpperCase(Locale.ROOT));
  }

  /** How many numbers a vector has: 1 without {@code .v2} or {@code .v4}. */
  int vector() {
    String name = takeAny("v2", "v4", "v8");
    return name == null ? 1 : name.charAt(1) - '0';
  }

  /** Fails if anything is left: what is not understood must not be ignored. */
  void finish() {
    if (!modifiers.isEmpty()) {
      throw error("the machine does not know modifier ." + modifiers.getFirst());
    }
  }

  PtxFormatException error(String what) {
    return new PtxFormatException(line, opcode + ": " + what);
  }
}
