package dev.manabi.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TileTest {
  /** Of 132 multiprocessors, a GPU of today, or of one. */
  @ParameterizedTest
  @CsvSource({
    "4096, 4096, 1, 132, LARGE",
    "2048, 2048, 1, 132, LARGE",
    // 64 large tiles leave half of the GPU idle.
    "1024, 1024, 1, 132, SMALL",
    "1024, 1024, 16, 132, LARGE",
    // A batch of images through a layer with few outputs: half of a large tile would be empty.
    "65536, 64, 1, 132, SMALL",
    "65536, 128, 1, 132, LARGE",
    "64, 10, 1, 132, SMALL",
    "1, 1, 1, 1, SMALL",
    "64, 64, 1, 1, SMALL",
    "65, 65, 1, 1, LARGE",
    "128, 64, 1, 1, SMALL",
    "128, 128, 1, 1, LARGE",
    "1000000, 1000000, 60000, 1, LARGE",
  })
  void theTileIsTheOneThatIsDoneFirst(int rows, int columns, long count, int sms, Tile expected) {
    assertEquals(expected, Tile.of(rows, columns, count, sms));
  }
}
