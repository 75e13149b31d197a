package dev.manabi.kernels.cases;

import dev.manabi.tensor.DType;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.TensorSpec;
import dev.manabi.tensor.op.CustomOp;
import dev.manabi.tensor.op.Op;
import dev.manabi.tensor.run.Infer;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * One op with inputs that it must get right. The same case drives the comparison of backends, the
 * check of gradients, the comparison with other engines, and benchmarks.
 *
 * @param name unique in a catalog; also the seed of the values
 * @param op what runs
 * @param inputs what it runs on
 * @param tolerance how near to the reference a backend must come
 * @param gradient what can be differentiated
 */
public record OpCase(
    String name, Op op, List<Input> inputs, Tolerance tolerance, Gradient gradient) {

  /** A case named after all that is in it. */
  public static OpCase of(Op op, Tolerance tolerance, Gradient gradient, Input... inputs) {
    StringBuilder name = new StringBuilder(op.toString());
    for (Input input : inputs) {
      name.append(" (").append(input).append(")");
    }
    return new OpCase(name.toString(), op, List.of(inputs), tolerance, gradient);
  }

  /** The inputs as described; equal at every call. */
  public Tensor[] tensors() {
    return make(inputs);
  }

  /**
   * The inputs with floating ones in {@code dtype}, all contiguous: variables that a gradient check
   * can change one by one.
   */
  public Tensor[] variables(DType dtype) {
    return make(
        inputs.stream()
            .map(i -> i.with(Arrangement.CONTIGUOUS))
            .map(i -> i.dtype().isFloating() ? i.with(dtype) : i)
            .toList());
  }

  private Tensor[] make(List<Input> list) {
    SplittableRandom random = new SplittableRandom(name.hashCode());
    return list.stream().map(i -> i.tensor(random.split())).toArray(Tensor[]::new);
  }

  /** How many elements all inputs and outputs have together; a custom op's outputs are unknown. */
  public long size() {
    TensorSpec[] in = inputs.stream().map(Input::spec).toArray(TensorSpec[]::new);
    TensorSpec[] out = op instanceof CustomOp ? new TensorSpec[0] : Infer.outputs(op, in);
    return Stream.of(in, out).flatMap(Arrays::stream).mapToLong(s -> s.layout().numel()).sum();
  }

  @Override
  public String toString() {
    return name;
  }
}
