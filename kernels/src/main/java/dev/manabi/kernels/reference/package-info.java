/** The definition of every op: one scalar loop each, accumulating in f64. */
@NullMarked
package dev.manabi.kernels.reference;

import org.jspecify.annotations.NullMarked;
