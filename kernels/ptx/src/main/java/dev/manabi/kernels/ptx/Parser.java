package dev.manabi.kernels.ptx;

import dev.manabi.kernels.ptx.Lexer.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads the directives, variables and functions of a module. */
final class Parser {
  private static final Set<String> LINKAGE = Set.of(".visible", ".extern", ".weak", ".common");

  private final Tokens tokens;
  private final String[] lines;
  private final Scope module = new Scope(null);
  private final Map<String, Function> functions = new LinkedHashMap<>();
  private final List<Variable> variables = new ArrayList<>();
  private String target = "";

  /** What a module's text declares. */
  record Result(String target, Map<String, Function> functions, List<Variable> variables) {}

  private Parser(String text) {
    tokens = new Tokens(text);
    lines = text.split("\n", -1);
  }

  static Result parse(String text) {
    var parser = new Parser(text);
    parser.module();
    return new Result(parser.target, parser.functions, parser.variables);
  }

  private void module() {
    if (!tokens.acceptDirective(".version")) {
      throw tokens.error("expected .version, found '" + tokens.peek().text() + "'");
    }
    tokens.next();
    if (!tokens.acceptDirective(".target")) {
      throw tokens.error("expected .target, found '" + tokens.peek().text() + "'");
    }
    target = tokens.name();
    while (tokens.accept(",")) {
      tokens.name();
    }
    while (tokens.peek().kind() != Kind.END) {
      declaration();
    }
  }

  private void declaration() {
    int line = tokens.peek().line();
    tokens.skipDirectives(LINKAGE);
    String directive = tokens.next().text();
    switch (directive) {
      case ".address_size" -> {
        if (tokens.count(64) != 64) {
          throw new PtxFormatException(line, "only .address_size 64 is supported");
        }
      }
      case ".entry" -> function(true, line);
      case ".func" -> function(false, line);
      case ".global" -> variables(Space.GLOBAL);
      case ".const" -> variables(Space.CONST);
      case ".shared" -> variables(Space.SHARED);
      case ".pragma", ".alias" -> tokens.skipTo(";");
      case ".file" -> {
        tokens.count(Integer.MAX_VALUE);
        tokens.next();
        while (tokens.accept(",")) {
          tokens.next();
        }
      }
      case ".section" -> {
        tokens.skipTo("{");
        tokens.skipTo("}");
      }
      default -> throw new PtxFormatException(line, "unknown directive '" + directive + "'");
    }
  }

  private void variables(Space space) {
    var declared = new Variables(tokens).declarations(space);
    for (Variable variable : declared) {
      declare(module, variable);
    }
    variables.addAll(declared);
  }

  private void declare(Scope scope, Variable variable) {
    if (!scope.variable(variable)) {
      throw tokens.error("'" + variable.name + "' is declared twice");
    }
  }

  private void function(boolean entry, int line) {
    var scope = new Scope(module);
    List<Variable> results = tokens.peek().is("(") ? parameters(scope) : List.of();
    String name = tokens.name();
    List<Variable> parameters = tokens.peek().is("(") ? parameters(scope) : List.of();
    int maxThreads = 0;
    while (tokens.peek().isDirective()) {
      maxThreads = Math.max(maxThreads, tuning());
    }
    boolean defined = !tokens.accept(";");
    List<Statement> statements =
        defined ? new BodyParser(tokens, lines, scope).statements() : List.of();
    Function known = functions.get(name);
    if (known != null && known.defined() && defined) {
      throw new PtxFormatException(line, "'" + name + "' is defined twice");
    }
    if (known == null || defined) {
      functions.put(
          name,
          new Function(name, line, entry, defined, parameters, results, maxThreads, statements));
    }
  }

  /** A performance directive; for one that limits a block, how many threads it may have. */
  private int tuning() {
    String directive = tokens.next().text();
    switch (directive) {
      case ".noreturn" -> {
        return 0;
      }
      case ".pragma" -> {
        tokens.skipTo(";");
        return 0;
      }
      case ".maxntid", ".reqntid", ".minnctapersm", ".maxnctapersm", ".maxnreg" -> {
        long threads = tokens.count(1 << 20);
        while (tokens.accept(",")) {
          threads *= tokens.count(1 << 20);
        }
        return directive.endsWith("ntid") ? (int) Math.min(threads, Integer.MAX_VALUE) : 0;
      }
      default -> throw tokens.error("unknown directive '" + directive + "'");
    }
  }

  private List<Variable> parameters(Scope scope) {
    List<Variable> parameters = new ArrayList<>();
    tokens.expect("(");
    while (!tokens.accept(")")) {
      if (!tokens.acceptDirective(".param")) {
        throw tokens.error("expected .param, found '" + tokens.peek().text() + "'");
      }
      Variable parameter = new Variables(tokens).declaration(Space.PARAM);
      declare(scope, parameter);
      parameters.add(parameter);
      if (!tokens.peek().is(")")) {
        tokens.expect(",");
      }
    }
    return parameters;
  }
}
