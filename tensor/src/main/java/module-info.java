/** Tensors, the sealed ops, memory regions and the interpreter. */
module dev.manabi.tensor {
  requires jdk.management;
  requires static transitive org.jspecify;

  exports dev.manabi.tensor;
  exports dev.manabi.tensor.error;
  exports dev.manabi.tensor.memory;
  exports dev.manabi.tensor.op;
  exports dev.manabi.tensor.run;

  uses dev.manabi.tensor.run.AutogradEngine;
  uses dev.manabi.tensor.run.Backend;
}
