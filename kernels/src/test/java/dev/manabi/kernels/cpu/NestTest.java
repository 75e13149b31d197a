package dev.manabi.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.manabi.kernels.cpu.Samples.Lie;
import dev.manabi.tensor.DType;
import dev.manabi.tensor.Shape;
import dev.manabi.tensor.Tensor;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class NestTest {
  private static Tensor f32(Lie lie, int... dims) {
    return Samples.empty(DType.F32, Shape.of(dims), lie);
  }

  private static Nest nest(Tensor... tensors) {
    return Nest.over(tensors[tensors.length - 1].shape(), tensors);
  }

  private static long[] sizes(Nest nest) {
    return Arrays.copyOf(nest.size, nest.depth);
  }

  @Test
  void contiguousTensorsAreOneLoop() {
    Nest nest = nest(f32(Lie.ROW_MAJOR, 2, 3, 4, 5), f32(Lie.ROW_MAJOR, 2, 3, 4, 5));
    assertArrayEquals(new long[] {120}, sizes(nest));
    assertEquals(4, nest.innerStride(0));
  }

  @Test
  void channelsLastTensorsAreOneLoopToo() {
    Nest nest = nest(f32(Lie.CHANNELS_LAST, 2, 3, 4, 5), f32(Lie.CHANNELS_LAST, 2, 3, 4, 5));
    assertArrayEquals(new long[] {120}, sizes(nest));
  }

  @Test
  void theOutputDecidesTheOrderOfLoops() {
    Nest nest = nest(f32(Lie.ROW_MAJOR, 2, 3, 4, 5), f32(Lie.CHANNELS_LAST, 2, 3, 4, 5));
    assertArrayEquals(new long[] {2, 20, 3}, sizes(nest));
    assertEquals(4 * 20, nest.innerStride(0));
    assertEquals(4, nest.innerStride(1));
    assertEquals(1, nest.unitLoop(0, 4));
  }

  @Test
  void aRepeatedRowKeepsItsLoopApart() {
    Nest nest =
        nest(f32(Lie.ROW_MAJOR, 2, 3, 7), f32(Lie.ROW_MAJOR, 7), f32(Lie.ROW_MAJOR, 2, 3, 7));
    assertArrayEquals(new long[] {6, 7}, sizes(nest));
    assertEquals(true, nest.repeatsRow(1, 4));
    assertEquals(false, nest.repeatsRow(0, 4));
    assertEquals(true, nest.evenly(0, 4));
  }

  @Test
  void oneElementIsOneTurn() {
    assertArrayEquals(
        new long[] {1}, sizes(nest(f32(Lie.ROW_MAJOR, 1, 1), f32(Lie.ROW_MAJOR, 1, 1))));
  }

  @Test
  void positionsFollowTheOutputThroughMemory() {
    Nest nest = nest(f32(Lie.TRANSPOSED, 3, 5), f32(Lie.ROW_MAJOR, 3, 5));
    assertEquals(4 * 7, nest.offset(1, 7));
    // Number 7 is row 1, column 2; the transposed tensor has columns 3 elements apart.
    assertEquals(4 * (1 + 2 * 3), nest.offset(0, 7));
  }
}
