package dev.manabi.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When sums are split among blocks: 132 multiprocessors are those of an H200. */
class SplitTest {
  @ParameterizedTest
  @CsvSource({
    // A product of 256 x 256 has 16 small tiles, and two blocks run on each multiprocessor.
    "65536, 16, 264, 16, 4096",
    // With three, more parts are at work at once.
    "65536, 16, 396, 24, 2752",
    // Parts that are too short cost more than they save.
    "8192, 16, 264, 16, 512",
    "1023, 16, 264, 1, 1023",
    "1024, 16, 264, 2, 512",
    // The pixels of a weight gradient are many, its results few.
    "200704, 9, 264, 29, 6944",
    "200704, 1, 1056, 392, 512",
    // A second half-empty turn is avoided by more and shorter ones.
    "200704, 140, 264, 7, 28672",
    "200704, 265, 264, 3, 66912",
    "200704, 264, 264, 1, 200704",
    "200704, 5000, 264, 1, 200704",
    "98, 9, 264, 1, 98",
    "0, 9, 264, 1, 1",
    "2147483647, 5000, 264, 1, 2147483647",
    // A kernel of which not one block fits fails when it is launched, and not here.
    "65536, 16, 0, 1, 65536",
  })
  void sumsAreSplitAsTheyAreDoneFirst(int steps, long blocks, long atOnce, int parts, int each) {
    assertEquals(new Split(parts, each), Split.of(steps, blocks, atOnce));
  }

  @ParameterizedTest
  @CsvSource({"66, 132, false", "67, 132, true", "1024, 132, true", "0, 4, false"})
  void fromHalfOfTheDeviceOnBlocksAreEnough(long blocks, int multiprocessors, boolean enough) {
    assertEquals(enough, Split.enough(blocks, multiprocessors));
  }
}
