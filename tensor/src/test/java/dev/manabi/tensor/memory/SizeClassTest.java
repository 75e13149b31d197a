package dev.manabi.tensor.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SizeClassTest {
  @Test
  void everyClassHoldsExactlyTheSizesUpToItsOwn() {
    for (int i = 0; i + 1 < SizeClass.COUNT; i++) {
      assertEquals(i, SizeClass.of(SizeClass.bytes(i)), "its own size");
      assertEquals(i + 1, SizeClass.of(SizeClass.bytes(i) + 1), "one byte more");
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {513, 1000, 4097, 65_537, 1_000_001, 123_456_789, 5_000_000_001L})
  void noMoreThanAnEighthIsWasted(long bytes) {
    long block = SizeClass.bytes(SizeClass.of(bytes));
    assertTrue(block >= bytes && block <= bytes + bytes / 8, bytes + " in a block of " + block);
  }

  @Test
  void sizesAreMultiplesOfTheAlignment() {
    for (int i = 0; i < SizeClass.COUNT; i++) {
      assertEquals(0, SizeClass.bytes(i) % 64);
    }
  }

  @Test
  void nothingAndTheLargestSizeHaveAClass() {
    assertEquals(0, SizeClass.of(0));
    assertEquals(SizeClass.MAX_BYTES, SizeClass.bytes(SizeClass.COUNT - 1));
  }
}
