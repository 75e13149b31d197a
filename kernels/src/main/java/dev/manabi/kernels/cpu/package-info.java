/** The CPU backend: multi-threaded kernels written in the Vector API. */
@NullMarked
package dev.manabi.kernels.cpu;

import org.jspecify.annotations.NullMarked;
