package dev.manabi.examples.gpu;

import dev.manabi.examples.gpu.Workload.Preparation;
import dev.manabi.examples.gpu.Workload.Work;
import dev.manabi.kernels.cuda.CapturedStep;
import dev.manabi.nn.Losses;
import dev.manabi.nn.models.MNISTNet;
import dev.manabi.nn.optim.Adam;
import dev.manabi.tensor.DType;
import dev.manabi.tensor.Device;
import dev.manabi.tensor.Generator;
import dev.manabi.tensor.Ints;
import dev.manabi.tensor.Layout;
import dev.manabi.tensor.Shape;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.TensorSpec;
import dev.manabi.tensor.memory.Region;
import dev.manabi.tensor.op.ConvOp;
import dev.manabi.tensor.op.CreateOp;
import dev.manabi.tensor.op.CreateOp.Distribution;
import dev.manabi.tensor.op.ElementwiseOp;
import dev.manabi.tensor.op.IndexOp;
import dev.manabi.tensor.op.LossOp;
import dev.manabi.tensor.op.NormOp;
import dev.manabi.tensor.op.Op;
import dev.manabi.tensor.op.OptimOp;
import dev.manabi.tensor.op.PoolOp;
import dev.manabi.tensor.op.ReduceOp;
import dev.manabi.tensor.run.Interpreter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * What is measured on a GPU: a workload of every family of kernels, at sizes that keep a large
 * device busy and are several times its cache. {@code bench/gpu/torch_times.py} has the same by
 * name.
 */
final class Workloads {
  private static final double FLOAT = 4;
  private static final int OPTIMIZED_TENSORS = 8;

  private static final PoolOp.Window PAIRS =
      new PoolOp.Sliding(2, 2, 2, 2, 0, 0, 1, 1, false, false);

  private final Device device;
  private final boolean small;
  private final List<Workload> all = new ArrayList<>();

  private Workloads(Device device, boolean small) {
    this.device = device;
    this.small = small;
  }

  /** All of them; {@code small} ones take the PTX machine no time. */
  static List<Workload> of(Device device, boolean small) {
    Workloads w = new Workloads(device, small);
    w.elementwise();
    w.reductions();
    w.normalisation();
    w.planes();
    w.rows();
    w.optimizers();
    w.products();
    w.convolutions();
    w.steps();
    return w.all;
  }

  private Tensor random(DType dtype, int... dims) {
    Op uniform =
        new CreateOp.Random(
            Shape.of(dims), DType.F32, Distribution.UNIFORM, 0, 1, Generator.of(device).nextKey());
    return Interpreter.runOn(device, uniform)[0].to(dtype);
  }

  private Tensor indices(int below, int count) {
    Op integers =
        new CreateOp.Random(
            Shape.of(count),
            DType.I64,
            Distribution.INTEGER,
            0,
            below,
            Generator.of(device).nextKey());
    return Interpreter.runOn(device, integers)[0];
  }

  private Tensor channelsLast(DType dtype, int... dims) {
    TensorSpec spec = new TensorSpec(Layout.channelsLast(Shape.of(dims)), dtype);
    return Interpreter.allocate(spec, device).copy_(random(dtype, dims));
  }

  private Tensor[] run(Op op, Tensor... inputs) {
    return Interpreter.runOn(device, op, inputs);
  }

  /** {@code moved} counts f32 for each element of a tensor of {@code dims}. */
  private void memory(String name, int[] dims, double moved, Preparation preparation) {
    double elements = Arrays.stream(dims).asDoubleStream().reduce(1, (a, b) -> a * b);
    all.add(new Workload(name, "f32", dims, moved * FLOAT * elements, 0, preparation));
  }

  /** A workload that runs one op on one random matrix. */
  private void memory(String name, int[] dims, double moved, Op op) {
    memory(
        name,
        dims,
        moved,
        () -> {
          Tensor x = random(DType.F32, dims);
          return () -> run(op, x);
        });
  }

  private int[] matrix() {
    return small ? new int[] {4, 8} : new int[] {1 << 16, 1 << 10};
  }

  /** For kernels that are not made for large sizes. */
  private int[] smallerMatrix() {
    return small ? matrix() : new int[] {1 << 12, 1 << 10};
  }

  private int[] batchOfPlanes() {
    return small ? new int[] {2, 4, 4, 4} : new int[] {256, 64, 56, 56};
  }

