/** Modules, losses, optimizers, schedulers and models. */
module dev.manabi.nn {
  requires transitive dev.manabi.autograd;
  requires transitive dev.manabi.tensor;

  exports dev.manabi.nn;
  exports dev.manabi.nn.models;
  exports dev.manabi.nn.optim;
}
