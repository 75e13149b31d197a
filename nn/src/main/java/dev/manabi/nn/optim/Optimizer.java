package dev.manabi.nn.optim;

import dev.manabi.tensor.GradMode;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.Tensors;
import dev.manabi.tensor.memory.Region;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Changes parameters against their gradients. State (momentum and the like) is kept for each
 * parameter in named tensors, which can be saved and restored for an exact resume.
 */
public abstract class Optimizer {
  private final List<ParamGroup> groups;
  private final List<Map<String, Tensor>> state = new ArrayList<>();
  private final long[] steps;

  protected Optimizer(List<ParamGroup> groups) {
    this.groups = List.copyOf(groups);
    this.groups.forEach(g -> g.parameters().forEach(p -> state.add(new LinkedHashMap<>())));
    if (state.isEmpty()) {
      throw new IllegalArgumentException(
          "optimizer: no parameters given\n  fix: pass model.parameters()");
    }
    steps = new long[state.size()];
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
    GradMode.noGrad(
        () -> {
          int i = 0;
          for (ParamGroup group : groups) {
            for (Tensor p : group.parameters()) {
              Tensor grad = p.grad();
              if (grad != null) {
                update(group, p, grad, state.get(i), ++steps[i]);
              }
              i++;
            }
          }
        });
  }

  /**
   * Updates one parameter.
   *
   * @param state the parameter's named state, empty at first
   * @param step how often this parameter was updated, from 1; a parameter that was frozen at first
   *     begins to count when its first gradient arrives
   */
  protected abstract void update(
      ParamGroup group, Tensor param, Tensor grad, Map<String, Tensor> state, long step);

  /** A zero tensor like {@code param} for state. */
  protected static Tensor zerosFor(Tensor param) {
    // The first step may be made inside a region, which the state must outlive.
    return Region.outside(() -> Tensors.zerosLike(param));
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
    List<Tensor> all = groups.stream().flatMap(g -> g.parameters().stream()).toList();
    if (index < 0 || index >= all.size() || !all.get(index).shape().equals(saved.shape())) {
      throw new IllegalArgumentException(
          "optimizer: state \""
              + key
              + "\" "
              + saved.spec()
              + " fits none of "
              + all.size()
              + " parameters\n  fix: build model and optimizer as they were when saved");
    }
    state.get(index).put(key.substring(dot + 1), saved.copy());
  }
}
