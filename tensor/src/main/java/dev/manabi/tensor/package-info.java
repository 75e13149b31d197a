/** Tensors and their methods, shapes, layouts and element types. */
@NullMarked
package dev.manabi.tensor;

import org.jspecify.annotations.NullMarked;
