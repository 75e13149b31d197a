package dev.manabi.autograd;

import dev.manabi.tensor.Tensor;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The sum of the gradients that reach one tensor along several paths. */
final class Accumulator {
  private final GradientMemory memory;
  private @Nullable Tensor sum;

  Accumulator(GradientMemory memory) {
    this.memory = memory;
  }

  /** Adds a gradient that the pass holds; from now on this sum holds it. */
  void add(Tensor gradient) {
    Tensor before = sum;
    if (before == null) {
      sum = gradient;
    } else if (memory.mayWrite(before)) {
      before.add_(gradient);
      memory.drop(gradient);
    } else {
      Tensor after = before.add(gradient);
      memory.hold(after);
      memory.drop(before);
      memory.drop(gradient);
      sum = after;
    }
  }

  Tensor total() {
    return Objects.requireNonNull(sum);
  }
}
