package dev.manabi.kernels.cuda;

import dev.manabi.kernels.cuda.driver.Cleanup;
import dev.manabi.kernels.cuda.driver.CudaContext;
import dev.manabi.kernels.cuda.driver.CudaGraph;
import dev.manabi.tensor.Device;
import dev.manabi.tensor.Generator;
import dev.manabi.tensor.run.Capture;
import java.util.List;
import org.jspecify.annotations.Nullable;

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
 * optimizers count their steps and go by the rate that they have at {@link #run}, so schedulers
 * work as usual. Other numbers are those of the capture.
 */
public final class CapturedStep implements AutoCloseable {
  private final Gpu gpu;
  private final CudaGraph graph;
  private final DevicePool.Held memory;
  private final List<Capture.Update> updates;
  private final Generator generator;
  private final long firstStream;
  private final long streams;

  private CapturedStep(
      Gpu gpu,
      CudaGraph graph,
      DevicePool.Held memory,
      List<Capture.Update> updates,
      Generator generator,
      long firstStream) {
    this.gpu = gpu;
    this.graph = graph;
    this.memory = memory;
    this.updates = updates;
    this.generator = generator;
    this.firstStream = firstStream;
    streams = generator.position() - firstStream;
  }

  /** Notes down what {@code step} asks of {@code device}, and does none of it yet. */
  public static CapturedStep capture(Device device, Runnable step) {
    Gpu gpu = Gpus.of(device);
    Generator generator = Generator.of(device);
    long firstStream = generator.position();
    Capture[] capture = new Capture[1];
    @Nullable CudaGraph graph = null;
    DevicePool.Held held;
    gpu.memory().beginCapture();
    gpu.libraries().choice().capturing(true);
    try {
      graph =
          record(
              gpu.context(),
              () -> {
                capture[0] = Capture.of(step);
                gpu.replay().clear();
              });
    } finally {
      gpu.libraries().choice().capturing(false);
      held = gpu.memory().endCapture();
      if (graph == null) {
        held.close();
      }
    }
    CapturedStep captured =
        new CapturedStep(gpu, graph, held, capture[0].updates(), generator, firstStream);
    // Nothing was drawn: the first run takes these streams.
    generator.restore(generator.seed(), firstStream);
    return captured;
  }

  /** What {@code work} asks of a device; if it fails, that is told, and the capture is over. */
  static CudaGraph record(CudaContext context, Runnable work) {
    context.beginCapture();
    try {
      work.run();
    } catch (RuntimeException | Error e) {
      Cleanup.after(e, List.of(() -> context.endCapture().close()));
      throw e;
    }
    return context.endCapture();
  }

  /** Starts all of it, with fresh random numbers; returns before it is done. */
  public void run() {
    gpu.replay().set(generator.position() - firstStream, updates);
    graph.launch();
    generator.restore(generator.seed(), generator.position() + streams);
    updates.forEach(Capture.Update::done);
  }

  /** How many launches, copies and fills one run makes. */
  public int size() {
    return graph.size();
  }

  /** Lets go of the memory of what was computed inside. */
  @Override
  public void close() {
    Cleanup.all(List.of(gpu.context()::synchronize, graph::close, memory::close));
  }
}
