/**
 * The SIMT model of execution, as a program one can read and step through.
 *
 * <p>{@link dev.manabi.kernels.ptx.PtxModule} reads the text of a {@code .ptx} file, {@link
 * dev.manabi.kernels.ptx.Machine} runs its kernels on {@link dev.manabi.kernels.ptx.DeviceMemory}.
 *
 * <p>To read the code, begin with {@code Warp}: 32 lanes that share a program and differ in where
 * they are in it. Then {@code Block}, which runs warps from barrier to barrier, and {@code
 * SharedMemory}, which finds the races between them. What each instruction does stands in one file
 * per family: {@code IntegerArithmetic}, {@code BitManipulation}, {@code FloatArithmetic}, {@code
 * Comparison}, {@code Conversion}, {@code Moves}, {@code MemoryAccess}, {@code Atomics}, {@code
 * AsyncCopy}, {@code WarpExchange}, {@code Barriers}, {@code ControlFlow}, {@code MatrixMultiply}.
 * {@code Lexer} and {@code Parser} turn text into {@code Statement}s, {@code ProgramBuilder} turns
 * those, once, into the array of instructions that warps run.
 */
@NullMarked
package dev.manabi.kernels.ptx;

import org.jspecify.annotations.NullMarked;
