package dev.manabi.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DatasetsTest {
  /** Example i is the number i. */
  private record Numbers(int size) implements Dataset<Integer> {
    @Override
    public Integer get(int index, RandomGenerator random) {
      return index;
    }
  }

  private static int[] sizes(List<? extends Dataset<?>> parts) {
    return parts.stream().mapToInt(Dataset::size).toArray();
  }

  private static int[] sorted(List<Subset<Integer>> parts) {
    return parts.stream().flatMapToInt(p -> Arrays.stream(p.indices())).sorted().toArray();
  }

  @Test
  void aSubsetShowsTheGivenExamplesInTheGivenOrder() {
    Subset<Integer> subset = new Subset<>(new Numbers(10), 7, 3, 7);
    assertEquals(3, subset.size());
    assertEquals(List.of(7, 3, 7), List.of(subset.get(0), subset.get(1), subset.get(2)));
    assertThrows(IndexOutOfBoundsException.class, () -> subset.get(3));
  }

  @Test
  void aSubsetRefusesAnIndexThatTheSourceDoesNotHave() {
    assertThrows(IndexOutOfBoundsException.class, () -> new Subset<>(new Numbers(10), 0, 10));
    assertThrows(IndexOutOfBoundsException.class, () -> Datasets.take(new Numbers(3), 4));
  }

  @Test
  void takeShowsTheFirstExamples() {
    assertArrayEquals(new int[] {0, 1, 2}, Datasets.take(new Numbers(10), 3).indices());
  }

  @Test
  void randomSplitDividesWithoutOverlap() {
    List<Subset<Integer>> parts = Datasets.randomSplit(new Numbers(100), 42, 70, 20, 10);
    assertArrayEquals(new int[] {70, 20, 10}, sizes(parts));
    assertArrayEquals(IntStream.range(0, 100).toArray(), sorted(parts));
  }

  @Test
  void randomSplitByFractionsRoundsDownAndHandsOutTheRest() {
    List<Subset<Integer>> parts = Datasets.randomSplit(new Numbers(11), 42, 0.5, 0.25, 0.25);
    assertArrayEquals(new int[] {6, 3, 2}, sizes(parts));
    assertArrayEquals(IntStream.range(0, 11).toArray(), sorted(parts));
    assertArrayEquals(
        new int[] {29, 71}, sizes(Datasets.randomSplit(new Numbers(100), 0, 0.29, 0.71)));
  }

  @Test
  void randomSplitDependsOnTheSeedOnly() {
    var numbers = new Numbers(1000);
    int[] first = Datasets.randomSplit(numbers, 1, 500, 500).getFirst().indices();
    assertArrayEquals(first, Datasets.randomSplit(numbers, 1, 500, 500).getFirst().indices());
    int[] other = Datasets.randomSplit(numbers, 2, 500, 500).getFirst().indices();
    assertFalse(Arrays.equals(first, other));
  }

  @Test
  void randomSplitRefusesPartsThatDoNotAddUp() {
    var numbers = new Numbers(10);
    var e =
        assertThrows(IllegalArgumentException.class, () -> Datasets.randomSplit(numbers, 0, 5, 4));
    assertTrue(e.getMessage().contains("sum 9"), e.getMessage());
    assertThrows(IllegalArgumentException.class, () -> Datasets.randomSplit(numbers, 0, 11, -1));
    assertThrows(IllegalArgumentException.class, () -> Datasets.randomSplit(numbers, 0, 0.5, 0.4));
    assertThrows(IllegalArgumentException.class, () -> Datasets.randomSplit(numbers, 0, 1.5, -0.5));
  }

  @Test
  void mapAppliesAFunctionWithTheExamplesOwnRandomNumbers() {
    Dataset<Double> noisy = new Numbers(10).map((i, random) -> i + random.nextDouble());
    assertEquals(10, noisy.size());
    assertEquals(
        4 + new ExampleRandom(7, 1, 4).nextDouble(), noisy.get(4, new ExampleRandom(7, 1, 4)));
    assertEquals(noisy.get(4), noisy.get(4));
  }

  @Test
  void theRandomNumbersOfDifferentExamplesAndEpochsAreUnrelated() {
    int different = 0;
    for (int i = 0; i < 1000; i++) {
      long a = new ExampleRandom(3, 0, i).nextLong();
      different += Long.bitCount(a ^ new ExampleRandom(3, 0, i + 1).nextLong());
      different += Long.bitCount(a ^ new ExampleRandom(3, 1, i).nextLong());
      different += Long.bitCount(a ^ new ExampleRandom(4, 0, i).nextLong());
    }
    // 192,000 fair bits: the standard deviation is 219.
    assertEquals(96_000, different, 6 * 219);
  }

  @Test
  void aShuffleIsAPermutationThatNeverChangesForItsSeedAndEpoch() {
    int[] order = Permutation.of(10, 42, 0);
    assertArrayEquals(IntStream.range(0, 10).toArray(), Arrays.stream(order).sorted().toArray());
    // Pinned: a checkpoint taken with one version must go on in the same order with the next.
    assertArrayEquals(new int[] {9, 5, 7, 6, 3, 0, 8, 4, 1, 2}, order);
  }

  @Test
  void everyPlaceOfAShuffleIsEquallyLikely() {
    int[][] counts = new int[5][5];
    for (int epoch = 0; epoch < 10_000; epoch++) {
      int[] order = Permutation.of(5, 11, epoch);
      for (int i = 0; i < 5; i++) {
        counts[i][order[i]]++;
      }
    }
    for (int[] row : counts) {
      for (int n : row) {
        // Binomial(10000, 0.2): the standard deviation is 40.
        assertEquals(2000, n, 6 * 40);
      }
    }
  }
}
