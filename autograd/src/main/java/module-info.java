/** Reverse-mode automatic differentiation. */
module dev.manabi.autograd {
  requires transitive dev.manabi.tensor;

  exports dev.manabi.autograd;
}
