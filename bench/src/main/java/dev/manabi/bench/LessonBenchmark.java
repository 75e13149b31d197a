package dev.manabi.bench;

import dev.manabi.kernels.cpu.Parallel;
import dev.manabi.kernels.lessons.gemm.GemmStep;
import dev.manabi.kernels.lessons.gemm.Matrix;
import dev.manabi.tensor.Tensors;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/**
 * The steps of the lessons, each on the same operands: {@code bench/run.sh Lesson -p threads=1}.
 */
public class LessonBenchmark extends Timed {
  @Param Step step;

  private Runnable work;

  /** What is measured. */
  public enum Step {
    GEMM_1_THREE_LOOPS(GemmStep.THREE_LOOPS),
    GEMM_2_LOOP_ORDER(GemmStep.LOOP_ORDER),
    GEMM_3_VECTORS(GemmStep.VECTORS),
    GEMM_4_REGISTER_TILE(GemmStep.REGISTER_TILE),
    GEMM_5_PACKED_PANELS(GemmStep.PACKED_PANELS),
    GEMM_6_THREADS(GemmStep.THREADS),
    GEMM_7_SHIPPING(GemmStep.SHIPPING);

    /** Rows and columns of all matrices: one of them is larger than an L2 cache. */
    private static final int SIZE = 768;

    private final GemmStep step;

    Step(GemmStep step) {
      this.step = step;
    }

    /** Additions and multiplications by the definition. */
    double flops() {
      return 2.0 * SIZE * SIZE * SIZE;
    }

    private Runnable work() {
      Matrix a = Matrix.of(Tensors.randn(SIZE, SIZE));
      Matrix b = Matrix.of(Tensors.randn(SIZE, SIZE));
      Matrix c = Matrix.of(Tensors.zeros(SIZE, SIZE));
      return () -> step.gemm().multiply(a, b, c);
    }
  }

  @Setup
  public final void prepare() {
    Parallel.setThreads(threads);
    Tensors.manualSeed(1);
    work = step.work();
  }

  @Benchmark
  public void lesson() {
    work.run();
  }
}
