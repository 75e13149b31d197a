package dev.manabi.nn;

import dev.manabi.tensor.DType;
import dev.manabi.tensor.Device;
import dev.manabi.tensor.GradMode;
import dev.manabi.tensor.Hook;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.error.ShapeException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A layer or a whole network: a function on tensors with named parameters, buffers and child
 * modules. Subclasses register those in field initialisers and write {@link #forward}:
 *
 * <pre>{@code
 * final class Net extends Module {
 *   private final Linear fc1 = child("fc1", new Linear(784, 128));
 *   private final Linear fc2 = child("fc2", new Linear(128, 10));
 *
 *   public Tensor forward(Tensor x) {
 *     return fc2.apply(fc1.relu(x));
 *   }
 * }
 * }</pre>
 *
 * <p>Callers use {@link #apply}, which also runs hooks and adds the layer's path to shape errors.
 */
public abstract class Module implements UnaryOperator<Tensor> {
  private final Map<String, Module> children = new LinkedHashMap<>();
  private final Map<String, Tensor> parameters = new LinkedHashMap<>();
  private final Map<String, Tensor> buffers = new LinkedHashMap<>();
  private final List<ForwardHook> forwardHooks = new ArrayList<>(0);
  private boolean training = true;
  private String path = "";

  /** Called after a module's forward; may replace the output. */
  @FunctionalInterface
  public interface ForwardHook {
    /** Returns the output to go on with, or {@code null} to leave it. */
    @Nullable Tensor onForward(Module module, Tensor input, Tensor output);
  }

  /** Computes the output. Call {@link #apply} rather than this. */
  public abstract Tensor forward(Tensor x);

  /** Runs {@link #forward} and the hooks. */
  @Override
  public final Tensor apply(Tensor x) {
    Tensor y = located(() -> forward(x));
    for (ForwardHook hook : List.copyOf(forwardHooks)) {
      Tensor replaced = hook.onForward(this, x, y);
      y = replaced == null ? y : replaced;
    }
    return y;
  }

  /** Adds this module's path to what {@code computation} says of shapes. */
  final Tensor located(Supplier<Tensor> computation) {
    try {
      return computation.get();
    } catch (ShapeException e) {
      throw e.hasLayer() || path.isEmpty() ? e : e.in(path);
    }
  }

  /** Whether somebody looks at the output of {@link #apply}, which must then be computed. */
  final boolean hasHooks() {
    return !forwardHooks.isEmpty();
  }

  /** Calls {@code hook} after every {@link #apply}. */
  public Hook registerForwardHook(ForwardHook hook) {
    forwardHooks.add(hook);
    return () -> forwardHooks.remove(hook);
  }

  /** Calls {@code hook} with the gradient of this module's output in every backward pass. */
  public Hook registerBackwardHook(UnaryOperator<@Nullable Tensor> hook) {
    return registerForwardHook(
        (module, input, output) -> {
          if (output.requiresGrad()) {
            output.registerHook(hook);
          }
          return null;
        });
  }

  /** Registers a child and returns it. */
  protected final <M extends Module> M child(String name, M module) {
    children.put(checkName(name), module);
    Module added = module;
    added.setPath(path.isEmpty() ? name : path + "." + name);
    return module;
  }

  /** Registers a trainable tensor and returns it. */
  protected final Tensor parameter(String name, Tensor tensor) {
    parameters.put(checkName(name), tensor.requiresGrad(true));
    return tensor;
  }

  /** Registers a tensor that is saved with the model but not trained, and returns it. */
  protected final Tensor buffer(String name, Tensor tensor) {
    buffers.put(checkName(name), tensor);
    return tensor;
  }

  private String checkName(String name) {
    boolean taken =
        children.containsKey(name) || parameters.containsKey(name) || buffers.containsKey(name);
    if (taken || name.isEmpty() || name.contains(".")) {
      throw new IllegalArgumentException(
          getClass().getSimpleName()
              + ": cannot register \""
              + name
              + "\"\n  fix: use a name that is new, not empty and without a dot");
    }
    return name;
  }

  private void setPath(String newPath) {
    path = newPath;
    children.forEach((name, module) -> module.setPath(newPath + "." + name));
  }

  /**
   * Where this module sits in its model, such as {@code features.3}; empty for the model itself.
   */
  public final String path() {
    return path;
  }

  /** Direct children by name, in the order of registration. */
  public final Map<String, Module> children() {
    return Collections.unmodifiableMap(children);
  }

  /** This module (under the empty name) and all below it, by path, depth first. */
  public final Map<String, Module> namedModules() {
    Map<String, Module> all = new LinkedHashMap<>();
    collectModules("", all);
    return all;
  }

  private void collectModules(String prefix, Map<String, Module> into) {
    into.put(prefix, this);
    children.forEach(
        (name, m) -> m.collectModules(prefix.isEmpty() ? name : prefix + "." + name, into));
  }

  /** All trainable tensors by path. */
  public final Map<String, Tensor> namedParameters() {
    return collect(m -> m.parameters);
  }

  /** All tensors that are saved but not trained, by path. */
  public final Map<String, Tensor> namedBuffers() {
    return collect(m -> m.buffers);
  }

  private Map<String, Tensor> collect(java.util.function.Function<Module, Map<String, Tensor>> of) {
    Map<String, Tensor> all = new LinkedHashMap<>();
    namedModules()
        .forEach(
            (path, module) ->
                of.apply(module)
                    .forEach((n, t) -> all.put(path.isEmpty() ? n : path + "." + n, t)));
    return all;
  }

  /** All trainable tensors. */
  public final List<Tensor> parameters() {
    return List.copyOf(namedParameters().values());
  }

  /** Number of trainable numbers, frozen ones included. */
  public final long parameterCount() {
    return parameters().stream().mapToLong(Tensor::numel).sum();
  }

  /** Switches this module and all below it to training behaviour. */
  public final void train() {
    train(true);
  }

  /** Switches this module and all below it to evaluation behaviour. */
  public final void eval() {
    train(false);
  }

  /** Sets training or evaluation behaviour, here and below. */
  public final void train(boolean on) {
    namedModules().values().forEach(m -> m.training = on);
  }

  /** True in training behaviour, the state a module begins in. */
  public final boolean isTraining() {
    return training;
  }

  /** Says for every parameter whether its gradient is wanted: {@code false} freezes this module. */
  public final void requiresGrad(boolean wanted) {
    parameters().forEach(p -> p.requiresGrad(wanted));
  }

  /** Forgets the gradients of all parameters. */
  public final void zeroGrad() {
    parameters().forEach(p -> p.setGrad(null));
  }

  /** Calls {@code action} with this module and all below it. */
  public final void forEachModule(Consumer<Module> action) {
    namedModules().values().forEach(action);
  }

  /** Moves all parameters and buffers to {@code device}. */
  public final Module to(Device device) {
    return convert(t -> t.to(device));
  }

  /** Converts all floating parameters and buffers to {@code dtype}. */
  public final Module to(DType dtype) {
    return convert(t -> t.dtype().isFloating() ? t.to(dtype) : t);
  }

  private Module convert(UnaryOperator<Tensor> conversion) {
    GradMode.noGrad(
        () -> {
          namedParameters().values().forEach(t -> t.setData(conversion.apply(t)));
          namedBuffers().values().forEach(t -> t.setData(conversion.apply(t)));
        });
    return this;
  }

  /** Parameters and buffers by path: the live tensors, cut off from the graph. */
  public final Map<String, Tensor> stateDict() {
    Map<String, Tensor> state = new LinkedHashMap<>();
    namedModules()
        .forEach(
            (path, module) -> {
              String prefix = path.isEmpty() ? "" : path + ".";
              module.parameters.forEach((n, t) -> state.put(prefix + n, t.detach()));
              module.buffers.forEach((n, t) -> state.put(prefix + n, t.detach()));
            });
    return state;
  }

  /**
   * Copies {@code state} into the parameters and buffers. Nothing is changed unless all of it fits.
   *
   * @throws IllegalArgumentException if names are missing or unknown, or a shape differs
   */
  public final void loadStateDict(Map<String, Tensor> state) {
    StateDicts.copyInto(getClass().getSimpleName(), state, stateDict());
  }

  /** What stands between the brackets when this module is printed. */
  protected String describe() {
    return "";
  }

  /** The module tree, as PyTorch prints it. */
  @Override
  public String toString() {
    String name = getClass().getSimpleName() + "(" + describe();
    if (children.isEmpty()) {
      return name + ")";
    }
    StringBuilder text = new StringBuilder(name).append('\n');
    children.forEach(
        (key, m) ->
            text.append("  (")
                .append(key)
                .append("): ")
                .append(m.toString().replace("\n", "\n  "))
                .append('\n'));
    return text.append(')').toString();
  }
}
