/** Tensors, the sealed ops, memory regions and the interpreter. */
module dev.manabi.tensor {
  requires static transitive org.jspecify;
}
