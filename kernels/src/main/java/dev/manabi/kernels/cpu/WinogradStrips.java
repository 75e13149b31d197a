package dev.manabi.kernels.cpu;

import static dev.manabi.kernels.cpu.Tiles.LANES;

import dev.manabi.kernels.cpu.Workspace.Use;

/**
 * The image under Winograd's tiles, {@code m x m} pixels each, and the transforms between it and
 * {@link WinogradPlanes}. Tiles are handled in strips, a row of neighbours. First the windows are
 * transformed down their columns, which neighbours share, so that a strip is one long line of
 * vectors; then, one row of all the windows after the other, along the rows. Back it goes likewise,
 * first along the rows.
 *
 * @param m pixels of a tile's side
 * @param size numbers of a window's side
 * @param down tiles in a column of an image
 * @param across tiles in a row
 * @param length most tiles of a strip
 */
record WinogradStrips(int count, int m, int size, int down, int across, int length) {
  private static final long VECTOR_BYTES = (long) LANES * Float.BYTES;

  /** Tiles {@code [first, first + tiles)} of a row of tiles of image {@code n}. */
  private record Strip(int n, int row, int first, int tiles) {}

  /** Tiles over images of this size, in strips of at most {@code most} tiles. */
  static WinogradStrips of(Image image, int m, int size, int most) {
    int across = Math.ceilDiv(image.width(), m);
    int length = Math.ceilDiv(across, Math.ceilDiv(across, most));
    return new WinogradStrips(
        image.count(), m, size, Math.ceilDiv(image.height(), m), across, length);
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
   * Transforms the columns under strips {@code [from, to)}. A tile's window, {@code window} pixels
   * on a side, begins {@code top} rows and {@code left} columns before the tile; pixels outside the
   * image are zeros.
   *
   * @return for each of the windows' rows and each strip [columns, C]
   */
  WinogradRows columns(
      Image image, LineTransform line, int window, int top, int left, int from, int to, Use use) {
    int columns = (length - 1) * m + window;
    WinogradRows rows = WinogradRows.of(use, size, to - from, columns * image.channels());
    for (int i = from; i < to; i++) {
      Strip strip = strip(i);
      int h = strip.row * m - top;
      columns(image, line, window, strip, h, strip.first * m - left, rows, i - from);
    }
    return rows;
  }

  private void columns(
      Image image,
      LineTransform line,
      int window,
      Strip strip,
      int h,
      int w,
      WinogradRows rows,
      int index) {
    int channels = image.channels();
    int columns = (strip.tiles - 1) * m + window;
    int begin = Math.max(0, -w);
    int end = Math.min(columns, image.width() - w);
    long pixelBytes = (long) channels * Float.BYTES;
    long source;
    long sourceStep;
    if (h >= 0 && h + window <= image.height() && image.pitch() == channels) {
      source = image.at(strip.n, h, w + begin);
      sourceStep = image.rowBytes();
    } else {
      source = copied(image, strip.n, h, window, w + begin, w + end);
      sourceStep = (end - begin) * pixelBytes + VECTOR_BYTES;
    }
    int vectors = Math.ceilDiv((end - begin) * channels, LANES);
    line.call(source, sourceStep, rows.at(0, index) + begin * pixelBytes, rows.rowBytes(), vectors);
    for (int i = 0; i < size; i++) {
      long row = rows.at(i, index);
      Runs.clear(row, (long) begin * channels);
      Runs.clear(row + end * pixelBytes, (long) (columns - end) * channels);
    }
  }

  /** Copies part of {@code rows} rows, of which some lie outside the image. */
  private static long copied(Image image, int n, int h, int rows, int from, int to) {
    int channels = image.channels();
    int numbers = (to - from) * channels;
    long rowBytes = (long) numbers * Float.BYTES + VECTOR_BYTES;
    long copy = Workspace.get().floats(Use.ROWS, rows * rowBytes / Float.BYTES);
    for (int i = 0; i < rows; i++) {
      long row = copy + i * rowBytes;
      if (h + i < 0 || h + i >= image.height()) {
        Runs.clear(row, numbers);
      } else {
        copy(image.at(n, h + i, from), image.pitch(), row, channels, to - from, channels);
      }
    }
    return copy;
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

  /** Transforms row {@code i} of the windows of strips {@code [from, to)} along. */
  void rows(
      WinogradRows rows,
      LineTransform line,
      int i,
      int channels,
      int from,
      int to,
      WinogradPlanes planes) {
    long pixelBytes = (long) channels * Float.BYTES;
    int vectors = Math.ceilDiv(channels, LANES);
    int tile = 0;
    for (int s = from; s < to; s++) {
      int tiles = strip(s).tiles;
      line.call(
          rows.at(i, s - from),
          pixelBytes,
          m * pixelBytes - vectors * VECTOR_BYTES,
          planes.at(0, tile),
          planes.planeBytes(),
          planes.pitch() * (long) Float.BYTES - vectors * VECTOR_BYTES,
          tiles * vectors,
          vectors);
      tile += tiles;
    }
  }

  /** Where {@link #rowsBack} may put the windows of so many strips. */
  WinogradRows room(int strips, int channels) {
    return WinogradRows.of(
        Use.OUTPUTS, size, strips, length * m * Math.ceilDiv(channels, LANES) * LANES);
  }

  /** Transforms row {@code i} of the windows of strips {@code [from, to)} back along the row. */
  void rowsBack(
      WinogradPlanes planes,
      LineTransform line,
      int i,
      int channels,
      int from,
      int to,
      WinogradRows rows) {
    int vectors = Math.ceilDiv(channels, LANES);
    long pixelBytes = vectors * VECTOR_BYTES;
    int tile = 0;
    for (int s = from; s < to; s++) {
      int tiles = strip(s).tiles;
      line.call(
          planes.at(0, tile),
          planes.planeBytes(),
          (long) planes.pitch() * Float.BYTES - pixelBytes,
          rows.at(i, s - from),
          pixelBytes,
          (m - 1) * pixelBytes,
          tiles * vectors,
          vectors);
      tile += tiles;
    }
  }

  /**
   * Transforms the columns of strips {@code [from, to)} back, and writes and finishes what is in
   * the image.
   */
  void columnsBack(
      WinogradRows rows, LineTransform line, int from, int to, Image image, Epilogue epilogue) {
    for (int s = from; s < to; s++) {
      Strip strip = strip(s);
      columnsBack(rows, line, s - from, strip, image);
      int w = strip.first * m;
      int columns = Math.min(strip.tiles * m, image.width() - w);
      for (int h = strip.row * m; h < Math.min((strip.row + 1) * m, image.height()); h++) {
        image.finish(epilogue, strip.n, h, w, columns);
      }
    }
  }

  private void columnsBack(
      WinogradRows rows, LineTransform line, int index, Strip strip, Image image) {
    int h = strip.row * m;
    int w = strip.first * m;
    int columns = Math.min(strip.tiles * m, image.width() - w);
    int height = Math.min(m, image.height() - h);
    int vectors = Math.ceilDiv(image.channels(), LANES);
    long pixelBytes = vectors * VECTOR_BYTES;
    long row = image.at(strip.n, h, w);
    if (height == m && vectors * LANES == image.channels()) {
      line.call(
          rows.at(0, index),
          rows.rowBytes(),
          0,
          row,
          image.rowBytes(),
          image.pixelBytes() - pixelBytes,
          columns * vectors,
          vectors);
      return;
    }
    long lineBytes = columns * pixelBytes;
    long lines = Workspace.get().floats(Use.ROWS, m * lineBytes / Float.BYTES);
    line.call(rows.at(0, index), rows.rowBytes(), lines, lineBytes, columns * vectors);
    for (int i = 0; i < height; i++) {
      copy(
          lines + i * lineBytes,
          vectors * LANES,
          row + i * image.rowBytes(),
          image.pitch(),
          columns,
          image.channels());
    }
  }
}
