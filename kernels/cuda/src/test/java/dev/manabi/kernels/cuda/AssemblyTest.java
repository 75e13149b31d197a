package dev.manabi.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.manabi.kernels.cuda.Assembly.Usage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Every committed kernel assembles for sm_80 and sm_90 and spills nothing. What each takes stands
 * in {@code kernels/cuda/assembly.tsv}, with the hash of the PTX that it was read from: PTX that
 * has not changed since is assembled again only with {@code -Dmanabi.assembly=all}, as that takes
 * minutes. {@code -Dmanabi.assembly=write} brings the table up to date.
 */
class AssemblyTest {
  private static final String HEADER =
      "module\tptx\tkernel\tregisters sm_80\tregisters sm_90\tshared bytes\tspilled bytes\tstack bytes"
          + "\trun on";

  /** No real GPU has run these kernels yet. */
  private static final String RUN_ON = "PTX machine";

  private final String mode = System.getProperty("manabi.assembly", "changed");

  @Test
  void everyKernelAssemblesAndSpillsNothing() throws IOException {
    assumeTrue(loads(), "JNvPTXCompiler has no native library for this platform");
    Path table = KernelFiles.module().resolve("assembly.tsv");
    Map<String, String> known = known(table);
    Map<String, String> rows = new TreeMap<>();
    KernelFiles.ptx().parallelStream().map(p -> row(p, known)).forEach(r -> merge(rows, r));
    List<String> lines = new ArrayList<>(List.of(HEADER));
    rows.values().forEach(r -> lines.addAll(r.lines().toList()));
    List<String> spilling =
        lines.stream().skip(1).filter(line -> !line.split("\t")[6].equals("0")).toList();
    assertEquals(List.of(), spilling, "these kernels spill registers");
    if (mode.equals("write")) {
      Files.writeString(table, String.join("\n", lines) + "\n");
    } else if (!rows.equals(known)) {
      fail(table + " is out of date: run this test with -Dmanabi.assembly=write and commit it");
    }
  }

  private static void merge(Map<String, String> rows, Map.Entry<String, String> row) {
    synchronized (rows) {
      rows.put(row.getKey(), row.getValue());
    }
  }

  private static boolean loads() {
    try {
      jcuda.nvptxcompiler.JNvPTXCompiler.setExceptionsEnabled(false);
      return true;
    } catch (UnsatisfiedLinkError | NoClassDefFoundError e) {
      return false;
    }
  }

  /** The rows of the table by module. */
  private static Map<String, String> known(Path table) throws IOException {
    Map<String, String> known = new TreeMap<>();
    if (Files.exists(table)) {
      for (String line : Files.readAllLines(table)) {
        if (!line.equals(HEADER)) {
          known.merge(line.substring(0, line.indexOf('\t')), line, (a, b) -> a + "\n" + b);
        }
      }
    }
    return known;
  }

  /** The rows of one module: those known, if its PTX is the same. */
  private Map.Entry<String, String> row(Path file, Map<String, String> known) {
    String name = KernelFiles.name(file);
    String ptx = KernelFiles.read(file);
    String hash = KernelFiles.hashOf(ptx).substring(0, 12);
    String before = known.getOrDefault(name, "");
    if (!mode.equals("all") && before.startsWith(name + "\t" + hash + "\t")) {
      return Map.entry(name, before);
    }
    Map<String, Usage> ampere = Assembly.assemble(name, ptx, "sm_80");
    Map<String, Usage> hopper = Assembly.assemble(name, ptx, "sm_90");
    List<String> lines = new ArrayList<>();
    hopper.forEach(
        (kernel, h) -> {
          Usage a = ampere.get(kernel);
          lines.add(
              String.join(
                  "\t",
                  name,
                  hash,
                  kernel,
                  a.registers() + "",
                  h.registers() + "",
                  h.shared() + "",
                  a.spilled() + h.spilled() + "",
                  Math.max(a.stack(), h.stack()) + "",
                  RUN_ON));
        });
    return Map.entry(name, String.join("\n", lines));
  }
}
