package dev.manabi.tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What the autograd engine keeps on a tensor that takes part in gradients. For the engine; users
 * call the methods of {@link Tensor}.
 */
public final class AutogradMeta {
  /** True for a leaf whose gradient is wanted. */
  public boolean requiresGrad;

  /** True for a tensor that is not a leaf, but keeps its gradient all the same. */
  public boolean retainsGrad;

  /** The node that made this tensor, or {@code null} for a leaf. */
  public @Nullable GradFn gradFn;

  /** Which output of {@link #gradFn} this tensor is. */
  public int outputIndex;

  /** True for a tensor that a recorded view op made. */
  public boolean isView;

  /** The storage's graph version when this tensor was recorded. */
  public int graphVersion;

  /** Called with the gradient of this tensor; each may return another one, or {@code null}. */
  public final List<UnaryOperator<Tensor>> hooks = new ArrayList<>(0);

  private @Nullable Tensor grad;

  /** True while nobody but the engine can refer to the gradient's memory. */
  private boolean isGradOurs;

  /** The accumulated gradient, for a caller that does not keep it. */
  public @Nullable Tensor grad() {
    return grad;
  }

  /** The gradient that {@code tensor} has accumulated, for a caller that does not keep it. */
  public static @Nullable Tensor gradOf(Tensor tensor) {
    AutogradMeta meta = tensor.meta();
    return meta == null ? null : meta.grad;
  }

  /** The accumulated gradient, for anybody: from now on the garbage collector frees it. */
  public @Nullable Tensor handOutGrad() {
    isGradOurs = false;
    return grad;
  }

  /** Keeps a gradient that others may refer to, or none, in place of the one before. */
  public void setGrad(@Nullable Tensor gradient) {
    replaceGrad(gradient, false);
  }

  /** Keeps a gradient whose memory nobody else refers to, in place of the one before. */
  public void setOwnGrad(Tensor gradient) {
    replaceGrad(gradient, true);
  }

  private void replaceGrad(@Nullable Tensor gradient, boolean isOurs) {
    Tensor before = grad;
    // Waiting for the collector, old gradients would push the data out of the caches.
    if (before != null && isGradOurs && before != gradient) {
      before.storage().release();
    }
    grad = gradient;
    isGradOurs = isOurs;
  }
}
