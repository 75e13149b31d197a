package dev.manabi.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import jdk.incubator.vector.VectorShape;
import org.junit.jupiter.api.Test;

class SimdTest {
  /** Else the executions of the build for narrower vectors would test the same width again. */
  @Test
  void vectorsHaveTheWidthThatIsAskedFor() {
    int preferred = VectorShape.preferredShape().vectorBitSize();
    int asked = Integer.getInteger("manabi.vector.bits", preferred);
    assertEquals(Math.min(asked, preferred), Simd.SHAPE.vectorBitSize());
    assertEquals(Simd.SHAPE.vectorBitSize(), 32 * Simd.COUNT);
  }
}
