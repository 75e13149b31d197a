package dev.manabi.examples.gpu;

import dev.manabi.kernels.cuda.Gpus;
import dev.manabi.tensor.Device;
import dev.manabi.tensor.memory.Region;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * Measures workloads on a device: each is warmed up, then timed over enough runs in a row that
 * waiting for the device does not count; of several such times the median is taken.
 */
public final class GpuTimes {
  private static final int SAMPLES = 9;
  private static final double SAMPLE_SECONDS = 0.02;
  private static final double WARM_SECONDS = 0.15;

  /** Steps run much Java, which must be compiled first. */
  private static final double WARM_SECONDS_OF_STEPS = 4;

  private final Device device;
  private final boolean small;
  private final boolean ofLibraries;

  /**
   * For workloads on a device.
   *
   * @param small for small workloads that are run but once, to see that they run
   * @param ofLibraries whether figures are wanted only of what libraries have part in
   */
  public GpuTimes(Device device, boolean small, boolean ofLibraries) {
    this.device = device;
    this.small = small;
    this.ofLibraries = ofLibraries;
  }

  /**
   * Measures everything, and prints what does not run.
   *
   * @param done is given each figure as soon as it is measured
   * @return whether all ran
   */
  public boolean run(PrintWriter out, Consumer<Figure> done) {
    boolean good = true;
    for (Workload workload : Workloads.of(device, small)) {
      try (var region = Region.open("workload")) {
        long before = Gpus.libraryRuns(device);
        Figure figure = measure(workload);
        if (!ofLibraries || Gpus.libraryRuns(device) > before) {
          done.accept(figure);
        } else {
          out.printf("%s %s: no library computes it%n", workload.name(), workload.dtype());
        }
      } catch (RuntimeException e) {
        out.printf("%s %s: %s%n", workload.name(), workload.dtype(), e);
        out.flush();
        good = false;
      }
    }
    return good;
  }

  private Figure measure(Workload workload) {
    boolean step = workload.bytes() == 0 && workload.operations() == 0;
    try (Workload.Work work = workload.preparation().prepare()) {
      return workload.figure(1e3 * median(work, step ? WARM_SECONDS_OF_STEPS : WARM_SECONDS));
    }
  }

  private double median(Workload.Work work, double warmSeconds) {
    seconds(work, 1);
    if (small) {
      return seconds(work, 1);
    }
    double spent = 0;
    int runs = 0;
    while (spent < warmSeconds) {
      spent += seconds(work, 4);
      runs += 4;
    }
    int each = (int) Math.max(1, Math.round(SAMPLE_SECONDS * runs / spent));
    double[] samples = new double[SAMPLES];
    Arrays.setAll(samples, i -> seconds(work, each) / each);
    Arrays.sort(samples);
    return samples[SAMPLES / 2];
  }

  /** Of so many runs, what they make being released at once. */
  private double seconds(Workload.Work work, int runs) {
    Gpus.synchronize(device);
    long start = System.nanoTime();
    for (int i = 0; i < runs; i++) {
      try (var region = Region.open("run")) {
        work.run();
      }
    }
    Gpus.synchronize(device);
    return (System.nanoTime() - start) / 1e9;
  }
}
