package dev.manabi.kernels.cuda;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** {@code assembly.tsv}: what each committed kernel takes of a device, as assemblers found. */
final class AssemblyTable {
  private static final int HASH = 1;
  private static final int KERNEL = 2;
  private static final int REGISTERS_SM_80 = 3;
  private static final int REGISTERS_SM_90 = 4;
  private static final int NEWEST = 90;

  private static final List<String[]> ROWS = read();

  private AssemblyTable() {}

  private static List<String[]> read() {
    try (var file =
        new BufferedReader(
            new InputStreamReader(
                Objects.requireNonNull(AssemblyTable.class.getResourceAsStream("assembly.tsv")),
                StandardCharsets.UTF_8))) {
      return file.lines().skip(1).map(line -> line.split("\t")).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The registers of a thread by kernel; empty if {@code ptx} is not in the table. What is older
   * than sm_80 is taken to need as many as that.
   */
  static Map<String, Integer> registers(String ptx, int capability) {
    String hash = PtxFiles.hash(ptx);
    int column = capability >= NEWEST ? REGISTERS_SM_90 : REGISTERS_SM_80;
    Map<String, Integer> registers = new HashMap<>();
    for (String[] row : ROWS) {
      if (row[HASH].equals(hash)) {
        registers.put(row[KERNEL], Integer.valueOf(row[column]));
      }
    }
    return registers;
  }
}
