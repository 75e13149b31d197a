package dev.manabi.bench.torch;

import dev.manabi.tensor.op.ViewOp;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;

/** Views. */
final class TorchViews {
  private TorchViews() {}

  static Tensor run(ViewOp op, Tensor x) {
    return switch (op) {
      // Not view(): a flipped peer lies otherwise than the engine's tensor and may need a copy.
      case ViewOp.Reshape reshape -> x.reshape(Peers.longs(reshape.shape()));
      case ViewOp.Permute permute -> x.permute(Peers.longs(permute.axes()));
      case ViewOp.Expand expand -> x.expand(Peers.longs(expand.shape()));
      case ViewOp.Slice slice -> slice(slice, x);
      case ViewOp.Diagonal diagonal -> x.diagonal(0, diagonal.axis1(), diagonal.axis2());
    };
  }

  private static Tensor slice(ViewOp.Slice op, Tensor x) {
    for (int axis = 0; axis < op.starts().size(); axis++) {
      x = slice(x, axis, op.starts().get(axis), op.sizes().get(axis), op.steps().get(axis));
    }
    return x;
  }

  /** libtorch has no negative steps: the same elements forwards, and then the other way round. */
  private static Tensor slice(Tensor x, int axis, long start, long size, long step) {
    if (size == 0) {
      return x.narrow(axis, 0, 0);
    }
    long last = start + (size - 1) * step;
    long first = Math.min(start, last);
    long end = Math.max(start, last) + 1;
    Tensor y = x.slice(axis, new LongOptional(first), new LongOptional(end), Math.abs(step));
    return step < 0 ? y.flip(axis) : y;
  }
}
