package dev.manabi.examples.gpu;

import dev.manabi.tensor.DType;
import dev.manabi.tensor.Device;
import dev.manabi.tensor.Generator;
import dev.manabi.tensor.Layout;
import dev.manabi.tensor.Shape;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.TensorSpec;
import dev.manabi.tensor.op.CreateOp;
import dev.manabi.tensor.op.CreateOp.Distribution;
import dev.manabi.tensor.op.Op;
import dev.manabi.tensor.run.Interpreter;
import java.util.ArrayList;
import java.util.List;

/**
 * What is measured on a GPU: a workload of every family of kernels, at sizes that keep a large
 * device busy and are several times its cache. {@code bench/gpu/torch_times.py} has the same by
 * name.
 */
abstract class Workloads {
  final Device device;
  final boolean small;
  private final List<Workload> all = new ArrayList<>();

  Workloads(Device device, boolean small) {
    this.device = device;
    this.small = small;
  }

  /** All of them; {@code small} ones take the PTX machine no time. */
  static List<Workload> of(Device device, boolean small) {
    List<Workload> all = new ArrayList<>();
    for (Workloads some :
        List.of(
            new MemoryBoundWorkloads(device, small),
            new ArithmeticWorkloads(device, small),
            new StepWorkloads(device, small))) {
      some.addAll();
      all.addAll(some.all);
    }
    return all;
  }

  /** Adds every workload of its kind. */
  abstract void addAll();

  final void add(Workload workload) {
    all.add(workload);
  }

  final Tensor random(DType dtype, int... dims) {
    Op uniform =
        new CreateOp.Random(
            Shape.of(dims), DType.F32, Distribution.UNIFORM, 0, 1, Generator.of(device).nextKey());
    return Interpreter.runOn(device, uniform)[0].to(dtype);
  }

  final Tensor indices(int below, int count) {
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

  final Tensor channelsLast(DType dtype, int... dims) {
    TensorSpec spec = new TensorSpec(Layout.channelsLast(Shape.of(dims)), dtype);
    return Interpreter.allocate(spec, device).copy_(random(dtype, dims));
  }

  final Tensor[] run(Op op, Tensor... inputs) {
    return Interpreter.runOn(device, op, inputs);
  }
}
