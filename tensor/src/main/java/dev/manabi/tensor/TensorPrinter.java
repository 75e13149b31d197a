package dev.manabi.tensor;

/** Prints tensors as people of this field expect. */
final class TensorPrinter {
  private TensorPrinter() {}

  static String print(Tensor t) {
    return "tensor(" + t.spec() + ")";
  }
}