  private void elementwise() {
    int[] dims = matrix();
    memory("copy", dims, 2, new ElementwiseOp.Copy(ElementwiseOp.Order.ROW_MAJOR));
    memory(
        "transpose",
        dims,
        2,
        () -> {
          Tensor x = random(DType.F32, dims);
          return () -> x.transpose(0, 1).copy();
        });
    memory("cast to bf16", dims, 1.5, new ElementwiseOp.Cast(DType.BF16));
    memory("exp", dims, 2, new ElementwiseOp.Unary(ElementwiseOp.UnaryFn.EXP));
    memory(
        "add",
        dims,
        3,
        () -> {
          Tensor x = random(DType.F32, dims);
          Tensor y = random(DType.F32, dims);
          return () -> x.add(y);
        });
    memory(
        "add a row",
        dims,
        2,
        () -> {
          Tensor x = random(DType.F32, dims);
          Tensor row = random(DType.F32, dims[1]);
          return () -> x.add(row);
        });
    memory(
        "concatenate",
        dims,
        4,
        () -> {
          Tensor x = random(DType.F32, dims);
          Tensor y = random(DType.F32, dims);
          return () -> run(new IndexOp.Cat(0), x, y);
        });
    memory("pad", dims, 2, new IndexOp.Pad(Ints.of(0, 1), Ints.of(0, 1), 0));
    memory(
        "dropout",
        dims,
        2,
        () -> {
          Tensor x = random(DType.F32, dims);
          return () -> run(new ElementwiseOp.Dropout(0.5, Generator.of(device).nextKey()), x);
        });
    memory(
        "normal random",
        dims,
        1,
        () ->
            () ->
                run(
                    new CreateOp.Random(
                        Shape.of(dims),
                        DType.F32,
                        Distribution.NORMAL,
                        0,
                        1,
                        Generator.of(device).nextKey())));
  }

  private void reductions() {
    int[] dims = matrix();
    memory("sum of all", dims, 1, sum(0, 1));
    memory("sum of rows", dims, 1, sum(1));
    memory("sum of columns", dims, 1, sum(0));
    memory("argmax of rows", dims, 1, new ReduceOp.ArgReduce(true, 1, false));
    memory("cumulative sum of rows", dims, 2, new ReduceOp.CumSum(1, false));
    memory("softmax", dims, 2, new ReduceOp.Softmax(1));
    memory("argsort of rows", dims, 3, new ReduceOp.ArgSort(1, false));
    int[] few = smallerMatrix();
    memory(
        "positions of non-zeros",
        few,
        5,
        () -> {
          Tensor x = random(DType.F32, few).add(1);
          return () -> run(new IndexOp.NonZero(few[0] * few[1]), x);
        });
  }

  private static Op sum(int... axes) {
    return new ReduceOp.Reduce(ReduceOp.ReduceFn.SUM, Ints.of(axes), false);
  }

  private void normalisation() {
    int[] dims = matrix();
    memory(
        "cross-entropy",
        dims,
        1,
        () -> {
          Tensor x = random(DType.F32, dims);
          Tensor target = indices(dims[1], dims[0]);
          return () -> run(new LossOp.CrossEntropy(0, -100), x, target);
        });
    norm("layer norm", dims, 2, Ints.of(1), false);
    norm("batch norm + ReLU", batchOfPlanes(), 3, Ints.of(0, 2, 3), true);
  }

  /** Batch norm and its gradient must read what they normalise twice: the sums come first. */
  private void norm(String name, int[] dims, double moved, Ints axes, boolean relu) {
    int[] scales = new int[dims.length];
    Arrays.fill(scales, 1);
    scales[1] = dims[1];
    Op forward = new NormOp.Norm(axes, 1e-5, relu);
    memory(
        name,
        dims,
        moved,
        () -> {
          Tensor x = dims.length == 4 ? channelsLast(DType.F32, dims) : random(DType.F32, dims);
          Tensor scale = random(DType.F32, scales);
          return () -> run(forward, x, scale, scale);
        });
    memory(
        name + ", gradient",
        dims,
        relu ? 7 : 3,
        () -> {
          Tensor x = dims.length == 4 ? channelsLast(DType.F32, dims) : random(DType.F32, dims);
          Tensor scale = random(DType.F32, scales);
          Tensor[] y = run(forward, x, scale, scale);
          Op gradient = new NormOp.NormGrad(axes, relu, false);
          Tensor[] in = {x, x, scale, y[1], y[2], y[0]};
          return () -> run(gradient, relu ? in : Arrays.copyOf(in, 5));
        });
  }

  private void planes() {
    int[] dims = batchOfPlanes();
    Op pool = new PoolOp.MaxPool2d(PAIRS, DType.I32);
    planes("max pool 2x2", dims, 1.5, pool);
    memory(
        "max pool 2x2, gradient",
        dims,
        1.5,
        () -> {
          Tensor[] y = run(pool, channelsLast(DType.F32, dims));
          Op gradient = new PoolOp.PlaneScatter(dims[2], dims[3], PAIRS);
          return () -> run(gradient, y[0], y[1]);
        });
    planes("average pool 2x2", dims, 1.25, new PoolOp.AvgPool2d(PAIRS));
    Op twice = new PoolOp.Interpolate(PoolOp.Mode.BILINEAR, 2 * dims[2], 2 * dims[3], false);
    planes("bilinear x2", dims, 5, twice);
  }

  private void planes(String name, int[] dims, double moved, Op op) {
    memory(
        name,
        dims,
        moved,
        () -> {
          Tensor x = channelsLast(DType.F32, dims);
          return () -> run(op, x);
        });
  }

