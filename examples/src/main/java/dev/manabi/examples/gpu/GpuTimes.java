package dev.manabi.examples.gpu;

import dev.manabi.kernels.cuda.CapturedStep;
import dev.manabi.kernels.cuda.Gpus;
import dev.manabi.nn.Losses;
import dev.manabi.nn.models.MNISTNet;
import dev.manabi.nn.optim.Adam;
import dev.manabi.tensor.DType;
import dev.manabi.tensor.Device;
import dev.manabi.tensor.Ints;
import dev.manabi.tensor.Layout;
import dev.manabi.tensor.Shape;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.TensorSpec;
import dev.manabi.tensor.Tensors;
import dev.manabi.tensor.memory.Region;
import dev.manabi.tensor.op.ConvOp;
import dev.manabi.tensor.op.ElementwiseOp;
import dev.manabi.tensor.op.NormOp;
import dev.manabi.tensor.op.Op;
import dev.manabi.tensor.op.PoolOp;
import dev.manabi.tensor.run.Interpreter;
import java.io.PrintWriter;

/** The time of typical kernels on a device, beside what the device can do. */
public final class GpuTimes {
  private static final double ENOUGH_SECONDS = 0.2;

  private static final PoolOp.Window POOL =
      new PoolOp.Sliding(2, 2, 2, 2, 0, 0, 1, 1, false, false);

  private final Device device;
  private final boolean small;

  public GpuTimes(Device device, boolean small) {
    this.device = device;
    this.small = small;
  }

  /** Prints a table of each kind of kernel. */
  public void run(PrintWriter out) {
    out.printf(
        "## Times on %s, manabi.cuda.prefer=%s%n%n",
        device, System.getProperty("manabi.cuda.prefer", "auto"));
    memoryBound(out);
    out.println("\n| product or convolution | ms | TFLOP/s |\n|---|---|---|");
    products(out);
    convolutions(out);
    out.println("\n| training step of MNISTNet | µs |\n|---|---|");
    trainingStep(out);
  }

  /** Milliseconds of one run, from many in a row. */
  private double time(Runnable work) {
    run(work, 2);
    Gpus.synchronize(device);
    int runs = 1;
    while (true) {
      long start = System.nanoTime();
      run(work, runs);
      Gpus.synchronize(device);
      double seconds = (System.nanoTime() - start) / 1e9;
      if (small || seconds > ENOUGH_SECONDS) {
        return seconds * 1e3 / runs;
      }
      runs *= seconds > ENOUGH_SECONDS / 8 ? 2 : 8;
    }
  }

  /** What a run makes is released before the next. */
  private static void run(Runnable work, int runs) {
    for (int i = 0; i < runs; i++) {
      try (var region = Region.open("run")) {
        work.run();
      }
    }
  }

  private double timeOp(Op op, Tensor... inputs) {
    return time(() -> Interpreter.runOn(device, op, inputs));
  }

  private Tensor random(DType dtype, int... dims) {
    return Tensors.rand(dims).to(device).to(dtype);
  }

  private Tensor channelsLast(DType dtype, int... dims) {
    Tensor x =
        Interpreter.allocate(new TensorSpec(Layout.channelsLast(Shape.of(dims)), dtype), device);
    return x.copy_(random(dtype, dims));
  }

