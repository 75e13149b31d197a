package dev.manabi.bench;

import dev.manabi.kernels.cpu.Parallel;
import dev.manabi.kernels.lessons.conv.ConvStep;
import dev.manabi.kernels.lessons.gemm.GemmStep;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.Tensors;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/**
 * The steps of the lessons, those of a lesson all on the same operands: {@code bench/run.sh Lesson
 * -p threads=1}. The last step of each is the kernel that ships.
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
    GEMM_7_SHIPPING(GemmStep.SHIPPING),
    CONV_1_SEVEN_LOOPS(ConvStep.SEVEN_LOOPS, 1),
    CONV_2_CHANNEL_VECTORS(ConvStep.CHANNEL_VECTORS, 1),
    CONV_3_WINDOW_MATRIX(ConvStep.WINDOW_MATRIX, 1),
    CONV_4_IMPLICIT_GEMM(ConvStep.IMPLICIT_GEMM, 1),
    CONV_5_WINOGRAD(ConvStep.WINOGRAD, 1),
    CONV_6_SHIPPING(ConvStep.SHIPPING, 1),
    /** With a stride, where the kernel that ships is an implicit product too. */
    STRIDED_4_IMPLICIT_GEMM(ConvStep.IMPLICIT_GEMM, 2),
    STRIDED_6_SHIPPING(ConvStep.SHIPPING, 2);

    private final Task task;

    Step(GemmStep step) {
      task = new Product(step);
    }

    Step(ConvStep step, int stride) {
      task = new Layer(step, stride);
    }

    double flops() {
      return task.flops();
    }
  }

  /** What a step computes. */
  private interface Task {
    /** Additions and multiplications by the definition. */
    double flops();

    Runnable prepare();
  }

  private record Product(GemmStep step) implements Task {
    /** Rows and columns of all matrices: one of them is larger than an L2 cache. */
    private static final int SIZE = 768;

    @Override
    public double flops() {
      return 2.0 * SIZE * SIZE * SIZE;
    }

    @Override
    public Runnable prepare() {
      Tensor a = Tensors.randn(SIZE, SIZE);
      Tensor b = Tensors.randn(SIZE, SIZE);
      Tensor c = Tensors.zeros(SIZE, SIZE);
      return () -> step.multiply(a, b, c);
    }
  }

  /** A 3 x 3 layer as in the middle of VGG or ResNet for CIFAR-10. */
  private record Layer(ConvStep step, int stride) implements Task {
    private static final int BATCH = 16;
    private static final int CHANNELS = 64;
    private static final int SIZE = 32;
    private static final int KERNEL = 3;

    private int outSize() {
      return SIZE / stride;
    }

    @Override
    public double flops() {
      return 2.0 * BATCH * CHANNELS * CHANNELS * outSize() * outSize() * KERNEL * KERNEL;
    }

    @Override
    public Runnable prepare() {
      Tensor x = Tensors.randn(BATCH, CHANNELS, SIZE, SIZE).channelsLast();
      Tensor weight = Tensors.randn(CHANNELS, CHANNELS, KERNEL, KERNEL);
      Tensor y = Tensors.zeros(BATCH, CHANNELS, outSize(), outSize()).channelsLast();
      return () -> step.run(x, weight, stride, 1, y);
    }
  }

  @Setup
  public final void prepare() {
    Parallel.setThreads(threads);
    Tensors.manualSeed(1);
    work = step.task.prepare();
  }

  @Benchmark
  public void lesson() {
    work.run();
  }
}
