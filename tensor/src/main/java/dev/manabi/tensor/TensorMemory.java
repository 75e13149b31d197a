package dev.manabi.tensor;

/** How long a tensor's memory lives, for programs that use regions. */
public sealed interface TensorMemory permits Tensor {
  /** This object, as the tensor it is. */
  Tensor self();

  /**
   * Moves this tensor's memory (and so that of its views) out of the region that owns it, into the
   * region around that or, if there is none, out of all regions. Does nothing outside of regions.
   */
  default Tensor keep() {
    self().storage().checkAlive(self().spec());
    self().storage().keep();
    return self();
  }

  /**
   * Gives this tensor's memory back now. Using the tensor or a view of it afterwards is an error;
   * releasing it again is not.
   */
  default void release() {
    self().storage().release();
  }

  /** True once this tensor's memory was given back. */
  default boolean isReleased() {
    return self().storage().isReleased();
  }
}
