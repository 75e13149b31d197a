package dev.manabi.autograd;

import dev.manabi.tensor.DType;
import dev.manabi.tensor.Ints;
import dev.manabi.tensor.Layout;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.TensorSpec;
import dev.manabi.tensor.op.CreateOp.Distribution;
import dev.manabi.tensor.op.CreateOp.Random;
import dev.manabi.tensor.op.RandomKey;
import dev.manabi.tensor.run.Interpreter;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A function of several tensors reduced to one number: {@code L(x) = sum_k weights[k] * fn(x)[k]},
 * with random weights for the floating outputs.
 */
final class Projection {
  private static final long SEED = 20;

  private final Function<List<Tensor>, List<Tensor>> fn;
  private final List<Tensor> leaves;
  private final RandomState random;
  private final List<Tensor> weights = new ArrayList<>();

  private Projection(Function<List<Tensor>, List<Tensor>> fn, List<Tensor> leaves) {
    this.fn = fn;
    this.leaves = leaves;
    this.random = RandomState.of(leaves);
    for (Tensor output : evaluate()) {
      weights.add(weight(output, weights.size()));
    }
  }

  static Projection of(Function<List<Tensor>, List<Tensor>> fn, List<Tensor> inputs) {
    return new Projection(fn, inputs.stream().map(Projection::leaf).toList());
  }

  /** A copy whose elements can be moved without touching the caller's. */
  private static Tensor leaf(Tensor x) {
    if (!x.dtype().isFloating()) {
      return x;
    }
    if (x.dtype() != DType.F64) {
      throw new IllegalArgumentException(
          "GradCheck: finite differences need f64, found " + x.spec() + "\n  fix: x.to(DType.F64)");
    }
    Layout layout = x.layout().denseLike(x.shape());
    Tensor copy = Interpreter.allocate(new TensorSpec(layout, x.dtype()), x.device());
    return copy.copy_(x.detach()).requiresGrad(true);
  }

  private static Tensor weight(Tensor output, int stream) {
    var random =
        new Random(
            output.shape(), DType.F64, Distribution.NORMAL, 0, 1, new RandomKey(SEED, stream));
    return Interpreter.runOn(output.device(), random)[0];
  }

  Tensor leaf(int input) {
    return leaves.get(input);
  }

  List<Tensor> weights() {
    return weights;
  }

  /** The floating outputs of the function, which draws the same random numbers every time. */
  private List<Tensor> evaluate() {
    List<Tensor> outputs = new ArrayList<>();
    random.replay(() -> outputs.addAll(fn.apply(leaves)));
    return floating(outputs);
  }

  private static List<Tensor> floating(List<Tensor> tensors) {
    return tensors.stream().filter(t -> t.dtype().isFloating()).toList();
  }

  /** What backward says the gradients are: one per input, {@code null} where none flows. */
  List<@Nullable Tensor> gradients() {
    return gradients(evaluate(), leaves, weights, false);
  }

  /** Backward from {@code outputs}, of which those that are floating have a weight. */
  static List<@Nullable Tensor> gradients(
      List<Tensor> outputs, List<Tensor> inputs, List<Tensor> weights, boolean createGraph) {
    List<Tensor> floating = floating(outputs);
    List<Tensor> tracked = new ArrayList<>();
    List<Tensor> seeds = new ArrayList<>();
    for (int i = 0; i < floating.size(); i++) {
      if (floating.get(i).requiresGrad()) {
        tracked.add(floating.get(i));
        seeds.add(weights.get(i));
      }
    }
    List<@Nullable Tensor> found =
        Autograd.grad(tracked, floating(inputs), seeds, createGraph, createGraph);
    List<@Nullable Tensor> gradients = new ArrayList<>();
    int next = 0;
    for (Tensor input : inputs) {
      gradients.add(input.dtype().isFloating() ? found.get(next++) : null);
    }
    return gradients;
  }

  /** The central difference quotient for one element of one input. */
  double slope(int input, Ints index, double step) {
    Tensor x = leaves.get(input);
    Layout layout = x.layout();
    long at = layout.offset();
    for (int i = 0; i < index.size(); i++) {
      at += index.get(i) * layout.stride(i);
    }
    double value = x.segment().getAtIndex(ValueLayout.JAVA_DOUBLE, at);
    double high = value + step;
    double low = value - step;
    x.segment().setAtIndex(ValueLayout.JAVA_DOUBLE, at, high);
    double above = value();
    x.segment().setAtIndex(ValueLayout.JAVA_DOUBLE, at, low);
    double below = value();
    x.segment().setAtIndex(ValueLayout.JAVA_DOUBLE, at, value);
    return (above - below) / (high - low);
  }

  private double value() {
    List<Tensor> outputs = evaluate();
    double sum = 0;
    for (int k = 0; k < outputs.size(); k++) {
      double[] y = outputs.get(k).toDoubleArray();
      double[] u = weights.get(k).toDoubleArray();
      for (int i = 0; i < y.length; i++) {
        sum += u[i] * y[i];
      }
    }
    return sum;
  }
}
