/**
 * The catalog of op cases that drives comparisons, gradient checks and benchmarks.
 *
 * <p>A case is an op with inputs: shapes, how they lie in memory, what stands in them, how near to
 * the reference a backend must come, and what can be differentiated. To test an op of your own,
 * make a list of {@link dev.manabi.kernels.cases.OpCase} like those of {@link
 * dev.manabi.kernels.cases.OpCases}, and let {@link dev.manabi.kernels.cases.Agreement} compare two
 * backends on them.
 */
@NullMarked
package dev.manabi.kernels.cases;

import org.jspecify.annotations.NullMarked;
