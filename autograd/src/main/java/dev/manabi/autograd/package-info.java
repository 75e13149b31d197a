/**
 * Reverse-mode automatic differentiation.
 *
 * <p>To read it, start with {@code Node} (what is recorded of one op) and {@code Edge} (where its
 * gradients go). {@code Saved} says which values an op keeps for backward, {@code Vjp} and the
 * {@code ..Vjp} files by topic what it does with them, and {@code BackwardPass} walks the graph.
 * {@code GradientMemory} is why that walk takes little memory, {@code Checkpoint} how to take less.
 *
 * <p>{@link dev.manabi.autograd.Autograd}, {@link dev.manabi.autograd.Gradients} and {@link
 * dev.manabi.autograd.GradCheck} are for users, who otherwise meet this package through the methods
 * of {@link dev.manabi.tensor.TensorGrad}.
 */
@NullMarked
package dev.manabi.autograd;

import org.jspecify.annotations.NullMarked;
