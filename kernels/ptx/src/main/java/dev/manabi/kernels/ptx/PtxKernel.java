package dev.manabi.kernels.ptx;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A kernel: what a launch has to know of it. Immutable. */
public final class PtxKernel {
  /**
   * A parameter, and where it stands in the buffer that a launch takes.
   *
   * @param name as in the text
   * @param bytes its size; 8 for a pointer
   * @param alignment of the offset
   * @param offset from the beginning of the buffer
   */
  public record Parameter(String name, int bytes, int alignment, int offset) {}

  private final PtxModule module;
  private final Function function;
  private final Program program;
  private final List<Parameter> parameters = new ArrayList<>();
  private final int parameterBytes;

  PtxKernel(PtxModule module, Function function, Program program) {
    this.module = module;
    this.function = function;
    this.program = program;
    int end = 0;
    for (Variable v : function.parameters()) {
      int offset = (end + v.alignment - 1) & -v.alignment;
      parameters.add(new Parameter(v.name, v.bytes, v.alignment, offset));
      end = offset + v.bytes;
    }
    parameterBytes = end;
  }

  public String name() {
    return function.name();
  }

  /** The line of the text where it begins, from 1. */
  public int line() {
    return function.line();
  }

  public PtxModule module() {
    return module;
  }

  /** The parameters in order. */
  public List<Parameter> parameters() {
    return List.copyOf(parameters);
  }

  /** The size of the buffer that holds them. */
  public int parameterBytes() {
    return parameterBytes;
  }

  /** The shared memory of a block that the kernel declares; a launch may add more. */
  public int staticSharedBytes() {
    return program.staticShared();
  }

  /** The local memory of each thread. */
  public int localBytes() {
    return program.localBytes();
  }

  /** The most threads a block may have; 0 if the text does not say. */
  public int maxThreads() {
    return function.maxThreads();
  }

  /** The instructions by their line, those of the functions it calls included. */
  public Map<Integer, String> source() {
    var lines = new TreeMap<Integer, String>();
    for (Program.Step step : program.code()) {
      lines.putIfAbsent(step.source().line(), step.source().text());
    }
    return lines;
  }

  Program program() {
    return program;
  }
}
