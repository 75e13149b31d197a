package dev.manabi.autograd;

import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.memory.Storage;
import dev.manabi.tensor.op.CustomOp;
import dev.manabi.tensor.op.Op;
import dev.manabi.tensor.op.ViewOp;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The inputs and outputs of one call that its vector-Jacobian product reads. */
final class SavedValues implements Keepsake {
  static final SavedValues NOTHING = new SavedValues(new SavedTensor[0], new SavedTensor[0]);

  private final @Nullable SavedTensor[] inputs;
  private final @Nullable SavedTensor[] outputs;

  private SavedValues(@Nullable SavedTensor[] inputs, @Nullable SavedTensor[] outputs) {
    this.inputs = inputs;
    this.outputs = outputs;
  }

  /** Keeps what {@code choice} names. */
  static SavedValues of(Saved choice, Op op, Tensor[] inputs, Tensor[] outputs) {
    if (choice.inputs() == 0 && choice.outputs() == 0) {
      return NOTHING;
    }
    var in = new @Nullable SavedTensor[inputs.length];
    for (int i = 0; i < in.length; i++) {
      if (choice.keepsInput(i)) {
        Storage storage = inputs[i].storage();
        in[i] = new SavedTensor(inputs[i], storage.version() - writes(op, storage, outputs));
      }
    }
    var out = new @Nullable SavedTensor[outputs.length];
    for (int i = 0; i < out.length; i++) {
      if (choice.keepsOutput(i)) {
        out[i] = new SavedTensor(outputs[i], outputs[i].storage().version());
      }
    }
    return new SavedValues(in, out);
  }

  /**
   * How often {@code op} itself, run in place, has just written to {@code storage}: the value that
   * it read is of the version before, so that using it in backward is refused.
   */
  private static int writes(Op op, Storage storage, Tensor[] outputs) {
    if (op instanceof ViewOp || op instanceof CustomOp) {
      return 0;
    }
    int writes = 0;
    for (Tensor output : outputs) {
      writes += output.storage() == storage ? 1 : 0;
    }
    return writes;
  }

  /** Nothing to do: others may refer to these tensors, so only the collector knows. */
  @Override
  public void release() {}

  @Override
  public SavedValues values() {
    return this;
  }

  Tensor input(int i, Op op) {
    return unpack(inputs, i, op, "input ");
  }

  Tensor output(int i, Op op) {
    return unpack(outputs, i, op, "output ");
  }

  private static Tensor unpack(@Nullable SavedTensor[] saved, int i, Op op, String role) {
    SavedTensor value = i < saved.length ? saved[i] : null;
    if (value == null) {
      throw new AssertionError("the switch in Saved does not keep " + role + i + " of " + op);
    }
    return value.unpack(op, role + i);
  }

  void forEach(Consumer<Tensor> action) {
    for (@Nullable SavedTensor[] side : List.of(inputs, outputs)) {
      for (SavedTensor value : side) {
        if (value != null) {
          action.accept(value.tensor());
        }
      }
    }
  }
}
