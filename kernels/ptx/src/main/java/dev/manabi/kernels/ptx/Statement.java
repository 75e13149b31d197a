package dev.manabi.kernels.ptx;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An instruction as it is written.
 *
 * @param line where it begins, from 1
 * @param text that line
 * @param scope where its names are looked up
 * @param guard the predicate that chooses the threads to execute it, a {@link Operand.Name} or a
 *     {@link Operand.Not}
 * @param opcode with all modifiers, such as {@code add.rn.f32}
 */
record Statement(
    int line,
    String text,
    Scope scope,
    @Nullable Operand guard,
    String opcode,
    List<Operand> operands) {}
