package dev.manabi.autograd;

import dev.manabi.tensor.GradMode;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.memory.Region;
import dev.manabi.tensor.memory.Storage;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A piece of the forward pass that keeps only its inputs, and computes again in backward what its
 * nodes would have saved (Chen et al., "Training Deep Nets with Sublinear Memory Cost", 2016).
 *
 * <p>Inside, nodes are recorded as ever, but each gets a {@link Slot} in place of its values. The
 * first slot that backward opens runs the piece once more, with the random streams of the first
 * time; the n-th node of the second run then fills the slot of the n-th node of the first.
 */
final class Checkpoint {
  private static final ThreadLocal<@Nullable Checkpoint> CURRENT = new ThreadLocal<>();

  private final Function<List<Tensor>, List<Tensor>> body;
  private final List<SavedTensor> inputs;
  private final RandomState random;

  /** The ops of the first run. */
  private final List<String> ops = new ArrayList<>();

  /** What the nodes of the second run kept; {@code null} before it. */
  private @Nullable List<@Nullable SavedValues> again;

  /** The memory of those values that no one else knows. */
  private final List<Storage> computedAgain = new ArrayList<>();

  /** How many slots are still needed. */
  private int unreleased;

  private boolean replaying;

  private Checkpoint(Function<List<Tensor>, List<Tensor>> body, List<Tensor> inputs) {
    this.body = body;
    this.inputs = inputs.stream().map(t -> new SavedTensor(t, t.storage().version())).toList();
    this.random = RandomState.of(inputs);
  }

  /** Computes {@code body}; a checkpoint inside another one belongs to the outer. */
  static List<Tensor> run(Function<List<Tensor>, List<Tensor>> body, List<Tensor> inputs) {
    if (!GradMode.isEnabled() || CURRENT.get() != null) {
      return body.apply(inputs);
    }
    Checkpoint checkpoint = new Checkpoint(body, inputs);
    try (Region inside = Region.open("checkpoint")) {
      List<Tensor> outputs = checkpoint.enter();
      outputs.forEach(inside::keep);
      return outputs;
    }
  }

  private List<Tensor> enter() {
    Checkpoint before = CURRENT.get();
    CURRENT.set(this);
    try {
      return body.apply(inputs.stream().map(SavedTensor::tensor).toList());
    } finally {
      CURRENT.set(before);
    }
  }

  /** What a new node shall keep: {@code values}, or a slot if it lies in a checkpoint. */
  static Keepsake intercept(Node node, SavedValues values) {
    Checkpoint checkpoint = CURRENT.get();
    return checkpoint == null ? values : checkpoint.intercept(node.op.name(), values);
  }

  private Keepsake intercept(String op, SavedValues values) {
    if (!replaying) {
      ops.add(op);
      if (values == SavedValues.NOTHING) {
        return values;
      }
      unreleased++;
      return new Slot(this, ops.size() - 1);
    }
    var kept = Objects.requireNonNull(again);
    int index = kept.size();
    if (index >= ops.size() || !ops.get(index).equals(op)) {
      throw differs("op " + index + " was " + opAt(index) + ", and is now " + op);
    }
    kept.add(values);
    return values;
  }

  private String opAt(int index) {
    return index < ops.size() ? ops.get(index) : "absent";
  }

  private static IllegalStateException differs(String how) {
    return new IllegalStateException(
        "checkpoint: the function recorded other ops when it ran again: "
            + how
            + "\n  fix: it must depend on its inputs and on unchanged state alone");
  }

  private SavedValues take(int index) {
    if (again == null) {
      replay();
    }
    var values = Objects.requireNonNull(again).set(index, null);
    return Objects.requireNonNull(values);
  }

  private void replay() {
    inputs.forEach(Checkpoint::checkUnchanged);
    again = new ArrayList<>(ops.size());
    replaying = true;
    try (GradMode.Scope scope = GradMode.set(true);
        Region inside = Region.open("checkpoint")) {
      random.replay(this::enter);
      again.forEach(values -> Objects.requireNonNull(values).forEach(t -> take(t, inside)));
    } finally {
      replaying = false;
    }
    if (again.size() != ops.size()) {
      throw differs(ops.size() + " ops the first time, " + again.size() + " the second");
    }
  }

  /** Lets a saved tensor that was computed inside outlive its region. */
  private void take(Tensor saved, Region inside) {
    if (inside.owns(saved)) {
      inside.keep(saved);
      computedAgain.add(saved.storage());
    }
  }

  /** When no node needs its values any more, nobody needs what was computed for them. */
  private void releaseOne() {
    unreleased--;
    if (unreleased == 0) {
      computedAgain.forEach(Storage::release);
    }
  }

  private static void checkUnchanged(SavedTensor input) {
    if (input.version() != input.tensor().storage().version()) {
      throw new IllegalStateException(
          "checkpoint: its input "
              + input.tensor().spec()
              + " was modified in place since, so the function cannot run again on it\n  fix: write"
              + " out of place");
    }
  }

  /** Stands in a node of the first run for what it would have kept. */
  static final class Slot implements Keepsake {
    private final Checkpoint checkpoint;
    private final int index;
    private @Nullable SavedValues values;

    private Slot(Checkpoint checkpoint, int index) {
      this.checkpoint = checkpoint;
      this.index = index;
    }

    @Override
    public void release() {
      checkpoint.releaseOne();
    }

    @Override
    public SavedValues values() {
      SavedValues found = values;
      if (found == null) {
        found = checkpoint.take(index);
        values = found;
      }
      return found;
    }
  }
}
