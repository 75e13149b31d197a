package dev.manabi.autograd;

import dev.manabi.tensor.GradMode;
import dev.manabi.tensor.Ints;
import dev.manabi.tensor.Shape;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.TensorSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Compares gradients with finite differences, in f64.
 *
 * <p>All outputs are projected on random numbers u, so that there is one value {@code L(x) = sum u
 * f(x)} to differentiate. Then for every single element of every floating input the gradient that
 * backward gives is compared with {@code (L(x + step) - L(x - step)) / (2 step)}, whose own error
 * is of the order of {@code step^2}. Inputs with many elements are moved along random directions
 * instead. For second order the function checked is the gradient itself, as a function of the
 * inputs and of u.
 *
 * <p>Integer and bool inputs are passed through. The function may draw random numbers: it is given
 * the same ones every time.
 *
 * @param step how far an element is moved
 * @param rtol tolerated difference, relative to the larger of both
 * @param atol tolerated difference, absolute
 * @param limit up to how many elements of an input are moved one by one; a larger input is moved
 *     along so many random directions
 */
public record GradCheck(double step, double rtol, double atol, int limit) {
  /**
   * Steps of 1e-5; a relative error of 1e-6 or an absolute one of 1e-8 is tolerated; at most 100
   * elements one by one.
   */
  public static final GradCheck STANDARD = new GradCheck(1e-5, 1e-6, 1e-8, 100);

  /** Checks the first derivative; throws an {@link AssertionError} if it is wrong. */
  public static void check(UnaryOperator<Tensor> fn, Tensor x) {
    STANDARD.first(in -> List.of(fn.apply(in.getFirst())), List.of(x)).orThrow();
  }

  /** Checks the first derivatives; throws an {@link AssertionError} if one is wrong. */
  public static void check(BinaryOperator<Tensor> fn, Tensor a, Tensor b) {
    STANDARD.first(in -> List.of(fn.apply(in.get(0), in.get(1))), List.of(a, b)).orThrow();
  }

  /** Checks the first and the second derivative. */
  public static void checkTwice(UnaryOperator<Tensor> fn, Tensor x) {
    check(fn, x);
    STANDARD.second(in -> List.of(fn.apply(in.getFirst())), List.of(x)).orThrow();
  }

  /** Checks the first and the second derivatives. */
  public static void checkTwice(BinaryOperator<Tensor> fn, Tensor a, Tensor b) {
    check(fn, a, b);
    STANDARD.second(in -> List.of(fn.apply(in.get(0), in.get(1))), List.of(a, b)).orThrow();
  }

  /**
   * One comparison.
   *
   * @param input which input was moved
   * @param spec its shape and dtype
   * @param along which of its elements, or in which direction
   * @param analytic the slope that backward gives
   * @param numeric the slope that the difference quotient gives
   */
  public record Entry(int input, TensorSpec spec, String along, double analytic, double numeric) {
    @Override
    public String toString() {
      return "gradient of input %d, %s, along %s: backward gives %s, finite differences give %s"
          .formatted(input, spec, along, analytic, numeric);
    }
  }

  /**
   * What a check found.
   *
   * @param compared how many slopes were compared
   * @param failed how many of them differ by more than is tolerated
   * @param worst the one with the largest difference, as a share of the tolerated one
   */
  public record Report(long compared, long failed, @Nullable Entry worst) {
    public boolean passed() {
      return failed == 0;
    }

    /** Throws an {@link AssertionError} that describes the worst, unless all passed. */
    public void orThrow() {
      if (!passed()) {
        throw new AssertionError(toString());
      }
    }

    @Override
    public String toString() {
      return failed + " of " + compared + " gradients are wrong; worst: " + worst;
    }
  }

  /**
   * Compares the first derivatives of {@code fn} at {@code inputs}.
   *
   * @throws IllegalArgumentException if a floating input is not f64
   */
  public Report first(Function<List<Tensor>, List<Tensor>> fn, List<Tensor> inputs) {
    try (GradMode.Scope scope = GradMode.set(true)) {
      Projection projection = Projection.of(fn, inputs);
      List<@Nullable Tensor> gradients = projection.gradients();
      List<Entry> entries = new ArrayList<>();
      for (int i = 0; i < inputs.size(); i++) {
        if (inputs.get(i).dtype().isFloating()) {
          entries.addAll(compare(projection, i, gradients.get(i)));
        }
      }
      return report(entries);
    }
  }

  private List<Entry> compare(Projection projection, int input, @Nullable Tensor gradient) {
    TensorSpec spec = projection.leaf(input).spec();
    int n = Math.toIntExact(spec.shape().numel());
    double[] slopes = gradient == null ? new double[n] : gradient.toDoubleArray();
    SplittableRandom random = new SplittableRandom(input);
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < Math.min(n, limit); i++) {
      double[] direction = n <= limit ? axis(n, i) : normal(n, random);
      String along = n <= limit ? "element " + index(spec.shape(), i) : "random direction " + i;
      double analytic = 0;
      for (int k = 0; k < n; k++) {
        // Not the product alone, which would turn an infinite slope elsewhere into NaN.
        analytic += direction[k] == 0 ? 0 : slopes[k] * direction[k];
      }
      double numeric = projection.slope(input, direction, step);
      entries.add(new Entry(input, spec, along, analytic, numeric));
    }
    return entries;
  }

  private static double[] axis(int n, int i) {
    double[] direction = new double[n];
    direction[i] = 1;
    return direction;
  }

  private static double[] normal(int n, SplittableRandom random) {
    double[] direction = new double[n];
    Arrays.setAll(direction, i -> random.nextGaussian());
    return direction;
  }

  private static Ints index(Shape shape, int position) {
    int[] index = new int[shape.rank()];
    int rest = position;
    for (int i = index.length - 1; i >= 0; i--) {
      index[i] = rest % shape.dim(i);
      rest /= shape.dim(i);
    }
    return Ints.of(index);
  }

  private Report report(List<Entry> entries) {
    // Not "error > 1", which would let NaN pass.
    long failed = entries.stream().filter(e -> !(error(e) <= 1)).count();
    Entry worst = entries.stream().max(Comparator.comparingDouble(this::error)).orElse(null);
    return new Report(entries.size(), failed, worst);
  }

  /** The difference as a share of the tolerated one. */
  private double error(Entry e) {
    double size = Math.max(Math.abs(e.analytic), Math.abs(e.numeric));
    return Math.abs(e.analytic - e.numeric) / (atol + rtol * size);
  }

  /** Compares the second derivatives of {@code fn} at {@code inputs}. */
  public Report second(Function<List<Tensor>, List<Tensor>> fn, List<Tensor> inputs) {
    int n = inputs.size();
    List<Tensor> all = new ArrayList<>(inputs);
    all.addAll(Projection.of(fn, inputs).weights());
    return first(in -> gradients(fn, in.subList(0, n), in.subList(n, in.size())), all);
  }

  /** The gradients of {@code sum weights * fn(inputs)}, as tensors to be differentiated. */
  private static List<Tensor> gradients(
      Function<List<Tensor>, List<Tensor>> fn, List<Tensor> inputs, List<Tensor> weights) {
    return Projection.gradients(fn.apply(inputs), inputs, weights, true).stream()
        .filter(Objects::nonNull)
        .toList();
  }
}
