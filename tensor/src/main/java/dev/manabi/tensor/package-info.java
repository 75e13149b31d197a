/** Tensors: strided views over native memory, and the operations on them. */
@NullMarked
package dev.manabi.tensor;

import org.jspecify.annotations.NullMarked;
