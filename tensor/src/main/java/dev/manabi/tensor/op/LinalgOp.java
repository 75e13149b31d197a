package dev.manabi.tensor.op;

/** Matrix products. */
public sealed interface LinalgOp extends Op {

  /** {@code (a [.., M, K], b [.., K, N]) -> c [.., M, N]}; leading dimensions are broadcast. */
  record MatMul() implements LinalgOp {
    @Override
    public String name() {
      return "matmul";
    }
  }

  /**
   * {@code (x [.., K], weight [N, K]) -> x * weight^T}, or with a third input {@code bias [N]},
   * {@code x * weight^T + bias}. A fourth input {@code residual [.., N]}, of the shape of the
   * result y, is added to it, and then, if {@code relu}, y is {@code max(y, 0)}. All is one pass,
   * because it rides on the product's last write.
   */
  record Linear(boolean relu) implements LinalgOp {
    /** Without ReLU. */
    public Linear() {
      this(false);
    }

    @Override
    public String name() {
      return "linear";
    }
  }
}
