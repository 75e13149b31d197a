package dev.manabi.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TransposesTest {
  private static final int MOST = 50;

  /** Between lines, and beyond the last. */
  private static final int GAP = 3;

  private static final byte UNTOUCHED = 0x55;

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4, 8})
  void everyByteOfABlockGetsToItsPlaceAndNoOtherIsWritten(int bytes) {
    Random random = new Random(bytes);
    try (Arena arena = Arena.ofConfined()) {
      int step = (MOST + GAP) * bytes;
      int size = step * MOST;
      long from = arena.allocate(size).address();
      long to = arena.allocate(size).address();
      for (int round = 0; round < 200; round++) {
        int rows = random.nextInt(MOST + 1);
        int columns = random.nextInt(MOST + 1);
        for (int i = 0; i < size; i++) {
          Native.putByte(from + i, (byte) random.nextInt());
          Native.putByte(to + i, UNTOUCHED);
        }
        Transposes.block(bytes, from, step, to, step, rows, columns);
        for (int i = 0; i < size; i++) {
          int row = i / step;
          int column = i % step / bytes;
          boolean inside = row < rows && column < columns;
          long source = from + (long) column * step + (long) row * bytes + i % bytes;
          byte expected = inside ? Native.getByte(source) : UNTOUCHED;
          int place = i;
          assertEquals(
              expected,
              Native.getByte(to + i),
              () ->
                  rows + " x " + columns + ", byte " + place % bytes + " of " + row + "," + column);
        }
      }
    }
  }
}
