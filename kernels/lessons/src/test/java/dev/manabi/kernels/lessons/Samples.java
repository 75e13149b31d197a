package dev.manabi.kernels.lessons;

import dev.manabi.tensor.DType;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.Tensors;
import dev.manabi.tensor.op.Op;
import dev.manabi.tensor.run.Backends;
import dev.manabi.tensor.run.Interpreter;

/** Operands, and what the reference backend makes of them. */
public final class Samples {
  private Samples() {}

  /** From -3 to 3: sums of their products are exact, so that their order does not matter. */
  public static Tensor smallIntegers(int... sizes) {
    return Tensors.randint(-3, 4, sizes).to(DType.F32);
  }

  /** The result by definition. */
  public static Tensor reference(Op op, Tensor... operands) {
    Tensor[] result = new Tensor[1];
    Backends.with(Backends.named("reference"), () -> result[0] = Interpreter.run(op, operands));
    return result[0];
  }

  /** NaN if there is one among the values. */
  public static double largestDifference(Tensor a, Tensor b) {
    return a.sub(b).abs().max().item();
  }
}
