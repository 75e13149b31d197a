package dev.manabi.tensor;

/**
 * What is known of a tensor without its values: how it lies in memory and its element type.
 *
 * @param layout shape, strides and offset
 * @param dtype element type
 */
public record TensorSpec(Layout layout, DType dtype) {
  /** A row-major spec. */
  public static TensorSpec of(Shape shape, DType dtype) {
    return new TensorSpec(Layout.contiguous(shape), dtype);
  }

  public Shape shape() {
    return layout.shape();
  }

  public int rank() {
    return layout.rank();
  }

  /** Size along {@code axis}; a negative axis counts from the end. */
  public int dim(int axis) {
    return layout.shape().dim(axis);
  }

  @Override
  public String toString() {
    return layout.shape() + " " + dtype;
  }
}
