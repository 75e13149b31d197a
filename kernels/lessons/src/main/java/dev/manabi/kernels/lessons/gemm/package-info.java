/**
 * The matrix product {@code C = A B}, from three loops to the kernel that ships. Read the steps in
 * their order; each says at its top why it is faster than the one before, and {@link
 * dev.manabi.kernels.lessons.gemm.GemmStep} lists them.
 */
@NullMarked
package dev.manabi.kernels.lessons.gemm;

import org.jspecify.annotations.NullMarked;
