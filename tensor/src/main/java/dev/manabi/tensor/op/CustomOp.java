package dev.manabi.tensor.op;

import dev.manabi.tensor.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An op from outside the engine, with its own backward: implement it and call {@code
 * Interpreter.run(op, inputs)}.
 */
public non-sealed interface CustomOp extends Op {
  /**
   * Computes fresh outputs from the inputs, with tensor methods or by reading memory. Runs without
   * gradient tracking: what is computed inside leaves no graph.
   */
  List<Tensor> forward(List<Tensor> inputs);

  /**
   * The vector-Jacobian product. Written with tensor methods, it can be differentiated again.
   *
   * @param inputs the inputs of {@link #forward}
   * @param outputs its outputs
   * @param gradOutputs the gradient of each output; {@code null} where nothing flowed
   * @return the gradient of each input; {@code null} where there is none
   */
  List<@Nullable Tensor> backward(
      List<Tensor> inputs, List<Tensor> outputs, List<@Nullable Tensor> gradOutputs);
}
