package dev.manabi.kernels.cpu;

import static dev.manabi.kernels.cpu.Tiles.COLUMNS;
import static dev.manabi.kernels.cpu.Tiles.COLUMN_BYTES;
import static dev.manabi.kernels.cpu.Tiles.LANES;

import dev.manabi.kernels.cpu.Workspace.Use;
import java.util.function.LongConsumer;

/** The transforms of a filter's weights, and of the gradient of these back. */
final class WinogradFilter {
  private static final long VECTOR_BYTES = (long) LANES * Float.BYTES;

  private final Filter filter;
  private final WinogradTransforms transforms;
  private final int vectors;
  private final long rowBytes;

  WinogradFilter(Filter filter, WinogradTransforms transforms) {
    this.filter = filter;
    this.transforms = transforms;
    vectors = Math.ceilDiv(filter.out(), LANES);
    rowBytes = vectors * VECTOR_BYTES;
  }

  /** Bytes of the transformed weights of one place: packed panels [C, O]. */
  long placeBytes() {
    return (long) Math.ceilDiv(filter.out(), COLUMNS) * filter.in() * COLUMN_BYTES;
  }

  /** Hands {@code work} the address of the transformed weights of the first place. */
  void withTransformed(LongConsumer work) {
    long floats = transforms.places() * placeBytes() / Float.BYTES;
    Prepared.use(filter, Prepared.Form.WINOGRAD, floats, this::transformAll, work);
  }

  private void transformAll(long to) {
    Parallel.forRange(
        filter.in(),
        Math.max(1, 64 / vectors),
        (from, end) -> {
          for (int c = (int) from; c < end; c++) {
            transform(c, to + c * COLUMN_BYTES);
          }
        });
  }

  /** Transforms the taps of one input channel, all output channels side by side. */
  private void transform(int c, long to) {
    int r = transforms.taps();
    int size = transforms.size();
    LineTransform line = transforms.weights();
    long taps = Workspace.get().floats(Use.ROWS, r * r * rowBytes / Float.BYTES);
    long between = Workspace.get().floats(Use.WINDOW, size * r * rowBytes / Float.BYTES);
    for (int o = 0; o < vectors * LANES; o++) {
      for (int tap = 0; tap < r * r; tap++) {
        float weight = o < filter.out() ? Native.getFloat(filter.at(o, c, tap / r, tap % r)) : 0;
        Native.putFloat(taps + tap * rowBytes + (long) o * Float.BYTES, weight);
      }
    }
    line.call(taps, r * rowBytes, between, r * rowBytes, r * vectors);
    int perPanel = COLUMNS / LANES;
    long toJump = filter.in() * COLUMN_BYTES - COLUMN_BYTES;
    for (int i = 0; i < size; i++) {
      line.call(
          between + i * r * rowBytes,
          rowBytes,
          0,
          to + i * size * placeBytes(),
          placeBytes(),
          toJump,
          vectors,
          perPanel);
    }
  }

  /**
   * Transforms gradients back.
   *
   * @param sums for every place a matrix [C, O rounded up to whole vectors]
   */
  void gradient(long sums) {
    long placeBytes = filter.in() * rowBytes;
    Parallel.forRange(
        filter.in(),
        Math.max(1, 64 / vectors),
        (from, end) -> {
          for (int c = (int) from; c < end; c++) {
            gradient(c, sums + c * rowBytes, placeBytes);
          }
        });
  }

  private void gradient(int c, long sums, long placeBytes) {
    int r = transforms.taps();
    int size = transforms.size();
    LineTransform line = transforms.weightGradients();
    long taps = Workspace.get().floats(Use.ROWS, r * r * rowBytes / Float.BYTES);
    long between = Workspace.get().floats(Use.WINDOW, r * size * rowBytes / Float.BYTES);
    for (int j = 0; j < size; j++) {
      line.call(
          sums + j * placeBytes,
          size * placeBytes,
          between + j * rowBytes,
          size * rowBytes,
          vectors);
    }
    for (int i = 0; i < r; i++) {
      line.call(
          between + i * size * rowBytes, rowBytes, taps + i * r * rowBytes, rowBytes, vectors);
    }
    for (int o = 0; o < filter.out(); o++) {
      for (int tap = 0; tap < r * r; tap++) {
        float gradient = Native.getFloat(taps + tap * rowBytes + (long) o * Float.BYTES);
        Native.putFloat(filter.at(o, c, tap / r, tap % r), gradient);
      }
    }
  }
}
