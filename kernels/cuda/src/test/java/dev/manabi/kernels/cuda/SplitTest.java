package dev.manabi.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When sums are split among blocks: 132 multiprocessors are those of an H200. */
class SplitTest {
  @ParameterizedTest
  @CsvSource({
    // A product of 256 x 256 has 16 small tiles: 33 parts of each would fill the device.
    "65536, 16, 132, 33, 2016",
    // Parts that are too short cost more than they save.
    "8192, 16, 132, 16, 512",
    "1023, 16, 132, 1, 1024",
    "1024, 16, 132, 2, 512",
    // From half of the device on, blocks are enough.
    "65536, 66, 132, 8, 8192",
    "65536, 67, 132, 1, 65536",
    "65536, 1024, 132, 1, 65536",
    "0, 1, 132, 1, 32",
  })
  void productsAreSplitWhereMostOfTheDeviceWouldBeIdle(
      int steps, long blocks, int multiprocessors, int parts, int each) {
    assertEquals(new Split(parts, each), Split.ifIdle(steps, blocks, multiprocessors));
  }

  @ParameterizedTest
  @CsvSource({
    // The pixels of a weight gradient are many, its results few.
    "200704, 9, 132, 59, 3424",
    "200704, 200, 132, 3, 66912",
    "200704, 528, 132, 1, 200704",
    "98, 9, 132, 1, 128",
    "0, 9, 132, 1, 32",
  })
  void weightGradientsAreSplitUntilTheDeviceIsBusy(
      int steps, long blocks, int multiprocessors, int parts, int each) {
    assertEquals(new Split(parts, each), Split.of(steps, blocks, multiprocessors));
  }
}
