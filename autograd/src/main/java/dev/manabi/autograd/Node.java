package dev.manabi.autograd;

import dev.manabi.tensor.AutogradMeta;
import dev.manabi.tensor.GradFn;
import dev.manabi.tensor.Hook;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.TensorSpec;
import dev.manabi.tensor.op.Op;
import dev.manabi.tensor.op.ViewOp;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One recorded call of an op. A node knows where the gradients of its inputs go (its edges), what
 * its vector-Jacobian product needs of the call, and of everything else only the specs.
 *
 * <p>Tensors point to the node that made them and nodes to the nodes before; a node holds an output
 * only if its vector-Jacobian product reads it. So what nobody uses any more is garbage at once.
 */
final class Node implements GradFn {
  private static final AtomicLong CLOCK = new AtomicLong();

  /** Grows with every node: a node's inputs were made by nodes of smaller numbers. */
  final long sequence = CLOCK.getAndIncrement();

  final Op op;
  final @Nullable Edge[] edges;
  final TensorSpec[] inputs;
  final TensorSpec[] outputs;

  /** Where the op was called, if anomaly detection was on. */
  final @Nullable String origin = Anomaly.caller();

  /** The notes on each output, which say whether it retains its gradient. */
  private final @Nullable AutogradMeta[] notes;

  private @Nullable Keepsake keepsake;
  private @Nullable List<UnaryOperator<@Nullable Tensor>>[] hooks;

  private Node(Op op, @Nullable Edge[] edges, Tensor[] inputs, Tensor[] outputs) {
    this.op = op;
    this.edges = edges;
    this.inputs = specs(inputs);
    this.outputs = specs(outputs);
    this.notes = new AutogradMeta[outputs.length];
    SavedValues values = SavedValues.of(Saved.of(op, i -> edges[i] != null), op, inputs, outputs);
    this.keepsake = Checkpoint.intercept(this, values);
  }

  /** Makes the node of a call and hangs it on the outputs that can have a gradient. */
  static void record(Op op, Tensor[] inputs, Tensor[] outputs) {
    var edges = new @Nullable Edge[inputs.length];
    for (int i = 0; i < edges.length; i++) {
      edges[i] = Edge.of(inputs[i]);
    }
    Node node = new Node(op, edges, inputs, outputs);
    for (int i = 0; i < outputs.length; i++) {
      if (outputs[i].dtype().isFloating()) {
        node.attach(outputs[i], i);
      }
    }
  }

  /** An output written in place leaves its old history to this node's edges. */
  private void attach(Tensor output, int index) {
    AutogradMeta meta = output.metaOrCreate();
    meta.gradFn = this;
    meta.outputIndex = index;
    meta.isView = op instanceof ViewOp;
    meta.graphVersion = output.storage().graphVersion();
    notes[index] = meta;
  }

  private static TensorSpec[] specs(Tensor[] tensors) {
    var specs = new TensorSpec[tensors.length];
    for (int i = 0; i < specs.length; i++) {
      specs[i] = tensors[i].spec();
    }
    return specs;
  }

  @Override
  public String name() {
    return op.name();
  }

  /** Input {@code i} of the call, if {@link Saved} keeps it. */
  Tensor input(int i) {
    return values().input(i, op);
  }

  /** Output {@code i} of the call, if {@link Saved} keeps it. */
  Tensor output(int i) {
    return values().output(i, op);
  }

  private SavedValues values() {
    if (keepsake == null) {
      throw new IllegalStateException(
          "backward: the graph was freed: the values that "
              + op.name()
              + " had saved are gone after the first backward\n  fix: pass retainGraph = true to the"
              + " first backward, or compute the forward pass again");
    }
    return keepsake.values();
  }

  /** Computes the values of a checkpointed call again, if that has not happened yet. */
  void open() {
    if (keepsake instanceof Checkpoint.Slot slot) {
      slot.values();
    }
  }

  /** Forgets the values of the call. A node that kept none stays usable. */
  void release() {
    if (keepsake != null && keepsake != SavedValues.NOTHING) {
      keepsake.release();
      keepsake = null;
    }
  }

  /** What this node keeps in memory now: nothing for a checkpointed call. */
  @Nullable SavedValues kept() {
    return keepsake instanceof SavedValues values ? values : null;
  }

  /** The notes on output {@code i} if it wants its gradient kept. */
  @Nullable AutogradMeta retaining(int i) {
    AutogradMeta meta = notes[i];
    // A later write in place has given the tensor to another node.
    return meta != null && meta.retainsGrad && meta.gradFn == this ? meta : null;
  }

  /** The functions to call with the gradient of output {@code i}. */
  List<UnaryOperator<@Nullable Tensor>> hooks(int i) {
    var list = hooks == null ? null : hooks[i];
    return list == null ? List.of() : list;
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  Hook addHook(int output, UnaryOperator<@Nullable Tensor> hook) {
    if (hooks == null) {
      hooks = new List[outputs.length];
    }
    if (hooks[output] == null) {
      hooks[output] = new ArrayList<>(1);
    }
    return Hooks.add(hooks[output], hook);
  }

  @Override
  public String toString() {
    return op + (origin == null ? "" : " at " + origin);
  }
}
