package dev.manabi.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import dev.manabi.kernels.cpu.Samples.Lie;
import dev.manabi.tensor.DType;
import dev.manabi.tensor.Ints;
import dev.manabi.tensor.Shape;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.TensorNN;
import dev.manabi.tensor.Tensors;
import dev.manabi.tensor.op.ElementwiseOp;
import dev.manabi.tensor.op.ElementwiseOp.Binary;
import dev.manabi.tensor.op.ElementwiseOp.BinaryFn;
import dev.manabi.tensor.op.ElementwiseOp.Unary;
import dev.manabi.tensor.op.ElementwiseOp.UnaryFn;
import dev.manabi.tensor.op.LossOp;
import dev.manabi.tensor.op.NormOp;
import dev.manabi.tensor.op.Op;
import dev.manabi.tensor.op.OptimOp;
import dev.manabi.tensor.op.RandomKey;
import dev.manabi.tensor.op.ReduceOp.LogSoftmax;
import dev.manabi.tensor.op.ReduceOp.Reduce;
import dev.manabi.tensor.op.ReduceOp.ReduceFn;
import dev.manabi.tensor.op.ReduceOp.Softmax;
import dev.manabi.tensor.run.Backend;
import dev.manabi.tensor.run.Backends;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import jdk.incubator.vector.VectorShape;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Vectors stay in registers. Where C2 fails to inline a kernel wholly, each vector becomes an
 * object, and the kernel runs up to a hundred times slower: the sign of it is what a call
 * allocates.
 */
class AllocationTest {
  private static final Shape SHAPE = Shape.of(128, 512);

  /** An op makes some small objects; a boxed vector would be 64 bytes for every 16 elements. */
  private static final long BYTES_PER_CALL = 8192;

  /** Arrays for the sums of rows or columns, but less than half of the 4,096 vectors. */
  private static final long BYTES_PER_REDUCTION = 4096 / 2 * 64;

  private static final int CALLS = 50;

  /** When to give the verdict: until then the C2 of a slow or busy machine may be compiling. */
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final int before = Parallel.threads();

  @BeforeAll
  static void onlyVectorsThatTheMachinePrefers() {
    assumeTrue(
        Simd.SHAPE == VectorShape.preferredShape(),
        "narrower vectors: on x86, C2 makes objects of masks of two lanes");
  }

  @BeforeEach
  void measureOneThread() {
    Parallel.setThreads(1);
  }

  @AfterEach
  void restore() {
    Parallel.setThreads(before);
  }

  static Stream<Arguments> ops() {
    Tensor x = Samples.random(DType.F32, SHAPE, Lie.ROW_MAJOR, 1);
    Tensor across = Samples.random(DType.F32, SHAPE, Lie.TRANSPOSED, 2);
    Tensor row = Samples.random(DType.F32, Shape.of(1, 512), Lie.ROW_MAJOR, 5);
    Tensor half = Samples.random(DType.F16, SHAPE, Lie.ROW_MAJOR, 3);
    Tensor bool = Samples.random(DType.BOOL, SHAPE, Lie.ROW_MAJOR, 4);
    Stream<Arguments> functions =
        Stream.concat(
            Stream.of(UnaryFn.values()).map(fn -> Arguments.of(new Unary(fn), List.of(x))),
            Stream.of(BinaryFn.values())
                .filter(fn -> fn != BinaryFn.AND && fn != BinaryFn.OR && fn != BinaryFn.XOR)
                .map(fn -> Arguments.of(new Binary(fn), List.of(x, across))));
    return Stream.concat(
        functions,
        Stream.of(
            Arguments.of(new Binary(BinaryFn.LT), List.of(x, across)),
            Arguments.of(new Binary(BinaryFn.MUL), List.of(half, half)),
            Arguments.of(new ElementwiseOp.Where(), List.of(bool, x, x)),
            Arguments.of(new ElementwiseOp.Copy(ElementwiseOp.Order.ROW_MAJOR), List.of(across)),
            Arguments.of(new ElementwiseOp.Dropout(0.1, new RandomKey(1, 2)), List.of(x)),
            Arguments.of(new OptimOp.Sgd(0.01, 0.9, 0, 1e-4, true, false), List.of(x, x, x)),
            Arguments.of(new ElementwiseOp.ScaleShift(true), List.of(x, row, row, x)),
            Arguments.of(
                new OptimOp.Adam(0.01, 0.9, 0.999, 1e-8, 0, false, 7), List.of(x, x, x, x))));
  }

