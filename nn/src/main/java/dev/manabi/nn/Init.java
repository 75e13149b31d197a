package dev.manabi.nn;

import dev.manabi.tensor.GradMode;
import dev.manabi.tensor.Tensor;

/** Initial values of parameters, written in place. Fan is counted as PyTorch counts it. */
public final class Init {
  private Init() {}

  /** Inputs that feed one output unit: {@code shape[1] * kernel size}. */
  public static long fanIn(Tensor weight) {
    return weight.size(1) * kernelSize(weight);
  }

  /** Outputs that one input unit feeds: {@code shape[0] * kernel size}. */
  public static long fanOut(Tensor weight) {
    return weight.size(0) * kernelSize(weight);
  }

  private static long kernelSize(Tensor weight) {
    long n = 1;
    for (int i = 2; i < weight.rank(); i++) {
      n *= weight.size(i);
    }
    return n;
  }

  /**
   * Uniform on {@code +-sqrt(6 / ((1 + a^2) * fanIn))} (He et al. 2015). PyTorch's layers take
   * {@code a = sqrt(5)}, which makes it {@code +-1 / sqrt(fanIn)}.
   */
  public static Tensor kaimingUniform(Tensor weight, double a) {
    return uniform(weight, Math.sqrt(6 / ((1 + a * a) * fanIn(weight))));
  }

  /** Normal with variance {@code 2 / fanOut}, as torchvision starts its convolutions. */
  public static Tensor kaimingNormalFanOut(Tensor weight) {
    return normal(weight, Math.sqrt(2.0 / fanOut(weight)));
  }

  /** Uniform on {@code +-sqrt(6 / (fanIn + fanOut))} (Glorot and Bengio 2010). */
  public static Tensor xavierUniform(Tensor weight) {
    return uniform(weight, Math.sqrt(6.0 / (fanIn(weight) + fanOut(weight))));
  }

  /** Uniform on {@code [-bound, bound)}. */
  public static Tensor uniform(Tensor weight, double bound) {
    return GradMode.noGrad(() -> weight.uniform_(-bound, bound));
  }

  /** Normal with mean 0. */
  public static Tensor normal(Tensor weight, double std) {
    return GradMode.noGrad(() -> weight.normal_(0, std));
  }

  /** A constant. */
  public static Tensor constant(Tensor weight, double value) {
    return GradMode.noGrad(() -> weight.fill_(value));
  }
}
