package dev.manabi.nn.optim;

import dev.manabi.tensor.AutogradMeta;
import dev.manabi.tensor.GradMode;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.Tensors;
import dev.manabi.tensor.memory.Region;
import dev.manabi.tensor.op.OptimOp;
import dev.manabi.tensor.run.Capture;
import dev.manabi.tensor.run.Interpreter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Changes parameters against their gradients. State (momentum and the like) is kept for each
 * parameter in named tensors, which can be saved and restored for an exact resume.
 */
public abstract class Optimizer {
  private final List<ParamGroup> groups;

  /** The parameters of all groups; what follows is by their places in here. */
  private final List<Tensor> parameters = new ArrayList<>();

  private final List<Map<String, Tensor>> state = new ArrayList<>();
  private final long[] steps;

  /** How often the same tensor stands before each parameter. */
  private final int[] repetition;

  protected Optimizer(List<ParamGroup> groups) {
    this.groups = List.copyOf(groups);
    this.groups.forEach(g -> parameters.addAll(g.parameters()));
    parameters.forEach(p -> state.add(new LinkedHashMap<>()));
    if (state.isEmpty()) {
      throw new IllegalArgumentException(
          "optimizer: no parameters given\n  fix: pass model.parameters()");
    }
    steps = new long[state.size()];
    repetition = new int[state.size()];
    Map<Tensor, Integer> seen = new IdentityHashMap<>();
    for (int i = 0; i < repetition.length; i++) {
      repetition[i] = seen.merge(parameters.get(i), 1, Integer::sum) - 1;
    }
  }

  public List<ParamGroup> groups() {
    return groups;
  }

  /** Forgets the gradients of all parameters. */
  public final void zeroGrad() {
    groups.forEach(g -> g.parameters().forEach(p -> p.setGrad(null)));
  }

  /** Updates every parameter that has a gradient. */
  public final void step() {
    try (GradMode.Scope scope = GradMode.set(false)) {
      int first = 0;
      for (ParamGroup group : groups) {
        int end = first + group.parameters().size();
        boolean[] done = new boolean[end - first];
        for (int i = first; i < end; i++) {
          if (!done[i - first] && AutogradMeta.gradOf(parameters.get(i)) != null) {
            Batch batch = batch(i, first, done);
            update(group, batch);
            if (Capture.current() == null) {
              batch.done();
            }
          }
        }
        first = end;
      }
    }
  }

  /** Parameter {@code i}, and those after it that are updated by the same op. */
  private Batch batch(int i, int first, boolean[] done) {
    int[] members = new int[done.length - (i - first)];
    int count = 0;
    for (int j = i; j < first + done.length; j++) {
      if (!done[j - first] && AutogradMeta.gradOf(parameters.get(j)) != null && areAlike(i, j)) {
        done[j - first] = true;
        members[count++] = j;
      }
    }
    return new Batch(Arrays.copyOf(members, count));
  }

  private boolean areAlike(int i, int j) {
    Tensor a = parameters.get(i);
    Tensor b = parameters.get(j);
    return steps[i] == steps[j]
        && state.get(i).isEmpty() == state.get(j).isEmpty()
        && repetition[i] == repetition[j]
        && a.dtype() == b.dtype()
        && a.device().equals(b.device());
  }

  /** Updates some parameters of a group by one op. */
  protected abstract void update(ParamGroup group, Batch batch);

  /**
   * Parameters that are updated together: of one dtype and device, none twice, and all updated
   * equally often. A parameter that was frozen at first begins to count when its first gradient
   * arrives, so it is in another batch than the rest.
   */
  protected final class Batch implements Capture.Update {
    private final int[] members;
    private boolean fresh;

    /** How to make the op of {@link #run}. */
    private @Nullable Supplier<OptimOp> maker;

    private Batch(int[] members) {
      this.members = members;
      fresh = state.get(members[0]).isEmpty();
    }

    /** How often these parameters were updated, this time included. */
    public long step() {
      return steps[members[0]] + 1;
    }

    /** True if these parameters had no state before this update. */
    public boolean isFresh() {
      return fresh;
    }

    public Tensor[] parameters() {
      return map(i -> parameters.get(i));
    }