  private void rows() {
    int[] dims = matrix();
    for (boolean adds : new boolean[] {false, true}) {
      memory(
          adds ? "add to rows" : "gather rows",
          dims,
          2,
          () -> {
            Tensor x = random(DType.F32, dims);
            Tensor index = indices(dims[0], dims[0]);
            Op op = adds ? new IndexOp.IndexAdd(0, dims[0]) : new IndexOp.IndexSelect(0);
            return () -> run(op, x, index);
          });
    }
  }

  private void optimizers() {
    int[] dims = small ? matrix() : new int[] {1 << 13, 1 << 10};
    Op adam = new OptimOp.Adam(1e-3, 0.9, 0.999, 1e-8, 0, false, 10);
    optimizer("Adam", dims, 4, 3, adam);
    Op sgd = new OptimOp.Sgd(1e-3, 0.9, 0, 0, false, false);
    optimizer("SGD with momentum", dims, 3, 2, sgd);
  }

  private void optimizer(String name, int[] dims, int read, int written, Op op) {
    memory(
        name,
        dims,
        OPTIMIZED_TENSORS * (read + written),
        () -> {
          Tensor[] in = new Tensor[read * OPTIMIZED_TENSORS];
          Arrays.setAll(in, i -> random(DType.F32, dims));
          Tensor[] out = new Tensor[written * OPTIMIZED_TENSORS];
          // All inputs but the gradients.
          Arrays.setAll(out, i -> in[i < OPTIMIZED_TENSORS ? i : i + OPTIMIZED_TENSORS]);
          return () -> Interpreter.runInto(op, in, out);
        });
  }

  private void arithmetic(
      String name, DType dtype, int[] dims, double operations, Preparation preparation) {
    String type = dtype.name().toLowerCase(Locale.ROOT);
    all.add(new Workload(name, type, dims, 0, operations, preparation));
  }

  private void products() {
    for (DType dtype : new DType[] {DType.F32, DType.BF16, DType.F16}) {
      for (int n : small ? new int[] {16} : new int[] {1024, 4096, 8192}) {
        for (boolean transposed : new boolean[] {false, true}) {
          arithmetic(
              transposed ? "A B^T" : "A B",
              dtype,
              new int[] {n, n, n},
              2.0 * n * n * n,
              () -> {
                Tensor a = random(dtype, n, n);
                Tensor b = random(dtype, n, n);
                Tensor right = transposed ? b.transpose(0, 1) : b;
                return () -> a.matmul(right);
              });
        }
      }
    }
  }

  private void convolutions() {
    ConvOp.Params p = ConvOp.Params.of(1, 1, 1, 1);
    for (DType dtype : new DType[] {DType.F32, DType.BF16}) {
      for (int c : small ? new int[] {4} : new int[] {64, 128, 256, 512}) {
        int side = small ? 4 : 3584 / c;
        convolution("3x3 convolution", dtype, c, side, new ConvOp.Conv2d(p));
        Op data = new ConvOp.InputGrad(p, side, side);
        convolution("3x3 convolution, data gradient", dtype, c, side, data);
        convolution(
            "3x3 convolution, weight gradient", dtype, c, side, new ConvOp.WeightGrad(p, 3, 3));
      }
    }
  }

  private void convolution(String name, DType dtype, int c, int side, Op op) {
    int[] dims = {small ? 1 : 64, c, side, side};
    arithmetic(
        name,
        dtype,
        dims,
        2.0 * dims[0] * side * side * 9 * c * c,
        () -> {
          Tensor x = channelsLast(dtype, dims);
          Tensor other =
              op instanceof ConvOp.WeightGrad
                  ? channelsLast(dtype, dims)
                  : channelsLast(dtype, c, c, 3, 3);
          return () -> run(op, x, other);
        });
  }

  private void steps() {
    int[] dims = {small ? 2 : 64};
    all.add(new Workload(GpuTable.EAGER, "f32", dims, 0, 0, () -> step(dims[0])::run));
    all.add(
        new Workload(
            GpuTable.GRAPH,
            "f32",
            dims,
            0,
            0,
            () -> {
              Runnable step = step(dims[0]);
              step.run();
              CapturedStep graph = CapturedStep.capture(device, step);
              return new Work() {
                @Override
                public void run() {
                  graph.run();
                }

                @Override
                public void close() {
                  graph.close();
                }
              };
            }));
  }

  /** A training step of MNISTNet, which reads the same images again and again. */
  private Runnable step(int batch) {
    MNISTNet model = new MNISTNet();
    model.to(device);
    Adam optimizer = new Adam(model.parameters(), 1e-3);
    Tensor images = random(DType.F32, batch, 1, 28, 28);
    Tensor labels = indices(10, batch);
    return () -> {
      try (var region = Region.open("step")) {
        optimizer.zeroGrad();
        Losses.crossEntropy().apply(model.apply(images), labels).backward();
        optimizer.step();
      }
    };
  }
}
