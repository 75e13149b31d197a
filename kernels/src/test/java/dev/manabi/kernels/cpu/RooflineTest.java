package dev.manabi.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class RooflineTest {
  /** Below are figures that boxed vectors give; above, what no machine does with a few threads. */
  @Test
  void bothLimitsArePlausible() {
    double flops = Roofline.fmaPeak() / Parallel.threads();
    assertTrue(flops > 2e9 && flops < 1e12, "FMA peak of a thread: " + flops);
    double bytes = Roofline.copyBandwidth();
    assertTrue(bytes > 2e8 && bytes < 2e12, "copy bandwidth: " + bytes);
  }
}
