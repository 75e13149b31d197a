package dev.manabi.bench.torch;

import dev.manabi.kernels.cases.Tolerance;
import dev.manabi.tensor.Tensor;
import java.util.Arrays;

/** What differs between a tensor of the engine and its peer in libtorch. */
final class Compared {
  /** How near a number of ours must be to libtorch's. */
  @FunctionalInterface
  private interface Nearness {
    boolean accepts(double torch, double ours);
  }

  private Compared() {}

  /** Empty if shape, dtype and, by {@code tolerance}, all values agree. */
  static String difference(
      String what, org.bytedeco.pytorch.Tensor torch, Tensor ours, Tolerance tolerance) {
    // libtorch's vector code does not keep the sign of zero (in max, min, relu, clamp, sign).
    return difference(what, torch, ours, (x, y) -> x == y || tolerance.accepts(ours.dtype(), x, y));
  }

  /**
   * Empty if shape and dtype agree, and values to {@code relative} times the largest magnitude of
   * the tensor (or 1): what a sum can lose where its terms cancel.
   */
  static String difference(
      String what, org.bytedeco.pytorch.Tensor torch, Tensor ours, double relative) {
    double largest =
        Arrays.stream(Torch.doubles(torch)).map(Math::abs).filter(Double::isFinite).max().orElse(0);
    double bound = relative * Math.max(1, largest);
    return difference(
        what, torch, ours, (x, y) -> Double.compare(x, y) == 0 || Math.abs(x - y) <= bound);
  }

  private static String difference(
      String what, org.bytedeco.pytorch.Tensor torch, Tensor ours, Nearness near) {
    long[] shape = Torch.shape(torch);
    if (!Arrays.equals(shape, Peers.longs(ours.shape()))
        || torch.scalar_type().intern() != Peers.type(ours.dtype())) {
      return "%s is %s, in libtorch %s %s"
          .formatted(what, ours.spec(), Arrays.toString(shape), torch.scalar_type().intern());
    }
    if (!ours.dtype().isFloating()) {
      return integers(what, shape, Torch.longs(torch), ours.toLongArray());
    }
    double[] expected = Torch.doubles(torch);
    double[] actual = ours.toDoubleArray();
    int wrong = 0;
    int first = -1;
    for (int i = 0; i < actual.length; i++) {
      if (!near.accepts(expected[i], actual[i])) {
        first = wrong++ == 0 ? i : first;
      }
    }
    return wrong == 0
        ? ""
        : describe(what, shape, first, actual[first], expected[first])
            + "; %d of %d differ".formatted(wrong, actual.length);
  }

  private static String integers(String what, long[] shape, long[] expected, long[] actual) {
    int first = Arrays.mismatch(expected, actual);
    return first < 0 ? "" : describe(what, shape, first, actual[first], expected[first]);
  }

  private static String describe(String what, long[] shape, int at, Object ours, Object torch) {
    long[] index = new long[shape.length];
    long rest = at;
    for (int axis = shape.length - 1; axis >= 0; axis--) {
      index[axis] = rest % shape[axis];
      rest /= shape[axis];
    }
    return "%s at %s is %s, in libtorch %s".formatted(what, Arrays.toString(index), ours, torch);
  }
}
