package dev.manabi.kernels.ptx;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a launch executed. */
public final class LaunchReport {
  /**
   * One instruction of the text.
   *
   * @param line from 1
   * @param text that line
   * @param opcode with its modifiers
   * @param executions how often a warp executed it
   * @param lanes how many threads did in all; 32 for each execution where none is switched off
   * @param accesses how often a warp accessed global or shared memory here; like the next two
   *     counted only if the machine profiles
   * @param sectors the sectors of 32 bytes that the accesses to global memory moved; for 4 bytes a
   *     lane, 4 for each access if neighbours read neighbours, 32 if they are strewn
   * @param conflicts how many more turns the accesses to shared memory took than one each, because
   *     lanes wanted different words of one bank
   */
  public record Line(
      int line,
      String text,
      String opcode,
      long executions,
      long lanes,
      long accesses,
      long sectors,
      long conflicts) {
    /** Sectors of 32 bytes for each access of a warp. */
    public double sectorsPerAccess() {
      return accesses == 0 ? 0 : (double) sectors / accesses;
    }

    /** Additional turns for each access of a warp. */
    public double conflictsPerAccess() {
      return accesses == 0 ? 0 : (double) conflicts / accesses;
    }
  }

  private final String kernel;
  private final List<Line> lines = new ArrayList<>();

  LaunchReport(Program program, Counters counters) {
    kernel = program.name();
    for (int i = 0; i < program.code().size(); i++) {
      Statement source = program.source(i);
      lines.add(
          new Line(
              source.line(),
              source.text(),
              source.opcode(),
              counters.executions[i],
              counters.lanes[i],
              counters.accesses[i],
              counters.sectors[i],
              counters.conflicts[i]));
    }
  }

  public String kernel() {
    return kernel;
  }

  /** Every instruction, in the order of the program. */
  public List<Line> lines() {
    return List.copyOf(lines);
  }

  /** How many instructions warps executed. */
  public long warpInstructions() {
    return lines.stream().mapToLong(Line::executions).sum();
  }

  /** How many instructions threads executed. */
  public long laneInstructions() {
    return lines.stream().mapToLong(Line::lanes).sum();
  }

  /** The sectors of 32 bytes of global memory that were moved. */
  public long sectors() {
    return lines.stream().mapToLong(Line::sectors).sum();
  }

  /** The additional turns that accesses to shared memory took. */
  public long conflicts() {
    return lines.stream().mapToLong(Line::conflicts).sum();
  }

  /** How often warps executed each opcode. */
  public Map<String, Long> byOpcode() {
    var counts = new TreeMap<String, Long>();
    for (Line line : lines) {
      if (line.executions > 0) {
        counts.merge(line.opcode, line.executions, Long::sum);
      }
    }
    return counts;
  }
}
