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
   * {@code x * weight^T + bias}: one pass, because the bias rides on the product's last write.
   */
  record Linear() implements LinalgOp {
    @Override
    public String name() {
      return "linear";
    }
  }
}
