package dev.manabi.kernels.ptx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A text that is not PTX is refused with its line, whatever it is. */
class MalformedTextTest {
  private static final String[] TEXTS = {Device.text("plain.ptx"), Device.text("tensor.ptx")};

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "wgmma.fence.sync.aligned;      | the machine does not know instruction wgmma.fence.sync",
        "add.s33 %r1, %r2, %r3;         | add.s33: needs a type",
        "add.fast.s32 %r1, %r2, %r3;    | add.fast.s32: the machine does not know modifier .fast",
        "add.s32 %r1, %r2;              | needs 3 operands, found 2",
        "add.s32 %r1, %r2, %r99;        | '%r99' is not declared",
        "add.s32 5, %r2, %r3;           | found number 5 instead of a register",
        "add.s32 %r1, %r2, %p1;         | %p1 is a predicate",
        "bra NOWHERE;                   | no label 'NOWHERE'",
        "ld.global.u32 %r1, %rd1;       | operand 2 is not an address in brackets",
        "ld.global.v2.u32 %r1, [%rd1];  | operand 1 needs 2 registers, found 1",
        "call f;                        | calls no function of the module",
        "@%r1 ret;                      | '%r1' is not a predicate",
        "sin.approx.s32 %r1, %r2;       | is not defined for .s32",
        "mov.u32 %r1, 12ab;             | '12ab' is not a number",
        "mov.u32 %r1 %r2;               | expected ';', found '%r2'",
        ".reg .b33 %x;                  | '.b33' is not the type of a register",
        "# 1                            | unexpected character '#'",
      })
  void mistakesAreNamed(String instruction, String message) {
    String text = Device.kernel("", instruction + "\nret;");
    PtxFormatException e = assertThrows(PtxFormatException.class, () -> PtxModule.parse(text));
    assertTrue(e.getMessage().contains(message), e.getMessage());
    int line = (int) text.substring(0, text.indexOf(instruction)).lines().count() + 1;
    assertEquals(line, e.line(), e.getMessage());
  }

  @Test
  void recursionIsRefused() {
    String text =
        """
        .version 7.0
        .target sm_80
        .address_size 64
        .func f() { call.uni f; ret; }
        .visible .entry k() { call.uni f; ret; }
        """;
    PtxFormatException e = assertThrows(PtxFormatException.class, () -> PtxModule.parse(text));
    assertTrue(e.getMessage().contains("calls itself"), e.getMessage());
  }

  @Test
  void truncatedTexts() {
    var random = new Random(1);
    for (String text : TEXTS) {
      for (int i = 0; i < 60; i++) {
        refusedOrRead(text.substring(0, random.nextInt(text.length())));
      }
    }
  }

  @Test
  void changedTexts() {
    var random = new Random(2);
    String[] pieces = {
      "",
      ";",
      "{",
      "}",
      "(",
      ")",
      "[",
      "]",
      ",",
      ".",
      "%",
      "-",
      "0",
      "9999999999999999999",
      "!",
      "@",
      "\"",
      "/*",
      "//",
      ".reg",
      ".param",
      ".shared .b8 x[268435456];",
      "<",
      ">",
      "|",
      ":",
      "_",
      "1e999",
      "0x",
      "\n",
      "call",
      ".f16x2",
      ".pred",
      "%p1",
      "%rd1",
      "\u0000",
      "\u00e9"
    };
    for (int i = 0; i < 400; i++) {
      String text = TEXTS[i % 2];
      // A part with its head, so that most of the time goes into the change.
      int cut = text.indexOf(".entry", random.nextInt(text.length() / 2));
      int start = text.indexOf(".visible .entry", Math.max(0, cut - 40));
      int end = Math.min(text.length(), start + 4000);
      var changed =
          new StringBuilder(".version 7.0\n.target sm_80\n.address_size 64\n")
              .append(text, Math.max(0, start), end);
      for (int changes = random.nextInt(1, 4); changes > 0; changes--) {
        int at = random.nextInt(changed.length());
        changed.replace(
            at,
            Math.min(changed.length(), at + random.nextInt(6)),
            pieces[random.nextInt(pieces.length)]);
      }
      refusedOrRead(changed.toString());
    }
  }

  @Test
  void textsOfRandomTokens() {
    var random = new Random(3);
    String[] tokens = TEXTS[0].split("\\s+");
    for (int i = 0; i < 200; i++) {
      var text =
          new StringBuilder(
              ".version 7.0\n.target sm_80\n.address_size 64\n.visible .entry k() {\n"
                  + ".reg .b32 %r<99>; .reg .b64 %rd<99>; .reg .pred %p<9>; .reg .f32 %f<99>;\n");
      for (int t = 0; t < 40; t++) {
        text.append(tokens[random.nextInt(tokens.length)]).append(' ');
      }
      refusedOrRead(text.append("}").toString());
    }
  }

  private static void refusedOrRead(String text) {
    assertTimeoutPreemptively(
        Duration.ofSeconds(10),
        () -> {
          try {
            PtxModule.parse(text);
          } catch (PtxFormatException e) {
            assertTrue(e.line() >= 0);
          }
        });
  }
}
