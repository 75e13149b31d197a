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

  /** The accumulated gradient. */
  public @Nullable Tensor grad;

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
}
