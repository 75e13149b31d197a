package dev.manabi.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.manabi.kernels.cpu.Samples.Lie;
import dev.manabi.tensor.DType;
import dev.manabi.tensor.Ints;
import dev.manabi.tensor.Shape;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.op.NormOp;
import dev.manabi.tensor.op.Op;
import dev.manabi.tensor.op.ReduceOp;
import dev.manabi.tensor.op.ReduceOp.ReduceFn;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * As {@link AllocationTest}, each reduction in a JVM of its own: where many different reductions
 * have run before, the JIT's profile of the loops that they share can keep it from inlining them
 * wholly.
 */
class ReductionAllocationTest {
  /** Arrays for the sums of rows or columns, but less than half of the 4,096 vectors. */
  private static final long BYTES_PER_REDUCTION = 100_000;

  private static final Shape SHAPE = Shape.of(128, 512);

  private record Work(Op op, List<Tensor> inputs) {}

  /** Ops that keep sums and constants of rows or columns in arrays. */
  private static List<Work> reductions() {
    Tensor x = Samples.random(DType.F32, SHAPE, Lie.ROW_MAJOR, 1);
    Tensor row = Samples.random(DType.F32, Shape.of(1, 512), Lie.ROW_MAJOR, 5);
    Tensor column = Samples.random(DType.F32, Shape.of(128, 1), Lie.ROW_MAJOR, 6);
    return List.of(
        new Work(new ReduceOp.Softmax(1), List.of(x)),
        new Work(new ReduceOp.LogSoftmax(1), List.of(x)),
        new Work(new ReduceOp.Reduce(ReduceFn.SUM, Ints.of(0), false), List.of(x)),
        new Work(new NormOp.Norm(Ints.of(0), 1e-5, true), List.of(x, row, row, x)),
        new Work(new NormOp.NormGrad(Ints.of(0), true, true), List.of(x, x, row, row, row, x)),
        new Work(new NormOp.Norm(Ints.of(1), 1e-5), List.of(x, row, row)),
        new Work(new NormOp.NormGrad(Ints.of(1)), List.of(x, x, row, column, column)));
  }

  /** Prints the bytes that a call of the reduction of this number allocates. */
  static final class Program {
    public static void main(String[] args) {
      Parallel.setThreads(1);
      Work work = reductions().get(Integer.parseInt(args[0]));
      System.out.println(AllocationTest.leastAllocated(work.op, work.inputs, BYTES_PER_REDUCTION));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6})
  void compiledReductionsMakeNoVectorObjects(int number) throws Exception {
    Process p =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules=jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Program.class.getName(),
                Integer.toString(number))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String said = new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    assertEquals(0, p.waitFor(), said);
    assertTrue(
        Long.parseLong(said) <= BYTES_PER_REDUCTION,
        () -> reductions().get(number).op + " allocates " + said + " bytes per call");
  }
}
