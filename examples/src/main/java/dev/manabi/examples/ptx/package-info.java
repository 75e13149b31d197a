/** {@code manabi ptx}: a kernel run, traced and profiled without a GPU. */
@NullMarked
package dev.manabi.examples.ptx;

import org.jspecify.annotations.NullMarked;
