package dev.manabi.bench;

import dev.manabi.bench.torch.Torch;
import dev.manabi.tensor.Tensor;

/** Refuses to time two computations of different results. */
public final class Agreement {
  private Agreement() {}

  /**
   * Compares two tensors.
   *
   * @param tolerance the largest difference allowed, as a share of the largest value
   * @return the largest difference, as such a share
   * @throws IllegalStateException if they differ
   */
  public static double check(
      String what, Tensor ours, org.bytedeco.pytorch.Tensor theirs, double tolerance) {
    return check(what, ours.toFloatArray(), Torch.floats(theirs), tolerance, "libtorch");
  }

  /**
   * As above, of values.
   *
   * @param peer who computed {@code theirs}, for the message
   */
  public static double check(
      String what, float[] ours, float[] theirs, double tolerance, String peer) {
    if (ours.length != theirs.length) {
      throw new IllegalStateException(
          what + ": manabi gives " + ours.length + " values, " + peer + " " + theirs.length);
    }
    double largest = 0;
    double difference = 0;
    for (int i = 0; i < ours.length; i++) {
      largest = Math.max(largest, Math.abs(theirs[i]));
      difference = Math.max(difference, Math.abs((double) ours[i] - theirs[i]));
    }
    // Written so that NaN, which is never within a tolerance, is refused.
    if (!(difference <= tolerance * largest)) {
      throw new IllegalStateException(
          what
              + ": manabi and "
              + peer
              + " differ by "
              + difference
              + ", where the largest value is "
              + largest);
    }
    return largest == 0 ? 0 : difference / largest;
  }
}
