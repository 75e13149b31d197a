package dev.manabi.kernels.ptx;

import dev.manabi.kernels.ptx.Lexer.Kind;
import dev.manabi.kernels.ptx.Lexer.Token;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Reads the declarations of variables, with their initial values. */
final class Variables {
  private static final int MOST_BYTES = 1 << 28;

  private final Tokens tokens;

  Variables(Tokens tokens) {
    this.tokens = tokens;
  }

  /** The declarations up to a semicolon, the space's directive already read. */
  List<Variable> declarations(Space space) {
    List<Variable> variables = new ArrayList<>();
    do {
      variables.add(declaration(space));
    } while (tokens.accept(","));
    tokens.expect(";");
    return variables;
  }

  /** One declaration, without what ends it. */
  Variable declaration(Space space) {
    int alignment = 0;
    int vector = 1;
    Type type = null;
    while (tokens.peek().isDirective()) {
      Token directive = tokens.next();
      switch (directive.text()) {
        case ".align" -> alignment = alignment();
        case ".v2" -> vector = 2;
        case ".v4" -> vector = 4;
        case ".ptr" -> pointer();
        default -> {
          type = Type.named(directive.text().substring(1));
          if (type == null || type == Type.PRED) {
            throw Tokens.error(
                directive, "'" + directive.text() + "' is not the type of a variable");
          }
        }
      }
    }
    if (type == null) {
      throw tokens.error("a variable without a type");
    }
    String name = tokens.name();
    long elements = vector;
    boolean open = false;
    while (tokens.accept("[")) {
      if (tokens.accept("]")) {
        open = true;
      } else {
        elements = Math.min(MOST_BYTES + 1L, elements * tokens.count(MOST_BYTES));
        tokens.expect("]");
      }
    }
    byte[] initial = tokens.accept("=") ? initialiser(type) : null;
    long bytes = open ? (initial == null ? 0 : initial.length) : elements * type.bytes();
    if (bytes > MOST_BYTES || (initial != null && initial.length > bytes)) {
      throw tokens.error("'" + name + "' has " + bytes + " bytes; at most 2^28 are supported");
    }
    return new Variable(
        name,
        space,
        Math.max(alignment, vector * type.bytes()),
        (int) bytes,
        open && initial == null,
        initial);
  }

  private int alignment() {
    int alignment = tokens.count(1 << 12);
    if (Integer.bitCount(alignment) != 1) {
      throw tokens.error("alignment " + alignment + " is not a power of two");
    }
    return alignment;
  }

  /** What is known of a pointer parameter matters only to an optimiser. */
  private void pointer() {
    while (tokens.peek().isDirective()) {
      switch (tokens.peek().text()) {
        case ".global", ".shared", ".const", ".local" -> tokens.next();
        case ".align" -> {
          tokens.next();
          alignment();
        }
        default -> {
          return;
        }
      }
    }
  }

  private byte[] initialiser(Type type) {
    List<Long> values = new ArrayList<>();
    if (tokens.accept("{")) {
      do {
        values.add(value(type));
      } while (tokens.accept(","));
      tokens.expect("}");
    } else {
      values.add(value(type));
    }
    return bytes(values, type);
  }

  private long value(Type type) {
    boolean negative = tokens.accept("-");
    Token token = tokens.next();
    if (token.kind() == Kind.INT) {
      return negative ? -token.bits() : token.bits();
    }
    if (token.kind() == Kind.REAL) {
      return new Operand.Real(token.bits(), token.single()).as(type, negative);
    }
    throw Tokens.error(token, "expected a number, found '" + token.text() + "'");
  }

  private static byte[] bytes(List<Long> values, Type type) {
    var buffer =
        ByteBuffer.allocate(values.size() * type.bytes() + 8).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < values.size(); i++) {
      buffer.putLong(i * type.bytes(), values.get(i));
    }
    return Arrays.copyOf(buffer.array(), values.size() * type.bytes());
  }
}