  @ParameterizedTest
  @MethodSource("ops")
  void compiledKernelsMakeNoVectorObjects(Op op, List<Tensor> inputs) {
    check(op, inputs, BYTES_PER_CALL);
  }

  /** Ops that keep sums and constants of rows or columns in arrays. */
  static Stream<Arguments> reductions() {
    Tensor x = Samples.random(DType.F32, SHAPE, Lie.ROW_MAJOR, 1);
    Tensor row = Samples.random(DType.F32, Shape.of(1, 512), Lie.ROW_MAJOR, 5);
    Tensor column = Samples.random(DType.F32, Shape.of(128, 1), Lie.ROW_MAJOR, 6);
    Tensor classes = Tensors.randint(0, 512, 128);
    Tensor narrow = Samples.random(DType.F32, Shape.of(4096, 10), Lie.ROW_MAJOR, 7);
    Tensor fewClasses = Tensors.randint(0, 10, 4096);
    Stream<Op> ofOne =
        Stream.concat(
            Stream.of(new Softmax(0), new Softmax(1), new LogSoftmax(0), new LogSoftmax(1)),
            Stream.of(ReduceFn.values())
                .flatMap(
                    fn -> IntStream.of(0, 1).mapToObj(i -> new Reduce(fn, Ints.of(i), false))));
    return Stream.concat(
        ofOne.map(op -> Arguments.of(op, List.of(x))),
        Stream.of(
            Arguments.of(new NormOp.Norm(Ints.of(0), 1e-5, true), List.of(x, row, row, x)),
            Arguments.of(
                new NormOp.NormGrad(Ints.of(0), true, true), List.of(x, x, row, row, row, x)),
            Arguments.of(new NormOp.Norm(Ints.of(1), 1e-5), List.of(x, row, row)),
            Arguments.of(new NormOp.NormGrad(Ints.of(1)), List.of(x, x, row, column, column)),
            Arguments.of(new LossOp.CrossEntropy(0.1, TensorNN.NO_IGNORE), List.of(x, classes)),
            Arguments.of(
                new LossOp.CrossEntropy(0, TensorNN.NO_IGNORE), List.of(narrow, fewClasses))));
  }

  @ParameterizedTest
  @MethodSource("reductions")
  void compiledReductionsMakeNoVectorObjects(Op op, List<Tensor> inputs) {
    check(op, inputs, BYTES_PER_REDUCTION);
  }

  private static void check(Op op, List<Tensor> inputs, long most) {
    long found = leastAllocated(op, inputs, most);
    assertTrue(found <= most, () -> op + " allocates " + found + " bytes per call");
  }

  /** Bytes per call of a compiled op: the least that was seen until that is {@code enough}. */
  private static long leastAllocated(Op op, List<Tensor> inputs, long enough) {
    Tensor[] in = inputs.toArray(new Tensor[0]);
    Tensor[] out = Samples.run("cpu", op, in);
    long least = Long.MAX_VALUE;
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (least > enough && System.nanoTime() < end) {
      least = Math.min(least, allocated(op, in, out) / CALLS);
    }
    return least;
  }

  private static long allocated(Op op, Tensor[] in, Tensor[] out) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    Backend cpu = Backends.named("cpu");
    long start = threads.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < CALLS; i++) {
      cpu.execute(op, in, out);
    }
    return threads.getCurrentThreadAllocatedBytes() - start;
  }
}
