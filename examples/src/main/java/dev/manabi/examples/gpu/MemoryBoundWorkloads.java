package dev.manabi.examples.gpu;

import dev.manabi.examples.gpu.Workload.Preparation;
import dev.manabi.tensor.DType;
import dev.manabi.tensor.Device;
import dev.manabi.tensor.Generator;
import dev.manabi.tensor.Ints;
import dev.manabi.tensor.Shape;
import dev.manabi.tensor.Tensor;
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
import java.util.Arrays;

/** Kernels that wait for memory: what they should move is counted. */
final class MemoryBoundWorkloads extends Workloads {
  private static final double FLOAT = 4;
  private static final int OPTIMIZED_TENSORS = 8;

  private static final PoolOp.Window PAIRS =
      new PoolOp.Sliding(2, 2, 2, 2, 0, 0, 1, 1, false, false);

  MemoryBoundWorkloads(Device device, boolean small) {
    super(device, small);
  }

  @Override
  void addAll() {
    elementwise();
    reductions();
    normalisation();
    planes();
    rows();
    optimizers();
  }

  /** {@code moved} counts f32 for each element of a tensor of {@code dims}. */
  private void memory(String name, int[] dims, double moved, Preparation preparation) {
    double elements = Arrays.stream(dims).asDoubleStream().reduce(1, (a, b) -> a * b);
    add(new Workload(name, "f32", dims, moved * FLOAT * elements, 0, preparation));
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
    int[] longRows = small ? matrix() : new int[] {1 << 6, 1 << 20};
    memory("argsort of rows", longRows, 3, new ReduceOp.ArgSort(1, false));
    int[] few = small ? matrix() : new int[] {1 << 12, 1 << 10};
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
}
