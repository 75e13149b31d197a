package dev.manabi.kernels.ptx;

import dev.manabi.kernels.ptx.Lexer.Kind;
import dev.manabi.kernels.ptx.Lexer.Token;
import java.util.List;
import java.util.Set;

/** A place in the tokens of a text, and what parsers ask of the next one. */
final class Tokens {
  private final List<Token> tokens;
  private int at;

  Tokens(String text) {
    tokens = Lexer.tokens(text);
  }

  Token peek() {
    return tokens.get(at);
  }

  /** The token after the next. */
  Token second() {
    return tokens.get(Math.min(at + 1, tokens.size() - 1));
  }

  Token next() {
    Token token = peek();
    if (token.kind() == Kind.END) {
      throw error("unexpected end of the text");
    }
    at++;
    return token;
  }

  /** Consumes the punctuation if it is next. */
  boolean accept(String punctuation) {
    if (!peek().is(punctuation)) {
      return false;
    }
    at++;
    return true;
  }

  void expect(String punctuation) {
    if (!accept(punctuation)) {
      throw error("expected '" + punctuation + "', found '" + peek().text() + "'");
    }
  }

  /** Consumes the directive if it is next. */
  boolean acceptDirective(String name) {
    if (peek().kind() != Kind.WORD || !peek().text().equals(name)) {
      return false;
    }
    at++;
    return true;
  }

  /** Consumes whichever of these directives are next. */
  void skipDirectives(Set<String> names) {
    while (peek().isDirective() && names.contains(peek().text())) {
      at++;
    }
  }

  String name() {
    Token token = next();
    if (token.kind() != Kind.WORD || token.isDirective()) {
      throw error(token, "expected a name, found '" + token.text() + "'");
    }
    return token.text();
  }

  /** A whole number from 0 to {@code most}. */
  int count(int most) {
    Token token = next();
    if (token.kind() != Kind.INT || token.bits() < 0 || token.bits() > most) {
      throw error(token, "expected a number from 0 to " + most + ", found '" + token.text() + "'");
    }
    return (int) token.bits();
  }

  void skipTo(String punctuation) {
    while (!next().is(punctuation)) {
      // Nothing in between matters.
    }
  }

  PtxFormatException error(String what) {
    return error(peek(), what);
  }

  static PtxFormatException error(Token token, String what) {
    return new PtxFormatException(token.line(), what);
  }
}
