package dev.manabi.kernels.ptx;

import java.util.List;

/**
 * A kernel or a device function as it is written.
 *
 * @param line where its head stands
 * @param entry whether it is a kernel
 * @param defined false for a declaration without a body
 * @param parameters its formal parameters, in order
 * @param results where it leaves its results; empty for a kernel
 * @param maxThreads the most threads a block may have ({@code .maxntid}, {@code .reqntid}), or 0
 */
record Function(
    String name,
    int line,
    boolean entry,
    boolean defined,
    List<Variable> parameters,
    List<Variable> results,
    int maxThreads,
    List<Statement> statements) {}
