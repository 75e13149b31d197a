package dev.manabi.kernels.cpu;

import static dev.manabi.kernels.cpu.Tiles.LANES;

import dev.manabi.kernels.cpu.Workspace.Use;

/**
 * The image under Winograd's tiles, {@code m x m} pixels each, and the transforms between it and
 * {@link WinogradPlanes}. Tiles are handled in strips, a row of neighbours: down the columns, whose
 * transforms neighbours share, the numbers of a strip are one long line of vectors; then the result
 * is transformed along the rows.
 *
 * @param m pixels of a tile's side
 * @param down tiles in a column of an image
 * @param across tiles in a row
 * @param length most tiles of a strip
 */
record WinogradStrips(int count, int m, int down, int across, int length) {
  private static final long VECTOR_BYTES = (long) LANES * Float.BYTES;

  /** Tiles {@code [first, first + tiles)} of a row of tiles of image {@code n}. */
  private record Strip(int n, int row, int first, int tiles) {}

  /** Tiles over images of this size, in strips of at most {@code most} tiles. */
  static WinogradStrips of(Image image, int m, int most) {
    int across = Math.ceilDiv(image.width(), m);
    int length = Math.ceilDiv(across, Math.ceilDiv(across, most));
    return new WinogradStrips(image.count(), m, Math.ceilDiv(image.height(), m), across, length);
  }

  private int perRow() {
    return Math.ceilDiv(across, length);
  }

  /** Number of strips. */
  int strips() {
    return count * down * perRow();
  }

  private Strip strip(int i) {
    int first = i % perRow() * length;
    int row = i / perRow() % down;
    return new Strip(i / perRow() / down, row, first, Math.min(length, across - first));
  }

  /** Tiles of strips {@code [from, to)}. */
  int tiles(int from, int to) {
    int tiles = 0;
    for (int i = from; i < to; i++) {
      tiles += strip(i).tiles;
    }
    return tiles;
  }

  /**
   * Transforms windows of {@code size x size} pixels, one for every tile of strips {@code [from,
   * to)}. A tile's window begins {@code top} rows and {@code left} columns before the tile; pixels
   * outside the image are zeros.
   */
  void load(
      Image image,
      LineTransform line,
      int size,
      int top,
      int left,
      int from,
      int to,
      WinogradPlanes planes) {
    int tile = 0;
    for (int i = from; i < to; i++) {
      Strip strip = strip(i);
      load(image, line, size, strip, strip.row * m - top, strip.first * m - left, planes, tile);
      tile += strip.tiles;
    }
  }

  private void load(
      Image image,
      LineTransform line,
      int size,
      Strip strip,
      int h,
      int w,
      WinogradPlanes planes,
      int tile) {
    int channels = image.channels();
    int columns = (strip.tiles - 1) * m + size;
    int begin = Math.max(0, -w);
    int end = Math.min(columns, image.width() - w);
    long pixelBytes = (long) channels * Float.BYTES;
    // Whole vectors may reach beyond a row's end.
    long rowBytes = columns * pixelBytes + VECTOR_BYTES;
    long lines = Workspace.get().floats(Use.WINDOW, planes.size() * rowBytes / Float.BYTES + LANES);
    long source;
    long sourceStep;
    if (h >= 0 && h + size <= image.height() && image.pitch() == channels) {
      source = image.at(strip.n, h, w + begin);
      sourceStep = image.rowBytes();
    } else {
      source = rows(image, strip.n, h, size, w + begin, w + end);
      sourceStep = (end - begin) * pixelBytes + VECTOR_BYTES;
    }
    int numbers = (end - begin) * channels;
    line.call(
        source, sourceStep, lines + begin * pixelBytes, rowBytes, Math.ceilDiv(numbers, LANES));
    int vectors = Math.ceilDiv(channels, LANES);
    for (int i = 0; i < planes.size(); i++) {
      long row = lines + i * rowBytes;
      Runs.clear(row, (long) begin * channels);
      Runs.clear(row + end * pixelBytes, (long) (columns - end) * channels);
      line.call(
          row,
          pixelBytes,
          m * pixelBytes - vectors * VECTOR_BYTES,
          planes.at(i, 0, tile),
          planes.planeBytes(),
          planes.pitch() * (long) Float.BYTES - vectors * VECTOR_BYTES,
          strip.tiles * vectors,
          vectors);
    }
  }

  /** Copies part of {@code size} rows, of which some lie outside the image. */
  private static long rows(Image image, int n, int h, int size, int from, int to) {
    int channels = image.channels();
    int numbers = (to - from) * channels;
    long rowBytes = (long) numbers * Float.BYTES + VECTOR_BYTES;
    long rows = Workspace.get().floats(Use.ROWS, size * rowBytes / Float.BYTES);
    for (int i = 0; i < size; i++) {
      long row = rows + i * rowBytes;
      if (h + i < 0 || h + i >= image.height()) {
        Runs.clear(row, numbers);
      } else {
        copy(image.at(n, h + i, from), image.pitch(), row, channels, to - from, channels);
      }
    }
    return rows;
  }

  /** Copies the channels of adjacent pixels. */
  private static void copy(long from, int pitch, long to, int toPitch, int pixels, int channels) {
    if (pitch == channels && toPitch == channels) {
      Runs.copy(from, to, pixels * channels);
      return;
    }
    for (int w = 0; w < pixels; w++) {
      Runs.copy(
          from + (long) w * pitch * Float.BYTES, to + (long) w * toPitch * Float.BYTES, channels);
    }
  }

  /** Transforms the tiles of strips {@code [from, to)} back, and writes what is in the image. */
  void store(WinogradPlanes planes, LineTransform line, int from, int to, Image image) {
    int tile = 0;
    for (int i = from; i < to; i++) {
      Strip strip = strip(i);
      store(planes, line, tile, strip, image);
      tile += strip.tiles;
    }
  }

  private void store(
      WinogradPlanes planes, LineTransform line, int tile, Strip strip, Image image) {
    int vectors = Math.ceilDiv(image.channels(), LANES);
    int count = strip.tiles * vectors;
    long pitchBytes = vectors * VECTOR_BYTES;
    long columnBytes = count * VECTOR_BYTES + VECTOR_BYTES;
    long rowBytes = planes.size() * columnBytes;
    long lines = Workspace.get().floats(Use.WINDOW, m * rowBytes / Float.BYTES);
    for (int j = 0; j < planes.size(); j++) {
      line.call(
          planes.at(0, j, tile),
          planes.size() * planes.planeBytes(),
          (long) planes.pitch() * Float.BYTES - pitchBytes,
          lines + j * columnBytes,
          rowBytes,
          0,
          count,
          vectors);
    }
    int h = strip.row * m;
    int w = strip.first * m;
    int columns = Math.min(strip.tiles * m, image.width() - w);
    boolean whole = columns == strip.tiles * m && vectors * LANES == image.channels();
    for (int i = 0; i < Math.min(m, image.height() - h); i++) {
      long row = image.at(strip.n, h + i, w);
      long to = whole ? row : Workspace.get().floats(Use.ROWS, (long) count * m * LANES);
      long toStep = whole ? image.pixelBytes() : pitchBytes;
      line.call(
          lines + i * rowBytes,
          columnBytes,
          0,
          to,
          toStep,
          m * toStep - pitchBytes,
          count,
          vectors);
      if (!whole) {
        for (int j = 0; j < columns; j++) {
          Runs.copy(to + j * pitchBytes, row + j * image.pixelBytes(), image.channels());
        }
      }
    }
  }
}
