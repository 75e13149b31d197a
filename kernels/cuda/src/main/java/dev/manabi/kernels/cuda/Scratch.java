package dev.manabi.kernels.cuda;

import dev.manabi.tensor.DType;
import dev.manabi.tensor.Layout;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.TensorSpec;
import dev.manabi.tensor.memory.Region;
import dev.manabi.tensor.run.Interpreter;

/** A tensor for the duration of an op. */
final class Scratch implements AutoCloseable {
  private final Tensor tensor;

  private Scratch(Tensor tensor) {
    this.tensor = tensor;
  }

  /** A tensor with arbitrary contents and the strides of {@code layout}, which has no gaps. */
  static Scratch of(Gpu gpu, DType dtype, Layout layout) {
    Layout own = Layout.of(layout.shape(), layout.strides(), 0);
    TensorSpec spec = new TensorSpec(own, dtype);
    return new Scratch(Region.outside(() -> Interpreter.allocate(spec, gpu.device())));
  }

  Tensor tensor() {
    return tensor;
  }

  @Override
  public void close() {
    tensor.storage().release();
  }
}
