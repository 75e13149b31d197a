package dev.manabi.kernels.ptx;

import java.util.ArrayList;
import java.util.List;

/** Splits a PTX text into tokens. */
final class Lexer {
  enum Kind {
    /** A name, an opcode with its modifiers, or a directive, which begins with a dot. */
    WORD,
    INT,
    REAL,
    STRING,
    PUNCTUATION,
    END
  }

  /**
   * One token.
   *
   * @param bits of an INT its value, of a REAL the bits of an f64, or of an f32 if {@code single}
   */
  record Token(Kind kind, String text, int line, long bits, boolean single) {
    boolean is(String punctuation) {
      return kind == Kind.PUNCTUATION && text.equals(punctuation);
    }

    boolean isDirective() {
      return kind == Kind.WORD && text.startsWith(".");
    }
  }

  private final String text;
  private final List<Token> tokens = new ArrayList<>();
  private int at;
  private int line = 1;

  private Lexer(String text) {
    this.text = text;
  }

  /** All tokens of the text, an END last. */
  static List<Token> tokens(String text) {
    var lexer = new Lexer(text);
    while (lexer.skipBlanks()) {
      lexer.token();
    }
    lexer.add(Kind.END, "the end of the text", 0, false);
    return lexer.tokens;
  }

  private char peek(int ahead) {
    return at + ahead < text.length() ? text.charAt(at + ahead) : '\0';
  }

  private void add(Kind kind, String token, long bits, boolean single) {
    tokens.add(new Token(kind, token, line, bits, single));
  }

  /** Skips blanks and comments; whether anything follows. */
  private boolean skipBlanks() {
    while (at < text.length()) {
      if (text.startsWith("//", at)) {
        int end = text.indexOf('\n', at);
        at = end < 0 ? text.length() : end;
      } else if (text.startsWith("/*", at)) {
        int end = text.indexOf("*/", at + 2);
        if (end < 0) {
          throw new PtxFormatException(line, "a comment without an end");
        }
        line += (int) text.substring(at, end).chars().filter(c -> c == '\n').count();
        at = end + 2;
      } else if (Character.isWhitespace(text.charAt(at))) {
        line += text.charAt(at) == '\n' ? 1 : 0;
        at++;
      } else {
        return true;
      }
    }
    return false;
  }

  private void token() {
    char c = peek(0);
    if (c >= '0' && c <= '9') {
      number();
    } else if (isLetter(c)) {
      word();
    } else if (c == '.' && isLetterOrDigit(peek(1))) {
      directive();
    } else if (c == '"') {
      string();
    } else if ("{}()[]<>,;:|@!+-=".indexOf(c) >= 0) {
      add(Kind.PUNCTUATION, String.valueOf(c), 0, false);
      at++;
    } else {
      throw new PtxFormatException(line, "unexpected character '" + c + "'");
    }
  }

  /** A name, with all that dots and double colons tie to it. */
  private void word() {
    int start = at;
    while (isLetterOrDigit(peek(0)) || joins()) {
      at += peek(0) == ':' ? 2 : 1;
    }
    add(Kind.WORD, text.substring(start, at), 0, false);
  }

  /** Whether a dot or a double colon stands here that a name goes on behind. */
  private boolean joins() {
    return (peek(0) == '.' && isLetterOrDigit(peek(1)))
        || (peek(0) == ':' && peek(1) == ':' && isLetterOrDigit(peek(2)));
  }

  /** One directive: {@code .reg.b32} is two of them. */
  private void directive() {
    int start = at++;
    while (isLetterOrDigit(peek(0))) {
      at++;
    }
    add(Kind.WORD, text.substring(start, at), 0, false);
  }

  private void string() {
    int end = text.indexOf('"', at + 1);
    if (end < 0 || text.substring(at, end).contains("\n")) {
      throw new PtxFormatException(line, "a string without an end");
    }
    add(Kind.STRING, text.substring(at + 1, end), 0, false);
    at = end + 1;
  }

  private void number() {
    int start = at;
    while (isLetterOrDigit(peek(0))
        || peek(0) == '.'
        || ((peek(0) == '+' || peek(0) == '-') && isExponent(start))) {
      at++;
    }
    String number = text.substring(start, at);
    try {
      char mark = number.length() > 1 ? Character.toLowerCase(number.charAt(1)) : ' ';
      if (number.charAt(0) == '0' && mark == 'f' && number.length() == 10) {
        add(Kind.REAL, number, Integer.parseUnsignedInt(number.substring(2), 16), true);
      } else if (number.charAt(0) == '0' && mark == 'd' && number.length() == 18) {
        add(Kind.REAL, number, Long.parseUnsignedLong(number.substring(2), 16), false);
      } else if (isDecimalFraction(number)) {
        add(Kind.REAL, number, Double.doubleToRawLongBits(Double.parseDouble(number)), false);
      } else {
        add(Kind.INT, number, integer(number), false);
      }
    } catch (NumberFormatException _) {
      throw new PtxFormatException(line, "'" + number + "' is not a number");
    }
  }

  /** Whether the sign here belongs to the exponent of a decimal number. */
  private boolean isExponent(int start) {
    return Character.toLowerCase(text.charAt(at - 1)) == 'e'
        && isDecimalFraction(text.substring(start, at));
  }

  private static long integer(String number) {
    boolean suffixed = number.endsWith("u") || number.endsWith("U");
    String digits = suffixed ? number.substring(0, number.length() - 1) : number;
    if (digits.length() < 2 || digits.charAt(0) != '0') {
      return Long.parseUnsignedLong(digits);
    }
    return switch (digits.charAt(1)) {
      case 'x', 'X' -> Long.parseUnsignedLong(digits.substring(2), 16);
      case 'b', 'B' -> Long.parseUnsignedLong(digits.substring(2), 2);
      default -> Long.parseUnsignedLong(digits, 8);
    };
  }

  private static boolean isDecimalFraction(String number) {
    int end = 0;
    while (end < number.length() && Character.isDigit(number.charAt(end))) {
      end++;
    }
    return end < number.length() && ".eE".indexOf(number.charAt(end)) >= 0;
  }

  private static boolean isLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$' || c == '%';
  }

  private static boolean isLetterOrDigit(char c) {
    return isLetter(c) || (c >= '0' && c <= '9');
  }
}
