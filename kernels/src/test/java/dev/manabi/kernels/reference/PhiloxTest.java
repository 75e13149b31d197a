package dev.manabi.kernels.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.manabi.tensor.op.RandomKey;
import java.util.function.LongToDoubleFunction;
import org.junit.jupiter.api.Test;

class PhiloxTest {

  /** The known answers of philox4x32-10 that its authors publish with Random123. */
  @Test
  void yieldsThePublishedKnownAnswers() {
    assertBlock(0, 0, 0, 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8);
    assertBlock(-1, -1, -1, 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd);
    assertBlock(
        0x299f31d0a4093822L,
        0x85a308d3243f6a88L,
        0x0370734413198a2eL,
        0xd16cfe09,
        0x94fdcceb,
        0x5001e420,
        0x24126ea1);
  }

  private static void assertBlock(long key, long block, long stream, int... words) {
    int[] found = new Philox(new RandomKey(key, stream)).block(block);
    for (int i = 0; i < 4; i++) {
      assertEquals(Integer.toHexString(words[i]), Integer.toHexString(found[i]), "word " + i);
    }
  }

  @Test
  void wordsComeInAnyOrder() {
    RandomKey key = new RandomKey(42, 7);
    int[] block = new Philox(key).block(25);
    Philox philox = new Philox(key);
    for (int i : new int[] {3, 0, 2, 1}) {
      assertEquals(block[i], philox.word(4 * 25 + i));
      philox.word(0);
    }
  }

  @Test
  void uniformNumbersHaveTheMomentsOfTheUniformDistribution() {
    Philox philox = new Philox(new RandomKey(1, 2));
    assertMoments(philox::uniform, 0.5, 1.0 / 12, 0, 1 - 0x1p-24);
    assertMoments(philox::uniform53, 0.5, 1.0 / 12, 0, 1 - 0x1p-53);
  }

  @Test
  void normalNumbersHaveTheMomentsOfTheNormalDistribution() {
    Philox philox = new Philox(new RandomKey(1, 2));
    assertMoments(philox::normal, 0, 1, -6, 6);
    assertMoments(philox::normal53, 0, 1, -9, 9);
  }

  private static void assertMoments(
      LongToDoubleFunction numbers, double mean, double variance, double low, double high) {
    int n = 100_000;
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < n; i++) {
      double x = numbers.applyAsDouble(i);
      assertTrue(low <= x && x <= high, "element " + i + " is " + x);
      sum += x - mean;
      squares += (x - mean) * (x - mean);
    }
    // Five standard errors; a normal square has variance 2, a uniform one less.
    assertEquals(0, sum / n, 5 * Math.sqrt(variance / n));
    assertEquals(variance, squares / n, 5 * variance * Math.sqrt(2.0 / n));
  }

  @Test
  void normalPairsAreThePolarCoordinatesOfTwoWords() {
    Philox philox = new Philox(new RandomKey(5, 0));
    double u1 = ((philox.word(2) >>> 8) + 1) * 0x1p-24;
    double u2 = (philox.word(3) >>> 8) * 0x1p-24;
    double r = Math.sqrt(-2 * Math.log(u1));
    assertEquals(r * Math.cos(2 * Math.PI * u2), philox.normal(2), 1e-12);
    assertEquals(r * Math.sin(2 * Math.PI * u2), philox.normal(3), 1e-12);
  }

  @Test
  void integersFillTheirRangeEvenly() {
    Philox philox = new Philox(new RandomKey(5, 0));
    int[] count = new int[6];
    for (int i = 0; i < 60_000; i++) {
      count[(int) philox.integer(i, -2, 4) + 2]++;
    }
    for (int c : count) {
      assertEquals(10_000, c, 5 * Math.sqrt(10_000));
    }
  }
}
