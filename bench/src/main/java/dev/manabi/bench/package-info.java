/**
 * JMH benchmarks of the engine, with libtorch beside it in the same run. (Whole programs are
 * compared by {@link dev.manabi.bench.command}.)
 *
 * <pre>
 * bench/run.sh                   # everything, about 20 minutes; results go to bench/results
 * bench/run.sh Matmul -f 3       # arguments are JMH's
 * </pre>
 *
 * <p>JMH measures in JVMs that it forks, and a fork on the class path has no Vector API unless it
 * is asked for. {@link dev.manabi.bench.Timed} asks with {@link dev.manabi.bench.Flags}, and every
 * benchmark extends it; one that did not would measure the scalar kernels. (With {@code -f 0} JMH
 * forks nothing, and the flags belong on the command line.)
 */
@NullMarked
package dev.manabi.bench;

import org.jspecify.annotations.NullMarked;
