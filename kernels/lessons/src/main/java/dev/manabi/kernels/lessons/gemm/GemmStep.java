package dev.manabi.kernels.lessons.gemm;

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

  /** The step's code. */
  public Gemm gemm() {
    return gemm;
  }
}
