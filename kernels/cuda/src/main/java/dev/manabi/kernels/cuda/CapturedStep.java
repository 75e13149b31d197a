package dev.manabi.kernels.cuda;

import dev.manabi.kernels.cuda.driver.CudaGraph;
import dev.manabi.tensor.Device;
import dev.manabi.tensor.Generator;

/**
 * Work that was captured once, such as a training step, and runs again as one launch: a step of a
 * small network is otherwise mostly the time of starting its kernels.
 *
 * <pre>{@code
 * step.run();                                       // once as usual: makes the optimizer's state
 * try (var graph = CapturedStep.capture(gpu, step)) {
 *   for (Batch batch : batches) {
 *     images.copy_(batch.images());                 // the step reads these two tensors
 *     labels.copy_(batch.labels());
 *     graph.run();
 *   }
 * }
 * }</pre>
 *
 * <p>What the step reads and writes stays where it was at the capture: it must work on tensors that
 * live on, and may not read a value on the host. Random ops draw fresh numbers in every run, and
 * Adam counts its steps; other numbers, such as a learning rate, are those of the capture.
 */
public final class CapturedStep implements AutoCloseable {
  private final Gpu gpu;
  private final CudaGraph graph;
  private final DevicePool.Held memory;
  private final Generator generator;
  private final long firstStream;
  private final long streams;
  private long runs;

  private CapturedStep(
      Gpu gpu, CudaGraph graph, DevicePool.Held memory, Generator generator, long firstStream) {
    this.gpu = gpu;
    this.graph = graph;
    this.memory = memory;
    this.generator = generator;
    this.firstStream = firstStream;
    streams = generator.position() - firstStream;
  }

  /** Notes down what {@code step} asks of {@code device}, and does none of it yet. */
  public static CapturedStep capture(Device device, Runnable step) {
    Gpu gpu = Gpus.of(device);
    Generator generator = Generator.of(device);
    long firstStream = generator.position();
    gpu.memory().beginCapture();
    gpu.libraries().capturing(true);
    gpu.context().beginCapture();
    CudaGraph graph;
    DevicePool.Held held;
    try {
      step.run();
      gpu.replay().clear();
    } finally {
      graph = gpu.context().endCapture();
      gpu.libraries().capturing(false);
      held = gpu.memory().endCapture();
    }
    CapturedStep captured = new CapturedStep(gpu, graph, held, generator, firstStream);
    // Nothing was drawn: the first run takes these streams.
    generator.restore(generator.seed(), firstStream);
    return captured;
  }

  /** Starts all of it, with fresh random numbers; returns before it is done. */
  public void run() {
    gpu.replay().set(generator.position() - firstStream, runs);
    graph.launch();
    generator.restore(generator.seed(), generator.position() + streams);
    runs++;
  }

  /** How many launches, copies and fills one run makes. */
  public int size() {
    return graph.size();
  }

  /** Lets go of the memory of what was computed inside. */
  @Override
  public void close() {
    gpu.context().synchronize();
    graph.close();
    memory.close();
  }
}
