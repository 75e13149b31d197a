package dev.manabi.autograd;

import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.TensorSpec;
import dev.manabi.tensor.op.PoolOp;
import dev.manabi.tensor.run.Interpreter;
import org.jspecify.annotations.Nullable;

/** Pooling and resampling: each op has a record for its transpose. */
final class PoolVjp {
  private PoolVjp() {}

  /** The gradient of the first input; a second one is an index and has none. */
  static @Nullable Tensor[] of(PoolOp op, Call call, Tensor g) {
    TensorSpec x = call.spec(0);
    int h = x.dim(2);
    int w = x.dim(3);
    Tensor gradient =
        switch (op) {
          case PoolOp.MaxPool2d m ->
              Interpreter.run(new PoolOp.PlaneScatter(h, w, m.window()), g, call.output(1));
          case PoolOp.PlaneScatter p -> Interpreter.run(new PoolOp.PlaneGather(), g, call.input(1));
          case PoolOp.PlaneGather p ->
              Interpreter.run(new PoolOp.PlaneScatter(h, w), g, call.input(1));
          case PoolOp.AvgPool2d a -> Interpreter.run(new PoolOp.AvgPool2dGrad(a.window(), h, w), g);
          case PoolOp.AvgPool2dGrad a -> Interpreter.run(new PoolOp.AvgPool2d(a.window()), g);
          case PoolOp.Interpolate i ->
              Interpreter.run(new PoolOp.InterpolateGrad(i.mode(), h, w, i.alignCorners()), g);
          case PoolOp.InterpolateGrad i ->
              Interpreter.run(new PoolOp.Interpolate(i.mode(), h, w, i.alignCorners()), g);
        };
    return call.inputs() == 1 ? Call.gradients(gradient) : Call.gradients(gradient, null);
  }
}
