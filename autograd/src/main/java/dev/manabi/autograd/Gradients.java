package dev.manabi.autograd;

import dev.manabi.tensor.AutogradMeta;
import dev.manabi.tensor.DType;
import dev.manabi.tensor.GradMode;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;

/** What is done to the gradients of parameters between backward and the optimizer. */
public final class Gradients {
  private Gradients() {}

  /**
   * Scales all gradients by one factor so that their Euclidean length, taken over all of them
   * together, is at most {@code maxNorm} (Pascanu et al., "On the difficulty of training recurrent
   * neural networks", 2013).
   *
   * @return the length before, a tensor of one element: reading it waits for the device, clipping
   *     does not
   */
  public static Tensor clipNorm(Iterable<Tensor> parameters, double maxNorm) {
    requireLimit("clipNorm", maxNorm);
    try (GradMode.Scope scope = GradMode.set(false)) {
      List<Tensor> grads = grads(parameters);
      Tensor norm = norm(grads);
      // The small number keeps a length of 0 from dividing by 0; it is PyTorch's.
      Tensor factor = norm.add(1e-6).rdiv(maxNorm).clamp(0, 1);
      for (Tensor grad : grads) {
        grad.mul_(factor);
      }
      return norm;
    }
  }

  /** The Euclidean length of all gradients together: a tensor of one element, at least f32. */
  public static Tensor norm(Iterable<Tensor> parameters) {
    try (GradMode.Scope scope = GradMode.set(false)) {
      return norm(grads(parameters));
    }
  }

  private static Tensor norm(List<Tensor> grads) {
    List<Tensor> squares = new ArrayList<>();
    for (Tensor grad : grads) {
      Tensor wide = grad.dtype().bytes() < 4 ? grad.to(DType.F32) : grad;
      squares.add(wide.square().sum());
    }
    return squares.isEmpty() ? Tensors.scalar(0) : Tensors.stack(squares, 0).sum().sqrt();
  }

  /** Limits every element of every gradient to {@code [-limit, limit]}. */
  public static void clipValue(Iterable<Tensor> parameters, double limit) {
    requireLimit("clipValue", limit);
    try (GradMode.Scope scope = GradMode.set(false)) {
      for (Tensor grad : grads(parameters)) {
        grad.clamp_(-limit, limit);
      }
    }
  }

  private static List<Tensor> grads(Iterable<Tensor> parameters) {
    List<Tensor> grads = new ArrayList<>();
    for (Tensor parameter : parameters) {
      Tensor grad = AutogradMeta.gradOf(parameter);
      if (grad != null) {
        grads.add(grad);
      }
    }
    return grads;
  }

  private static void requireLimit(String caller, double limit) {
    if (!(limit >= 0)) {
      throw new IllegalArgumentException(caller + ": the limit must not be negative: " + limit);
    }
  }
}
