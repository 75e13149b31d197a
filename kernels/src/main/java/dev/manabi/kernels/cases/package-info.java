/** The catalog of op cases that drives comparisons, gradient checks and benchmarks. */
@NullMarked
package dev.manabi.kernels.cases;

import org.jspecify.annotations.NullMarked;
