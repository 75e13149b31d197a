package dev.manabi.kernels.cuda;

import dev.manabi.tensor.DType;
import dev.manabi.tensor.Layout;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.op.ElementwiseOp.BinaryFn;
import dev.manabi.tensor.op.ElementwiseOp.UnaryFn;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What is done with the sums of a product: {@code y = max(y + residual, 0)}, or one of the two. Our
 * own kernels do it before they write; after a library's it is a launch for each.
 *
 * @param residual of the shape of y
 */
record Epilogue(@Nullable Tensor residual, boolean relu) {
  static final Epilogue NONE = new Epilogue(null, false);

  /** The epilogue of an op with inputs {@code (x, weight[, bias[, residual]])}. */
  static Epilogue of(Tensor[] in, boolean relu) {
    return new Epilogue(in.length > 3 ? in[3] : null, relu);
  }

  /**
   * Whether it may come after a library has written its sums: not if those are rounded to 16 bits
   * before the residual is added.
   */
  boolean fitsAfter(DType dtype) {
    return residual == null || Axes.arithmetic(dtype) == dtype;
  }

  /** What of it the speed of a product depends on. */
  record Kind(boolean adds, boolean relu) {}

  Kind kind() {
    return new Kind(residual != null, relu);
  }

  /** Does it with sums that have been written to {@code y}. */
  void finish(Gpu gpu, Tensor y) {
    if (residual != null) {
      Elementwise.binary(gpu, BinaryFn.ADD, y, residual, y);
    }
    if (relu) {
      Elementwise.unary(gpu, UnaryFn.RELU, y, y);
    }
  }

  /** Has it done by {@code kernel}, which needs a residual that lies as {@code y} does. */
  void with(Gpu gpu, Tensor y, Consumer<Epilogue> kernel) {
    if (residual == null || liesAs(y, residual)) {
      kernel.accept(this);
    } else if (y.layout().isDense()) {
      try (Scratch copy = Scratch.of(gpu, y.dtype(), y.layout())) {
        Copies.copy(gpu, residual, copy.tensor());
        kernel.accept(new Epilogue(copy.tensor(), relu));
      }
    } else {
      kernel.accept(NONE);
      finish(gpu, y);
    }
  }

  private static boolean liesAs(Tensor y, Tensor residual) {
    Layout a = y.layout();
    Layout b = residual.layout();
    boolean same = Tile.isAligned(residual);
    for (int axis = 0; axis < y.rank(); axis++) {
      same &= y.size(axis) == 1 || a.stride(axis) == b.stride(axis);
    }
    return same;
  }

  /** {@code residual} and {@code relu} as a kernel's parameters. */
  Call on(Call call) {
    return call.address(residual == null ? 0 : residual.address()).i32(relu);
  }
}
