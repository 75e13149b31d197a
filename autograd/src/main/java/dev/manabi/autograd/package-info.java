/** Reverse-mode automatic differentiation. */
@NullMarked
package dev.manabi.autograd;

import org.jspecify.annotations.NullMarked;
