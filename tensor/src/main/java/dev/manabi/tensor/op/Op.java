package dev.manabi.tensor.op;

/**
 * A primitive operation, as plain data. What an op <em>means</em> is given elsewhere, each time as
 * one exhaustive {@code switch}: the shapes it yields ({@code run.Infer}), the scalar loop that
 * defines it ({@code kernels.reference}), the fast kernels, and its vector-Jacobian product ({@code
 * autograd}). Adding a record here makes every one of those switches fail to compile until it knows
 * the new op.
 *
 * <p>Inputs and outputs are listed in each record's comment as {@code inputs -> outputs}. Axes in a
 * record are never negative, and dtypes already agree: the tensor API resolves both.
 */
public sealed interface Op
    permits CreateOp,
        ElementwiseOp,
        ViewOp,
        ReduceOp,
        IndexOp,
        LinalgOp,
        ConvOp,
        PoolOp,
        NormOp,
        LossOp,
        OptimOp,
        CustomOp {

  /** The name used in messages and in printed graphs, such as {@code conv2d}. */
  String name();
}
