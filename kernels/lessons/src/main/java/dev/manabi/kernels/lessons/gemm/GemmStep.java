package dev.manabi.kernels.lessons.gemm;

import dev.manabi.tensor.Tensor;
import java.lang.ref.Reference;

/** The steps, in the order in which to read them. */
public enum GemmStep {
  THREE_LOOPS(new Step01ThreeLoops()),
  LOOP_ORDER(new Step02LoopOrder()),
  VECTORS(new Step03Vectors()),
  REGISTER_TILE(new Step04RegisterTile()),
  PACKED_PANELS(new Step05PackedPanels()),
  THREADS(new Step06Threads()),
  SHIPPING(new Step07Shipping());

  private final Gemm gemm;

  GemmStep(Gemm gemm) {
    this.gemm = gemm;
  }

  /**
   * Computes {@code C = A B}.
   *
   * @param a f32, contiguous, [M, K]
   * @param b the same, [K, N]
   * @param c the same, [M, N]; overwritten
   * @throws IllegalArgumentException if they are anything else
   */
  public void multiply(Tensor a, Tensor b, Tensor c) {
    try {
      gemm.multiply(Matrix.of(a), Matrix.of(b), Matrix.of(c));
    } finally {
      // Steps work on addresses: nothing else keeps the memory from being collected.
      Reference.reachabilityFence(a);
      Reference.reachabilityFence(b);
      Reference.reachabilityFence(c);
    }
  }
}
