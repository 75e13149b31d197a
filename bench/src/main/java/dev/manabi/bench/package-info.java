/**
 * JMH benchmarks of the engine, with libtorch beside it in the same run.
 *
 * <pre>
 * mvn package -DskipTests
 * java -jar bench/target/benchmarks.jar Matmul
 * </pre>
 *
 * <p>JMH measures in JVMs that it forks, and a fork on the class path has no Vector API unless it
 * is asked for. So every benchmark class carries {@code @Fork(jvmArgsAppend = {Flags.VECTOR_API,
 * Flags.NATIVE_ACCESS})}; one that forgets would measure the scalar kernels. (With {@code -f 0} JMH
 * forks nothing, and the flags belong on the command line.)
 */
@NullMarked
package dev.manabi.bench;

import org.jspecify.annotations.NullMarked;
