package dev.manabi.kernels.cuda;

import static jcuda.nvptxcompiler.JNvPTXCompiler.nvPTXCompilerCompile;
import static jcuda.nvptxcompiler.JNvPTXCompiler.nvPTXCompilerCreate;
import static jcuda.nvptxcompiler.JNvPTXCompiler.nvPTXCompilerDestroy;
import static jcuda.nvptxcompiler.JNvPTXCompiler.nvPTXCompilerGetErrorLog;
import static jcuda.nvptxcompiler.JNvPTXCompiler.nvPTXCompilerGetErrorLogSize;
import static jcuda.nvptxcompiler.JNvPTXCompiler.nvPTXCompilerGetInfoLog;
import static jcuda.nvptxcompiler.JNvPTXCompiler.nvPTXCompilerGetInfoLogSize;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jcuda.nvptxcompiler.JNvPTXCompiler;
import jcuda.nvptxcompiler.nvPTXCompilerHandle;

/** Assembles PTX to machine code, as a driver does, on a machine without a GPU. */
final class Assembly {
  private static final Pattern ENTRY = Pattern.compile("Compiling entry function '(\\w+)'");
  private static final Pattern SPILLS =
      Pattern.compile("(\\d+) bytes stack frame, (\\d+) bytes spill stores, (\\d+) bytes spill");
  private static final Pattern REGISTERS = Pattern.compile("Used (\\d+) registers");
  private static final Pattern SHARED = Pattern.compile("(\\d+) bytes smem");

  private Assembly() {}

  /** What one kernel takes: registers of a thread, bytes of a block and of a thread. */
  record Usage(int registers, int shared, int spilled, int stack) {}

  /**
   * Assembles for {@code arch}, such as {@code sm_90}.
   *
   * @return what each kernel takes, by name
   */
  static Map<String, Usage> assemble(String name, String ptx, String arch) {
    JNvPTXCompiler.setExceptionsEnabled(false);
    byte[] text = (ptx + "\0").getBytes(StandardCharsets.UTF_8);
    nvPTXCompilerHandle handle = new nvPTXCompilerHandle();
    check(nvPTXCompilerCreate(handle, text.length, text), name, "");
    try {
      String[] options = {"--gpu-name=" + arch, "--verbose", "-O3"};
      int status = nvPTXCompilerCompile(handle, options.length, options);
      check(status, name + " for " + arch, status == 0 ? "" : errors(handle));
      return read(info(handle));
    } finally {
      nvPTXCompilerDestroy(handle);
    }
  }

  private static void check(int status, String what, String log) {
    if (status != 0) {
      throw new AssertionError(what + " does not assemble, status " + status + "\n" + log);
    }
  }

  private static String errors(nvPTXCompilerHandle handle) {
    long[] size = new long[1];
    nvPTXCompilerGetErrorLogSize(handle, size);
    byte[] log = new byte[(int) size[0] + 1];
    nvPTXCompilerGetErrorLog(handle, log);
    return text(log);
  }

  private static String info(nvPTXCompilerHandle handle) {
    long[] size = new long[1];
    nvPTXCompilerGetInfoLogSize(handle, size);
    byte[] log = new byte[(int) size[0] + 1];
    nvPTXCompilerGetInfoLog(handle, log);
    return text(log);
  }

  private static String text(byte[] log) {
    return new String(log, StandardCharsets.UTF_8).replace("\0", "").strip();
  }

  private static Map<String, Usage> read(String log) {
    Map<String, Usage> usages = new TreeMap<>();
    String entry = "";
    int stack = 0;
    int spilled = 0;
    for (String line : log.lines().toList()) {
      Matcher m = ENTRY.matcher(line);
      if (m.find()) {
        entry = m.group(1);
      }
      m = SPILLS.matcher(line);
      if (m.find()) {
        stack = Integer.parseInt(m.group(1));
        spilled = Integer.parseInt(m.group(2)) + Integer.parseInt(m.group(3));
      }
      m = REGISTERS.matcher(line);
      if (m.find()) {
        int registers = Integer.parseInt(m.group(1));
        m = SHARED.matcher(line);
        int shared = m.find() ? Integer.parseInt(m.group(1)) : 0;
        usages.put(entry, new Usage(registers, shared, spilled, stack));
      }
    }
    return usages;
  }
}
