package dev.manabi.kernels.ptx;

import dev.manabi.kernels.ptx.Lexer.Kind;
import dev.manabi.kernels.ptx.Lexer.Token;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the body of a function: declarations, labels and instructions, in scopes of braces. */
final class BodyParser {
  private static final int MOST_REGISTERS = 1 << 20;

  private final Tokens tokens;
  private final String[] lines;
  private final List<Statement> statements = new ArrayList<>();
  private Scope scope;

  /** A parser of the body whose opening brace is next; {@code scope} holds the parameters. */
  BodyParser(Tokens tokens, String[] lines, Scope scope) {
    this.tokens = tokens;
    this.lines = lines;
    this.scope = scope;
  }

  List<Statement> statements() {
    tokens.expect("{");
    int depth = 1;
    while (depth > 0) {
      if (tokens.accept("{")) {
        scope = new Scope(scope);
        depth++;
      } else if (tokens.accept("}")) {
        depth--;
        Scope outer = scope.parent();
        if (depth > 0 && outer != null) {
          scope = outer;
        }
      } else if (tokens.peek().isDirective()) {
        directive();
      } else if (tokens.peek().kind() == Kind.WORD && tokens.second().is(":")) {
        label();
      } else {
        instruction();
      }
    }
    return statements;
  }

  private void directive() {
    Token directive = tokens.next();
    switch (directive.text()) {
      case ".reg" -> registers();
      case ".shared" -> variables(Space.SHARED);
      case ".local" -> variables(Space.LOCAL);
      case ".param" -> variables(Space.PARAM);
      case ".pragma" -> tokens.skipTo(";");
      case ".loc" -> {
        tokens.count(Integer.MAX_VALUE);
        tokens.count(Integer.MAX_VALUE);
        tokens.count(Integer.MAX_VALUE);
        while (tokens.accept(",")) {
          // Where code was inlined from: pairs of a name and what belongs to it.
          while (tokens.peek().line() == directive.line() && !tokens.peek().is(",")) {
            tokens.next();
          }
        }
      }
      default -> throw Tokens.error(directive, "unknown directive '" + directive.text() + "'");
    }
  }

  private void registers() {
    Token token = tokens.next();
    Type type = token.isDirective() ? Type.named(token.text().substring(1)) : null;
    if (type == null) {
      throw Tokens.error(token, "'" + token.text() + "' is not the type of a register");
    }
    do {
      String name = tokens.name();
      if (tokens.accept("<")) {
        scope.registers(name, type, tokens.count(MOST_REGISTERS));
        tokens.expect(">");
      } else {
        scope.register(name, type);
      }
    } while (tokens.accept(","));
    tokens.expect(";");
  }

  private void variables(Space space) {
    for (Variable variable : new Variables(tokens).declarations(space)) {
      if (!scope.variable(variable)) {
        throw tokens.error("'" + variable.name + "' is declared twice");
      }
    }
  }

  private void label() {
    String name = tokens.name();
    tokens.expect(":");
    if (tokens.acceptDirective(".branchtargets")) {
      List<String> targets = new ArrayList<>();
      do {
        targets.add(tokens.name());
      } while (tokens.accept(","));
      tokens.expect(";");
      scope.branchTargets(name, targets);
    } else if (!scope.label(name, statements.size())) {
      throw tokens.error("label '" + name + "' is defined twice");
    }
  }

  private void instruction() {
    int line = tokens.peek().line();
    Operand guard = guard();
    String opcode = tokens.name();
    List<Operand> operands = new ArrayList<>();
    if (!tokens.accept(";")) {
      do {
        operands.add(operand());
      } while (tokens.accept(","));
      tokens.expect(";");
    }
    statements.add(
        new Statement(line, lines[line - 1].strip(), scope, guard, opcode, List.copyOf(operands)));
  }

  private @Nullable Operand guard() {
    if (!tokens.accept("@")) {
      return null;
    }
    return tokens.accept("!")
        ? new Operand.Not(new Operand.Name(tokens.name()))
        : new Operand.Name(tokens.name());
  }

  private Operand operand() {
    if (tokens.accept("[")) {
      return address();
    }
    Operand first;
    if (tokens.accept("{")) {
      first = new Operand.Vector(list("}"));
    } else if (tokens.accept("(")) {
      first = new Operand.Arguments(list(")"));
    } else {
      first = simple();
    }
    return tokens.accept("|") ? new Operand.Pair(first, simple()) : first;
  }

  private List<Operand> list(String end) {
    List<Operand> elements = new ArrayList<>();
    while (!tokens.accept(end)) {
      elements.add(simple());
      if (!tokens.peek().is(end)) {
        tokens.expect(",");
      }
    }
    return elements;
  }

  /** A name or a number. */
  private Operand simple() {
    if (tokens.accept("!")) {
      return new Operand.Not(new Operand.Name(tokens.name()));
    }
    if (tokens.peek().kind() == Kind.WORD) {
      var name = new Operand.Name(tokens.name());
      if (tokens.peek().is("+") || tokens.peek().is("-")) {
        return new Operand.Address(name, offset());
      }
      return name;
    }
    boolean negative = tokens.accept("-");
    Token number = tokens.next();
    return switch (number.kind()) {
      case INT -> new Operand.Int(negative ? -number.bits() : number.bits());
      case REAL -> {
        var real = new Operand.Real(number.bits(), number.single());
        yield negative
            ? new Operand.Real(
                real.as(number.single() ? Type.F32 : Type.F64, true), number.single())
            : real;
      }
      default -> throw Tokens.error(number, "expected an operand, found '" + number.text() + "'");
    };
  }

  private Operand address() {
    Operand base =
        tokens.peek().kind() == Kind.WORD ? new Operand.Name(tokens.name()) : new Operand.Int(0);
    long offset = base instanceof Operand.Name && tokens.peek().is("]") ? 0 : offset();
    tokens.expect("]");
    return new Operand.Address(base, offset);
  }

  /** A signed number: {@code +8}, {@code +-8}, {@code -8}, or {@code 8} where nothing precedes. */
  private long offset() {
    tokens.accept("+");
    boolean negative = tokens.accept("-");
    Token number = tokens.next();
    if (number.kind() != Kind.INT) {
      throw Tokens.error(number, "expected an offset, found '" + number.text() + "'");
    }
    return negative ? -number.bits() : number.bits();
  }
}
