package dev.manabi.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.Tensors;
import dev.manabi.tensor.op.ConvOp.Params;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Reference;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Weights that are kept in a kernel's form follow every change of the weights. */
class PreparedTest {
  private static final Params SAME = Params.of(1, 1, 1, 1);

  /** A weight of ones: each output is 9 * 16 but at the borders. */
  private static Tensor ones() {
    return Tensors.randn(16, 16, 3, 3).mul(0).add(1);
  }

  private static double centre(int size, Tensor weight) {
    return Tensors.ones(1, 16, size, size).conv2d(weight, null, SAME).get(0, 3, 3, 3).item();
  }

  private static boolean keepsAny(Tensor weight) {
    return weight.storage().derived() instanceof Prepared p && p.keepsAny();
  }

  @ParameterizedTest
  @ValueSource(ints = {8, 32})
  void aWriteInPlaceIsSeen(int size) {
    Tensor weight = ones();
    for (double value = 1; value < 4; value++) {
      for (int use = 0; use < 3; use++) {
        assertEquals(144 * value, centre(size, weight), 1e-2);
      }
      weight.add_(1);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {8, 32})
  void aWriteThroughTheSegmentIsSeen(int size) {
    Tensor weight = ones();
    for (int use = 0; use < 3; use++) {
      assertEquals(144, centre(size, weight), 1e-2);
    }
    var memory = weight.segment();
    for (int i = 0; i < weight.numel(); i++) {
      memory.setAtIndex(ValueLayout.JAVA_FLOAT, i, 2);
    }
    assertEquals(288, centre(size, weight), 1e-2);
    memory.fill((byte) 0);
    assertEquals(0, centre(size, weight), 1e-2);
    Reference.reachabilityFence(weight);
  }

  @ParameterizedTest
  @ValueSource(ints = {8, 32})
  void partsOfOneStorageAreKeptApart(int size) {
    Tensor both = Tensors.randn(32, 16, 3, 3);
    Tensor x = Tensors.randn(1, 16, size, size);
    Tensor first = both.slice(0, 0, 16);
    Tensor second = both.slice(0, 16, 32);
    float[] one = x.conv2d(first.copy(), null, SAME).toFloatArray();
    float[] two = x.conv2d(second.copy(), null, SAME).toFloatArray();
    for (int use = 0; use < 3; use++) {
      assertArrayEquals(one, x.conv2d(first, null, SAME).toFloatArray());
      assertArrayEquals(two, x.conv2d(second, null, SAME).toFloatArray());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {8, 32})
  void onlyWeightsThatComeAgainUnchangedAreKept(int size) {
    Tensor weight = ones();
    centre(size, weight);
    weight.add_(1);
    centre(size, weight);
    assertFalse(keepsAny(weight), "used once as it is");
    boolean kept = false;
    // Again, should the garbage collector have come just then.
    for (int use = 0; use < 5 && !kept; use++) {
      centre(size, weight);
      kept = keepsAny(weight);
    }
    assertTrue(kept, "used twice as it is");
    weight.add_(1);
    centre(size, weight);
    assertFalse(keepsAny(weight), "changed since");
  }
}
