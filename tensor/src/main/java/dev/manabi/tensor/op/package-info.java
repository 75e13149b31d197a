/** The sealed set of primitive operations, as plain data. */
@NullMarked
package dev.manabi.tensor.op;

import org.jspecify.annotations.NullMarked;
