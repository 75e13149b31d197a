package dev.manabi.autograd;

import dev.manabi.tensor.GradMode;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.Tensors;
import dev.manabi.tensor.memory.Storage;
import dev.manabi.tensor.run.Interpreter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Derivatives as values, checkpointing, and tools to look into the graph. */
public final class Autograd {
  private Autograd() {}

  /**
   * Gradients of {@code output}, a tensor of one element, with respect to {@code inputs}. Nothing
   * is added to the {@code grad} of any leaf.
   *
   * @throws IllegalStateException if an input does not require grad, or {@code output} was not
   *     computed from it
   */
  public static List<Tensor> grad(Tensor output, Tensor... inputs) {
    return allReached(grad(List.of(output), List.of(inputs), null, false, false));
  }

  /** As {@link #grad(Tensor, Tensor...)}, but the gradients can be differentiated again. */
  public static List<Tensor> gradWithGraph(Tensor output, Tensor... inputs) {
    return allReached(grad(List.of(output), List.of(inputs), null, true, true));
  }

  /**
   * The general form: the gradients of {@code sum_i outputs[i] * gradOutputs[i]}.
   *
   * @param gradOutputs what flows into each output; {@code null} for ones, allowed if every output
   *     has one element
   * @param retainGraph keeps saved values, so that backward can run again
   * @param createGraph records the computation, so that the gradients can be differentiated
   * @return one gradient per input; {@code null} for one that no output was computed from
   */
  public static List<@Nullable Tensor> grad(
      List<Tensor> outputs,
      List<Tensor> inputs,
      @Nullable List<Tensor> gradOutputs,
      boolean retainGraph,
      boolean createGraph) {
    return Interpreter.autograd().grad(outputs, inputs, gradOutputs, retainGraph, createGraph);
  }

  private static List<Tensor> allReached(List<@Nullable Tensor> gradients) {
    List<Tensor> reached = new ArrayList<>();
    for (Tensor gradient : gradients) {
      if (gradient == null) {
        throw new IllegalStateException(
            "grad: the output was not computed from input "
                + reached.size()
                + "\n  fix: leave it out, or call the general form, which gives null for it");
      }
      reached.add(gradient);
    }
    return reached;
  }

  /**
   * The Jacobian of {@code fn} at {@code x}, of shape {@code [y.shape.., x.shape..]}: one backward
   * pass per element of {@code y = fn(x)}.
   */
  public static Tensor jacobian(UnaryOperator<Tensor> fn, Tensor x) {
    try (GradMode.Scope scope = GradMode.set(true)) {
      Tensor at = leaf(x);
      Tensor y = fn.apply(at);
      int count = Math.toIntExact(y.numel());
      List<Tensor> rows = new ArrayList<>();
      for (int i = 0; i < count && y.requiresGrad(); i++) {
        Tensor seed = Grads.range(count, y).eq(i).to(y.dtype());
        List<Tensor> seeds = List.of(Grads.reshape(seed, y.shape()));
        Tensor row = grad(List.of(y), List.of(at), seeds, true, false).getFirst();
        rows.add(row == null ? Tensors.zerosLike(at) : row);
      }
      int[] shape = concat(y.shape().toArray(), x.shape().toArray());
      return rows.isEmpty()
          ? Tensors.zeros(x.dtype(), shape)
          : Tensors.stack(rows, 0).reshape(shape);
    }
  }

  private static int[] concat(int[] a, int[] b) {
    return IntStream.concat(IntStream.of(a), IntStream.of(b)).toArray();
  }

  /** The same values as the start of a graph of their own. */
  private static Tensor leaf(Tensor x) {
    return x.detach().requiresGrad(true);
  }

  /** The matrix of second derivatives of {@code fn}, which gives one element, at {@code x}. */
  public static Tensor hessian(UnaryOperator<Tensor> fn, Tensor x) {
    return jacobian(in -> gradWithGraph(fn.apply(in), in).getFirst(), x);
  }

  /**
   * The product of the second derivatives of {@code fn}, which gives one element, at {@code x} with
   * {@code v}, without forming the matrix (Pearlmutter, "Fast Exact Multiplication by the Hessian",
   * 1994).
   */
  public static Tensor hvp(UnaryOperator<Tensor> fn, Tensor x, Tensor v) {
    try (GradMode.Scope scope = GradMode.set(true)) {
      Tensor at = leaf(x);
      Tensor gradient = gradWithGraph(fn.apply(at), at).getFirst();
      return grad(gradient.mul(v).sum(), at).getFirst();
    }
  }

  /**
   * Computes {@code fn(input)} without keeping what its backward needs: backward computes it a
   * second time instead. Values and gradients are bit-equal to those of the plain call, dropout
   * included. The function must give the same result whenever it runs; tensors that it refers to,
   * such as parameters, get their gradients too. What it computes besides its result is released
   * when it ends, like in a {@link dev.manabi.tensor.memory.Region}.
   */
  public static Tensor checkpoint(UnaryOperator<Tensor> fn, Tensor input) {
    return checkpoint(in -> List.of(fn.apply(in.getFirst())), List.of(input)).getFirst();
  }

  /** As {@link #checkpoint(UnaryOperator, Tensor)}, with several inputs and outputs. */
  public static List<Tensor> checkpoint(
      Function<List<Tensor>, List<Tensor>> fn, List<Tensor> inputs) {
    return Checkpoint.run(fn, inputs);
  }

  /**
   * Until the scope is closed, ops on this thread remember the line that called them, and backward
   * throws an {@link ArithmeticException} that names op and line as soon as a gradient is NaN or
   * infinite. Slow: for finding errors only.
   */
  public static GradMode.Scope detectAnomaly() {
    return Anomaly.open();
  }

  /**
   * How many bytes the graph behind {@code root} keeps in memory for backward. Memory that several
   * nodes keep, and that of parameters, counts once.
   */
  public static long savedBytes(Tensor root) {
    Set<Storage> storages = Collections.newSetFromMap(new IdentityHashMap<>());
    for (Node node : Reach.nodes(List.of(root))) {
      SavedValues kept = node.kept();
      if (kept != null) {
        kept.forEach(tensor -> storages.add(tensor.storage()));
      }
    }
    return storages.stream().mapToLong(Storage::bytes).sum();
  }
}
