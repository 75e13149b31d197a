/** Reverse-mode automatic differentiation. */
module dev.manabi.autograd {
  requires transitive dev.manabi.tensor;

  exports dev.manabi.autograd;

  provides dev.manabi.tensor.run.AutogradEngine with
      dev.manabi.autograd.Engine;
}
