package dev.manabi.autograd;

import dev.manabi.tensor.DType;
import dev.manabi.tensor.GradMode;
import dev.manabi.tensor.Layout;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.TensorSpec;
import dev.manabi.tensor.Tensors;
import dev.manabi.tensor.op.CreateOp.Distribution;
import dev.manabi.tensor.op.CreateOp.Random;
import dev.manabi.tensor.op.RandomKey;
import dev.manabi.tensor.run.Interpreter;
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

  /** The central difference quotient of one input along {@code direction}, in row-major order. */
  double slope(int input, double[] direction, double step) {
    Tensor x = leaves.get(input);
    Tensor move = Grads.reshape(Tensors.of(direction).to(x.device()), x.shape()).mul(step);
    Tensor start = x.detach().copy();
    List<double[]> above = outputsAt(x, start.add(move));
    List<double[]> below = outputsAt(x, start.sub(move));
    set(x, start);
    double sum = 0;
    for (int k = 0; k < above.size(); k++) {
      double[] u = weights.get(k).toDoubleArray();
      for (int i = 0; i < u.length; i++) {
        // The difference first: that of the two sums would lose more digits.
        sum += u[i] * (above.get(k)[i] - below.get(k)[i]);
      }
    }
    return sum / (2 * step);
  }

  private List<double[]> outputsAt(Tensor x, Tensor values) {
    set(x, values);
    return evaluate().stream().map(Tensor::toDoubleArray).toList();
  }

  private static void set(Tensor x, Tensor values) {
    try (GradMode.Scope scope = GradMode.set(false)) {
      x.copy_(values);
    }
  }
}
