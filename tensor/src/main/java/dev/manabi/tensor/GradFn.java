package dev.manabi.tensor;

/** The node of the gradient graph that made a tensor; implemented by the autograd engine. */
public interface GradFn {
  /** The op's name, such as {@code conv2d}. */
  String name();
}