  /** Bytes that must move, over the time, beside the rate of a plain copy. */
  private void memoryBound(PrintWriter out) {
    int rows = small ? 4 : 1 << 16;
    int columns = small ? 8 : 1 << 10;
    Tensor x = random(DType.F32, rows, columns);
    double bytes = 4.0 * rows * columns;
    double copy = 2 * bytes / timeOp(new ElementwiseOp.Copy(ElementwiseOp.Order.ROW_MAJOR), x);
    out.println("| memory-bound | GB/s | share of the copy rate |\n|---|---|---|");
    rate(out, "copy", copy, copy);
    rate(out, "transpose", 2 * bytes / time(x.transpose(0, 1)::copy), copy);
    rate(out, "exp", 2 * bytes / time(x::exp), copy);
    rate(out, "add", 3 * bytes / time(() -> x.add(x)), copy);
    rate(out, "add a row", 2 * bytes / time(() -> x.add(x.select(0, 0))), copy);
    rate(out, "sum of all", bytes / time(x::sum), copy);
    rate(out, "sum of rows", bytes / time(() -> x.sum(1)), copy);
    rate(out, "sum of columns", bytes / time(() -> x.sum(0)), copy);
    rate(out, "softmax", 2 * bytes / time(() -> x.softmax(1)), copy);
    Tensor scale = random(DType.F32, 1, columns);
    Op layerNorm = new NormOp.Norm(Ints.of(1), 1e-5);
    rate(out, "layer norm", 2 * bytes / timeOp(layerNorm, x, scale, scale), copy);
    int side = small ? 4 : 32;
    int batch = small ? 2 : 256;
    Tensor images = channelsLast(DType.F32, batch, side, side, side);
    double size = 4.0 * images.numel();
    Tensor channels = random(DType.F32, 1, side, 1, 1);
    Op batchNorm = new NormOp.Norm(Ints.of(0, 2, 3), 1e-5, true);
    rate(
        out,
        "batch norm + ReLU, channels last",
        3 * size / timeOp(batchNorm, images, channels, channels),
        copy);
    rate(out, "max pool 2x2", 1.25 * size / time(() -> images.maxPool2d(POOL)), copy);
  }

  /** {@code rate} in bytes per millisecond. */
  private static void rate(PrintWriter out, String what, double rate, double copy) {
    out.printf("| %s | %.0f | %.0f %% |%n", what, rate / 1e6, 100 * rate / copy);
    out.flush();
  }

  private static void speed(PrintWriter out, String what, double operations, double ms) {
    out.printf("| %s | %.3f | %.1f |%n", what, ms, operations / ms / 1e9);
    out.flush();
  }

  private void products(PrintWriter out) {
    for (DType dtype : new DType[] {DType.F32, DType.BF16, DType.F16}) {
      for (int n : small ? new int[] {16} : new int[] {1024, 4096, 8192}) {
        Tensor a = random(dtype, n, n);
        Tensor b = random(dtype, n, n);
        double operations = 2.0 * n * n * n;
        speed(out, dtype + " A B " + n, operations, time(() -> a.matmul(b)));
        speed(out, dtype + " A B^T " + n, operations, time(() -> a.matmul(b.transpose(0, 1))));
      }
    }
  }

  private void convolutions(PrintWriter out) {
    int batch = small ? 1 : 64;
    for (DType dtype : new DType[] {DType.F32, DType.BF16}) {
      for (int c : small ? new int[] {4} : new int[] {64, 128, 256, 512}) {
        int side = small ? 4 : 3584 / c;
        ConvOp.Params p = ConvOp.Params.of(1, 1, 1, 1);
        Tensor x = channelsLast(dtype, batch, c, side, side);
        Tensor weight = channelsLast(dtype, c, c, 3, 3);
        double operations = 2.0 * batch * side * side * 9 * c * c;
        String what = dtype + " 3x3, " + c + " channels, " + side + "x" + side + ", ";
        speed(out, what + "forward", operations, timeOp(new ConvOp.Conv2d(p), x, weight));
        ConvOp data = new ConvOp.InputGrad(p, side, side);
        speed(out, what + "data gradient", operations, timeOp(data, x, weight));
        ConvOp filter = new ConvOp.WeightGrad(p, 3, 3);
        speed(out, what + "weight gradient", operations, timeOp(filter, x, x));
      }
    }
  }

  private void trainingStep(PrintWriter out) {
    int batch = small ? 2 : 64;
    MNISTNet model = new MNISTNet();
    model.to(device);
    Adam optimizer = new Adam(model.parameters(), 1e-3);
    Tensor images = Tensors.rand(batch, 1, 28, 28).to(device);
    Tensor labels = Tensors.randint(0, 10, batch).to(device);
    Runnable step =
        () -> {
          try (var region = Region.open("step")) {
            optimizer.zeroGrad();
            Losses.crossEntropy().apply(model.apply(images), labels).backward();
            optimizer.step();
          }
        };
    out.printf("| eager, batch %d | %.0f |%n", batch, 1e3 * time(step));
    try (CapturedStep graph = CapturedStep.capture(device, step)) {
      out.printf("| as a CUDA graph of %d nodes | %.0f |%n", graph.size(), 1e3 * time(graph::run));
    }
  }
}
