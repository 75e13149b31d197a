package dev.manabi.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class PtxCommandTest {
  /** Doubles n floats. */
  private static final String KERNEL =
      """
      .version 7.0
      .target sm_75
      .address_size 64
      .visible .entry twice(.param .u32 n, .param .u64 x)
      {
        .reg .pred %p<2>;
        .reg .b32 %r<4>;
        .reg .f32 %f<3>;
        .reg .b64 %rd<4>;
        ld.param.u32 %r1, [n];
        ld.param.u64 %rd1, [x];
        mov.u32 %r2, %tid.x;
        setp.ge.u32 %p1, %r2, %r1;
        @%p1 bra DONE;
        mul.wide.u32 %rd2, %r2, 4;
        add.s64 %rd3, %rd1, %rd2;
        ld.global.f32 %f1, [%rd3];
        add.f32 %f2, %f1, %f1;
        st.global.f32 [%rd3], %f2;
      DONE:
        ret;
      }
      """;

  @TempDir Path folder;
  private Path file;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeEach
  void writeKernel() throws IOException {
    file = Files.writeString(folder.resolve("twice.ptx"), KERNEL);
  }

  private int run(String command) {
    String[] line = command.replace("FILE", file.toString()).split("\\s+");
    CommandLine commandLine = Main.commandLine();
    commandLine.setOut(new PrintWriter(out, true));
    commandLine.setErr(new PrintWriter(err, true));
    return commandLine.execute(line);
  }

  @Test
  void aShortFloatIsTheNearestToWhatIsGiven() {
    int code = run("ptx run FILE --block 64 --arg u32=0 --arg bf16[2]=1.006 --print");
    assertEquals(0, code, err.toString());
    assertTrue(out.toString().contains("x: 1.0078125 1.0078125"), out.toString());
  }

  @Test
  void aKernelRuns() {
    int code = run("ptx run FILE --block 64 --arg u32=40 --arg f32[40]=iota --print");
    assertEquals(0, code, err.toString());
    assertTrue(out.toString().contains("twice: 22 instructions of warps"), out.toString());
    assertTrue(out.toString().contains("x: 0.0 2.0 4.0 6.0"), out.toString());
  }

  @Test
  void aThreadIsTraced() {
    int code = run("ptx trace FILE --thread 5 --arg u32=40 --arg f32[40]=1.5");
    assertEquals(0, code, err.toString());
    assertTrue(out.toString().contains("%f2 = 3.0, %f1 = 1.5"), out.toString());
    assertEquals(10, out.toString().lines().count(), out.toString());
  }

  @Test
  void linesAreProfiled() {
    int code = run("ptx profile FILE --arg u32=16 --arg f32[16]=random");
    assertEquals(0, code, err.toString());
    // 16 threads read 64 bytes: two sectors.
    assertTrue(
        out.toString().lines().anyMatch(l -> l.matches(" +17 +1 +16\\.0 +2\\.0 +ld\\.global.*")),
        out.toString());
  }

  /**
   * A walk over 40 elements, as kernels/cuda has it: rank, count, sizes, and strides of each
   * tensor.
   */
  @Test
  void aStructIsPassedByItsMembers() throws IOException {
    Files.writeString(
        file,
        KERNEL
            .replace(".param .u32 n", ".param .align 8 .b8 n[48]")
            .replace("ld.param.u32 %r1, [n]", "ld.param.u32 %r1, [n+24]"));
    String walk = " --arg i32=7,-1*2,i8:5,i64:6,u32:40";
    int code = run("ptx run FILE --block 64" + walk + " --arg f32[40]=iota --print");
    assertEquals(0, code, err.toString());
    assertTrue(out.toString().contains("x: 0.0 2.0 4.0 6.0"), out.toString());
    assertEquals(1, run("ptx run FILE --arg i32=0*13 --arg f32[40]=iota"));
    assertTrue(err.toString().contains("parameter n has 48 bytes; i32=0*13 has not"));
  }

  @Test
  void wholeNumbersAreExactUpToTheLargestWithoutASign() {
    assertEquals(0, run("ptx run FILE --arg u32=0 --arg i64[2]=9007199254740993 --print"));
    assertEquals(0, run("ptx run FILE --arg u32=0 --arg u64[2]=18446744073709551615 --print"));
    assertEquals(0, run("ptx run FILE --arg i32=0 --arg i8[2]=-128 --print"));
    assertEquals(0, run("ptx run FILE --arg u32=0 --arg u64=18446744073709551615"));
    List<String> arrays = out.toString().lines().filter(l -> l.startsWith("x: ")).toList();
    assertEquals(
        List.of(
            "x: 9007199254740993 9007199254740993",
            "x: 18446744073709551615 18446744073709551615",
            "x: -128 -128"),
        arrays);
  }

  @Test
  void occupancyCountsThreadsSharedMemoryAndRegisters() {
    String arguments = " --block 256 --arg u32=0 --arg f32[1]=0";
    assertEquals(0, run("ptx profile FILE" + arguments), err.toString());
    assertEquals(0, run("ptx profile FILE --shared 65536" + arguments), err.toString());
    assertEquals(0, run("ptx profile FILE --registers 153" + arguments), err.toString());
    List<String> lines = out.toString().lines().filter(l -> l.startsWith("occupancy")).toList();
    assertEquals(
        List.of(
            "occupancy on sm_90: 8 blocks of 256 threads at a time, 64 of 64 warps, limited by warps;"
                + " registers not counted without --registers",
            "occupancy on sm_90: 3 blocks of 256 threads at a time, 24 of 64 warps, limited by shared"
                + " memory; registers not counted without --registers",
            "occupancy on sm_90: 1 blocks of 256 threads at a time, 8 of 64 warps, limited by"
                + " registers"),
        lines);
  }

  @Test
  void aFaultIsToldInOneLine() {
    assertEquals(1, run("ptx run FILE --arg u32=40 --arg f32[20]=0"));
    assertTrue(
        err.toString()
            .startsWith("manabi: kernel twice, block (0, 0, 0), thread (20, 0, 0), PTX line 17: "),
        err.toString());
    assertEquals(1, err.toString().lines().count());
  }

  @Test
  void misuseIsToldInOneLine() throws IOException {
    assertEquals(1, run("ptx run FILE --arg u32=40"));
    assertEquals(1, run("ptx run FILE --arg u64=40 --arg f32[4]=0"));
    assertEquals(1, run("ptx run FILE --arg u32=40 --arg f33[4]=0"));
    assertEquals(1, run("ptx run FILE --arg u32=4294967296 --arg f32[4]=0"));
    assertEquals(1, run("ptx run FILE --arg u32=99999999999999999999 --arg f32[4]=0"));
    assertEquals(1, run("ptx run FILE --arg u32=4 --arg i8[4]=-129"));
    assertEquals(1, run("ptx run FILE --arg u32=4 --arg i32[4]=1.5"));
    assertEquals(1, run("ptx profile FILE --registers -1 --arg u32=4 --arg f32[4]=0"));
    assertEquals(1, run("ptx run FILE --arg u16=1,2,3 --arg f32[4]=0"));
    assertEquals(1, run("ptx run FILE --arg u16=1,2* --arg f32[4]=0"));
    assertEquals(1, run("ptx run FILE --arg u32=1 --arg f32[0]=1"));
    assertEquals(1, run("ptx run FILE --entry thrice --arg u32=40 --arg f32[4]=0"));
    assertEquals(1, run("ptx trace FILE --thread 99 --arg u32=40 --arg f32[40]=0"));
    assertEquals(1, run("ptx run none.ptx"));
    assertEquals(1, run("ptx run " + folder));
    Files.writeString(file, KERNEL.replace("add.f32", "wgmma.f32"));
    assertEquals(1, run("ptx run FILE"));
    String second = KERNEL.substring(KERNEL.indexOf(".visible")).replace("twice", "again");
    Files.writeString(file, KERNEL + second);
    assertEquals(1, run("ptx run FILE"));
    String[] lines = err.toString().lines().toArray(String[]::new);
    String[] expected = {
      "has 2 parameters, found 1 --arg; it takes n (4 bytes), x (8 bytes)",
      "parameter n has 4 bytes; u64=40 has not",
      "no type 'f33'",
      "'4294967296' is not a number of 4 bytes",
      "'99999999999999999999' is not a number of 4 bytes",
      "'-129' is not a number of 1 bytes",
      "'1.5' is not a whole number",
      "--registers -1: is negative",
      "parameter n has 4 bytes; u16=1,2,3 has not",
      "'2*' is not a member: write NUMBER, NUMBER*TIMES or TYPE:NUMBER",
      "f32[0]=1: write TYPE=NUMBER",
      "no kernel 'thrice'; there are twice",
      "no thread (99, 0, 0)",
      "none.ptx: no such file",
      folder + ": Is a directory",
      "PTX line 18: the machine does not know instruction wgmma.f32",
      "twice.ptx has 2 kernels; choose one with --entry: twice, again",
    };
    assertEquals(expected.length, lines.length, err.toString());
    for (int i = 0; i < lines.length; i++) {
      assertTrue(lines[i].contains(expected[i]), lines[i]);
    }
  }
}
