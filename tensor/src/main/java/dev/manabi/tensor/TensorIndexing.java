package dev.manabi.tensor;

/** Methods of {@link Tensor}. */
public sealed interface TensorIndexing permits Tensor {
  /** This object, as the tensor it is. */
  Tensor self();
}
