package dev.manabi.examples.gpu;

import dev.manabi.examples.gpu.Workload.Work;
import dev.manabi.kernels.cuda.CapturedStep;
import dev.manabi.nn.Losses;
import dev.manabi.nn.models.MNISTNet;
import dev.manabi.nn.optim.Adam;
import dev.manabi.tensor.DType;
import dev.manabi.tensor.Device;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.memory.Region;

/** Training steps of MNISTNet: op by op, and as a graph. */
final class StepWorkloads extends Workloads {
  StepWorkloads(Device device, boolean small) {
    super(device, small);
  }

  @Override
  void addAll() {
    int[] dims = {small ? 2 : 64};
    add(new Workload(GpuTable.EAGER, "f32", dims, 0, 0, () -> step(dims[0])::run));
    add(
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
