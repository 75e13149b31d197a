/**
 * Convolution of channels-last images, from seven loops to the kernels that ship. Read the steps in
 * their order; each says at its top why it is faster than the one before, and {@link
 * dev.manabi.kernels.lessons.conv.ConvStep} lists them.
 */
@NullMarked
package dev.manabi.kernels.lessons.conv;

import org.jspecify.annotations.NullMarked;