    public Tensor[] gradients() {
      return map(i -> Objects.requireNonNull(parameters.get(i).grad()));
    }

    /** What is kept under {@code name} for each parameter; zeros like the parameter at first. */
    public Tensor[] state(String name) {
      return map(i -> stateOf(i, name));
    }

    private Tensor[] map(IntFunction<Tensor> of) {
      Tensor[] tensors = new Tensor[members.length];
      Arrays.setAll(tensors, k -> of.apply(members[k]));
      return tensors;
    }

    /**
     * Runs an op on parameters, gradients and the named states, and writes it into them. Where a
     * step is captured to run again, {@code maker} is asked for the op of each run.
     */
    void run(Supplier<OptimOp> maker, String... names) {
      this.maker = maker;
      OptimOp op = op();
      Capture capture = Capture.current();
      if (capture != null) {
        if (fresh && names.length > 0) {
          throw new IllegalStateException(
              "optimizer: the step to be captured is the first, whose state every run would make"
                  + " anew\n  fix: run the step once before it is captured");
        }
        capture.add(op, this);
      }
      int n = members.length;
      Tensor[] inputs = Arrays.copyOf(parameters(), (2 + names.length) * n);
      // Only looked at: gradients() would leave them to the garbage collector.
      Tensor[] gradients = map(i -> Objects.requireNonNull(AutogradMeta.gradOf(parameters.get(i))));
      System.arraycopy(gradients, 0, inputs, n, n);
      for (int k = 0; k < names.length; k++) {
        System.arraycopy(state(names[k]), 0, inputs, (2 + k) * n, n);
      }
      // All inputs but the gradients.
      Tensor[] targets = Arrays.copyOfRange(inputs, n, inputs.length);
      System.arraycopy(inputs, 0, targets, 0, n);
      Interpreter.runInto(op, inputs, targets);
    }

    @Override
    public OptimOp op() {
      return Objects.requireNonNull(maker).get();
    }

    @Override
    public void done() {
      fresh = false;
      for (int i : members) {
        steps[i]++;
      }
    }
  }

  private Tensor stateOf(int i, String name) {
    Tensor value = state.get(i).get(name);
    if (value == null) {
      // The first step may be made inside a region, which the state must outlive.
      value = Region.outside(() -> Tensors.zerosLike(parameters.get(i)));
      state.get(i).put(name, value);
    }
    return value;
  }

  /**
   * All state as {@code index.name}, and as {@code steps} how often each parameter was updated. The
   * tensors of state are the live ones.
   */
  public final Map<String, Tensor> stateDict() {
    Map<String, Tensor> all = new LinkedHashMap<>();
    all.put("steps", Tensors.of(steps));
    for (int i = 0; i < state.size(); i++) {
      String prefix = i + ".";
      state.get(i).forEach((name, t) -> all.put(prefix + name, t));
    }
    return all;
  }

  /** Restores what {@link #stateDict} gave. */
  public final void loadStateDict(Map<String, Tensor> saved) {
    Tensor count = saved.get("steps");
    if (count == null) {
      throw new IllegalArgumentException("optimizer: the state has no \"steps\"");
    }
    if (count.numel() != steps.length) {
      throw new IllegalArgumentException(
          "optimizer: the state counts the steps of "
              + count.numel()
              + " parameters, but there are "
              + steps.length
              + "\n  fix: build model and optimizer as they were when saved");
    }
    saved.forEach(
        (key, tensor) -> {
          if (!key.equals("steps")) {
            restore(key, tensor);
          }
        });
    System.arraycopy(count.toLongArray(), 0, steps, 0, steps.length);
  }

  private void restore(String key, Tensor saved) {
    int dot = key.indexOf('.');
    int index =
        dot > 0 && key.substring(0, dot).matches("\\d{1,9}")
            ? Integer.parseInt(key.substring(0, dot))
            : -1;
    if (index < 0
        || index >= parameters.size()
        || !parameters.get(index).shape().equals(saved.shape())) {
      throw new IllegalArgumentException(
          "optimizer: state \""
              + key
              + "\" "
              + saved.spec()
              + " fits none of "
              + parameters.size()
              + " parameters\n  fix: build model and optimizer as they were when saved");
    }
    state.get(index).put(key.substring(dot + 1), saved.copy());
  }
}
