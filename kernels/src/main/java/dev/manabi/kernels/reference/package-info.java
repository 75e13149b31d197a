/**
 * The definition of every op: one scalar loop each, for any dtype and strides, accumulating in f64.
 *
 * <p>Read {@link dev.manabi.kernels.reference.Elements} (one element by its position) and {@link
 * dev.manabi.kernels.reference.Walk} (all positions of a shape) first: every loop stands on these
 * two. {@link dev.manabi.kernels.reference.ReferenceBackend} then names the class of each topic.
 */
@NullMarked
package dev.manabi.kernels.reference;

import org.jspecify.annotations.NullMarked;
