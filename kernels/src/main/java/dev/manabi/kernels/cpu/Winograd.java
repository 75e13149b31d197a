package dev.manabi.kernels.cpu;

import static dev.manabi.kernels.cpu.RowBlock.DEPTH;
import static dev.manabi.kernels.cpu.Tiles.COLUMNS;
import static dev.manabi.kernels.cpu.Tiles.COLUMN_BYTES;
import static dev.manabi.kernels.cpu.Tiles.LANES;

import dev.manabi.kernels.cpu.Workspace.Use;

/**
 * Convolution with stride 1 by Winograd's minimal filtering (Lavin and Gray 2016): the image is cut
 * into windows of 6 x 6 that yield m x m outputs each, m = 4 for 3 x 3 kernels and m = 2 for 5 x 5
 * ones. After the transforms of {@link WinogradLines} in both directions, what is left are 36
 * products of matrices [tiles, C] x [C, O], one for every place of the window: a quarter (3 x 3) or
 * 36 hundredths (5 x 5) of the multiplications of the definition.
 *
 * <p>The price is rounding: the transforms multiply by up to 8, so the error is about ten times
 * that of a plain sum, rms 4e-6 of the outputs' rms. Tiles are transformed in blocks that stay in
 * the L2 cache between one step and the next.
 */
final class Winograd {
  private static final int SIZE = 6;
  private static final int PLACES = SIZE * SIZE;
  private static final long VECTOR_BYTES = (long) LANES * Float.BYTES;

  /** Vectors of channels that are transformed at a time: a window of them stays in L1. */
  private static final int GROUP = 4;

  /**
   * Where a sum has its bias: place (1, 1) belongs to the point (1, 1), all powers of which are 1,
   * so what is added there appears in every output.
   */
  private static final int BIAS_PLACE = SIZE + 1;

  /** Tiles that are transformed and multiplied together. */
  private static final int TILES = 4 * Tiles.ROWS;

  /** Slices of the tiles whose weight gradients are summed apart, at most. */
  private static final int SLICES = 8;

  /** Floats of partial weight gradients, about. */
  private static final int PARTIAL = 1 << 23;

  private final Image x;
  private final Filter filter;
  private final Image y;
  private final int paddingH;
  private final int paddingW;
  private final int m;
  private final int tilesH;
  private final int tilesW;
  private final int channels;
  private final int outputs;
  private final int pitch;
  private final LineTransform weightLine;
  private final LineTransform outputLine;
  private final LineTransform gradientLine;
  private final LineTransform tapLine;

  private Winograd(Image x, Filter filter, Image y, int paddingH, int paddingW) {
    this.x = x;
    this.filter = filter;
    this.y = y;
    this.paddingH = paddingH;
    this.paddingW = paddingW;
    m = SIZE + 1 - filter.width();
    tilesH = Math.ceilDiv(y.height(), m);
    tilesW = Math.ceilDiv(y.width(), m);
    channels = Math.ceilDiv(filter.in(), LANES) * LANES;
    outputs = Math.ceilDiv(filter.out(), LANES) * LANES;
    pitch = Math.max(channels, outputs);
    boolean three = filter.width() == 3;
    weightLine = three ? WinogradLines.THREE_TAPS : WinogradLines.FIVE_TAPS;
    outputLine = three ? WinogradLines.FOUR_OUTPUTS : WinogradLines.TWO_OUTPUTS;
    gradientLine = three ? WinogradLines.FOUR_GRADIENTS : WinogradLines.TWO_GRADIENTS;
    tapLine = three ? WinogradLines.THREE_TAP_GRADIENTS : WinogradLines.FIVE_TAP_GRADIENTS;
  }

  /** Whether there are transforms for a kernel of this size. */
  static boolean takes(Filter filter) {
    return filter.height() == filter.width() && (filter.width() == 3 || filter.width() == 5);
  }

  /** Multiplications for each pair of an input and an output channel. */
  static long multiplications(Filter filter, Image y) {
    int m = SIZE + 1 - filter.width();
    long tiles = (long) Math.ceilDiv(y.height(), m) * Math.ceilDiv(y.width(), m);
    return PLACES * tiles * y.count();
  }

  /**
   * {@code y = x * filter + bias}; with a {@link Filter#turned} filter, the gradient of an input.
   */
  static void forward(Image x, Filter filter, long bias, Image y, int paddingH, int paddingW) {
    new Winograd(x, filter, y, paddingH, paddingW).forward(bias);
  }

  private int tiles() {
    return y.count() * tilesH * tilesW;
  }

  private void forward(long bias) {
    long weights = transformedWeights();
    int blocks = Math.ceilDiv(tiles(), TILES);
    Parallel.forRange(
        blocks,
        1,
        (from, to) -> {
          for (int block = (int) from; block < to; block++) {
            int first = block * TILES;
            int count = Math.min(TILES, tiles() - first);
            Planes36 in = inputs(first, count, TILES);
            Planes36 out = filter.in() <= DEPTH ? in : Planes36.of(Use.PRODUCTS, TILES, pitch);
            for (int place = 0; place < PLACES; place++) {
              Target target = new Target(out.matrix(place), place == BIAS_PLACE ? bias : 0);
              multiply(in.matrix(place), count, panels(weights, place), target);
            }
            for (int t = 0; t < count; t++) {
              output(first + t, out, t);
            }
          }
        });
  }

  private void multiply(Matrix a, int rows, Panels b, Target target) {
    for (int k = 0; k < filter.in(); k += DEPTH) {
      Left left = RowBlock.get().pack(a, 0, rows, k, Math.min(DEPTH, filter.in() - k));
      RowBlock.multiply(left, rows, b.from(k), 0, b.count(), target, 0, k > 0);
    }
  }

  /** For each place of the window a matrix [tiles, channels] in a thread's workspace. */
  private record Planes36(long address, int pitch, long planeBytes) {
    static Planes36 of(Use use, int tiles, int pitch) {
      // The planes' distance is kept off powers of two, at which 36 lines would share a set.
      long plane = (long) tiles * pitch + LANES;
      long address = Workspace.get().floats(use, PLACES * plane);
      return new Planes36(address, pitch, plane * Float.BYTES);
    }

    long at(int tile) {
      return address + (long) tile * pitch * Float.BYTES;
    }

    /** A tile's places as a window of 6 x 6. */
    Window window(int tile) {
      return new Window(at(tile), SIZE * planeBytes, planeBytes);
    }

    Matrix matrix(int place) {
      return new Matrix(address + place * planeBytes, pitch, 1);
    }
  }

  /** The transformed windows of some tiles. */
  private Planes36 inputs(int first, int count, int room) {
    Planes36 planes = Planes36.of(Use.TILES, room, pitch);
    for (int t = 0; t < count; t++) {
      Window window = window(x, first + t, SIZE, -paddingH, -paddingW);
      transform(WinogradLines.INPUT, window, SIZE, planes.window(t), SIZE, channels);
    }
    return planes;
  }

  /** Where the numbers of a window lie. */
  private record Window(long address, long rowBytes, long pixelBytes) {}

  /** Room for a window of {@link #GROUP} vectors. */
  private long temporary() {
    int most = Math.max(LANES, Math.max(channels, outputs));
    return Workspace.get().floats(Use.WINDOW, PLACES * (GROUP * LANES + (long) most));
  }

  /** Room for a window of pixels. */
  private long pixels() {
    return temporary() + PLACES * GROUP * VECTOR_BYTES;
  }

  /**
   * The pixels of {@code image} that belong to a tile: in place where all are inside, else copied
   * among zeros.
   *
   * @param size of the window
   * @param top of the first tile's window
   */
  private Window window(Image image, int tile, int size, int top, int left) {
    int n = tile / (tilesH * tilesW);
    int h = tile / tilesW % tilesH * m + top;
    int w = tile % tilesW * m + left;
    if (h >= 0 && w >= 0 && h + size <= image.height() && w + size <= image.width()) {
      return new Window(image.at(n, h, w), image.rowBytes(), image.pixelBytes());
    }
    int pitch = Math.ceilDiv(image.channels(), LANES) * LANES;
    long pixelBytes = (long) pitch * Float.BYTES;
    long to = pixels();
    Runs.clear(to, (long) size * size * pitch);
    int from = Math.max(0, -w);
    int end = Math.min(size, image.width() - w);
    for (int i = Math.max(0, -h); i < Math.min(size, image.height() - h); i++) {
      for (int j = from; j < end; j++) {
        long pixel = image.at(n, h + i, w + j);
        Runs.copy(pixel, to + ((long) i * size + j) * pixelBytes, image.channels());
      }
    }
    return new Window(to, size * pixelBytes, pixelBytes);
  }

  /**
   * Transforms a window of {@code numbers} numbers a pixel in both directions.
   *
   * @param size of {@code from}, which holds {@code size x size} pixels
   * @param toSize of {@code to}
   */
  private void transform(
      LineTransform line, Window from, int size, Window to, int toSize, int numbers) {
    long between = temporary();
    for (int i = 0; i < numbers; i += GROUP * LANES) {
      int vectors = Math.min(GROUP, (numbers - i) / LANES);
      long width = vectors * VECTOR_BYTES;
      long at = (long) i * Float.BYTES;
      line.call(
          from.address + at,
          from.rowBytes,
          from.pixelBytes,
          between,
          SIZE * width,
          width,
          size,
          vectors);
      line.call(
          between,
          width,
          SIZE * width,
          to.address + at,
          to.pixelBytes,
          to.rowBytes,
          toSize,
          vectors);
    }
  }

  /** Transforms a tile's products back and writes what lies inside the image. */
  private void output(int tile, Planes36 products, int t) {
    int n = tile / (tilesH * tilesW);
    int h = tile / tilesW % tilesH * m;
    int w = tile % tilesW * m;
    int rows = Math.min(m, y.height() - h);
    int columns = Math.min(m, y.width() - w);
    if (rows == m && columns == m && outputs == y.channels()) {
      Window place = new Window(y.at(n, h, w), y.rowBytes(), y.pixelBytes());
      transform(outputLine, products.window(t), SIZE, place, m, outputs);
      return;
    }
    long pixelBytes = (long) outputs * Float.BYTES;
    Window place = new Window(pixels(), m * pixelBytes, pixelBytes);
    transform(outputLine, products.window(t), SIZE, place, m, outputs);
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        long from = place.address + ((long) i * m + j) * pixelBytes;
        Runs.copy(from, y.at(n, h + i, w + j), y.channels());
      }
    }
  }

  /** Transformed weights: for every place of the window, panels [C, O]. */
  private long transformedWeights() {
    int panels = Math.ceilDiv(filter.out(), COLUMNS);
    long floats = (long) PLACES * panels * filter.in() * COLUMNS;
    long to = Workspace.get().floats(Use.WEIGHTS, floats);
    int halves = 2 * panels;
    Parallel.forRange(
        (long) halves * filter.in(),
        64,
        (from, end) -> {
          for (long i = from; i < end; i++) {
            int half = (int) (i / filter.in());
            int c = (int) (i % filter.in());
            long row = ((long) half / 2 * filter.in() + c) * COLUMN_BYTES;
            weight(c, half * LANES, to + row + half % 2 * VECTOR_BYTES);
          }
        });
    return to;
  }

  private long weightPlaneBytes() {
    return (long) Math.ceilDiv(filter.out(), COLUMNS) * filter.in() * COLUMN_BYTES;
  }

  private Panels panels(long weights, int place) {
    return Panels.packed(weights + place * weightPlaneBytes(), filter.in(), outputs);
  }

  /** Transforms the taps of one input channel for a vector of output channels. */
  private void weight(int c, int firstOut, long to) {
    int r = filter.width();
    long taps = pixels();
    int count = Math.clamp(filter.out() - firstOut, 0, LANES);
    for (int tap = 0; tap < r * r; tap++) {
      long vector = taps + tap * VECTOR_BYTES;
      Simd.store(Simd.load(Target.ZEROS), vector);
      Runs.gather(
          filter.at(firstOut, c, tap / r, tap % r),
          filter.outStride() * Float.BYTES,
          vector,
          count);
    }
    long planeBytes = weightPlaneBytes();
    Window window = new Window(taps, r * VECTOR_BYTES, VECTOR_BYTES);
    Window planes = new Window(to, SIZE * planeBytes, planeBytes);
    transform(weightLine, window, r, planes, SIZE, LANES);
  }

  /** The gradient of the weights, given that of the output {@code g}. */
  static void weightGrad(Image x, Image g, Filter gradWeight, int paddingH, int paddingW) {
    new Winograd(x, gradWeight, g, paddingH, paddingW).weightGrad();
  }

  private void weightGrad() {
    long size = (long) PLACES * filter.in() * outputs;
    int blocks = Math.ceilDiv(tiles(), TILES);
    int slices = Math.min(blocks, (int) Math.clamp(PARTIAL / size, 2, SLICES));
    long sums = Workspace.get().floats(Use.PARTIAL_SUMS, slices * size);
    Parallel.forRange(
        slices,
        1,
        (from, to) -> {
          for (int slice = (int) from; slice < to; slice++) {
            int first = slice * blocks / slices;
            for (int block = first; block < (slice + 1) * blocks / slices; block++) {
              gradientBlock(block, sums + slice * size * Float.BYTES, block > first);
            }
          }
        });
    Parallel.forRange(
        (long) filter.in() * (outputs / LANES),
        16,
        (from, to) -> {
          for (long i = from; i < to; i++) {
            int c = (int) (i / (outputs / LANES));
            int o = (int) (i % (outputs / LANES)) * LANES;
            weightGradient(c, o, sums, slices, size * Float.BYTES);
          }
        });
  }

  /** The part of a block of tiles in the transformed gradient of the weights. */
  private void gradientBlock(int block, long sums, boolean onto) {
    int first = block * TILES;
    int count = Math.min(TILES, tiles() - first);
    Planes36 in = inputs(first, count, TILES);
    Planes36 out = Planes36.of(Use.PRODUCTS, TILES, outputs);
    for (int t = 0; t < count; t++) {
      transform(gradientLine, window(y, first + t, m, 0, 0), m, out.window(t), SIZE, outputs);
    }
    long outBytes = (long) outputs * Float.BYTES;
    for (int place = 0; place < PLACES; place++) {
      Matrix a = in.matrix(place).transpose();
      Panels b = Panels.inPlace(out.matrix(place).address(), outBytes, outputs);
      long plane = sums + place * filter.in() * outBytes;
      Target target = Target.of(new Matrix(plane, outputs, 1));
      for (int c = 0; c < filter.in(); c += RowBlock.ROWS) {
        int rows = Math.min(RowBlock.ROWS, filter.in() - c);
        Left left = RowBlock.get().pack(a, c, rows, 0, count);
        RowBlock.multiply(left, rows, b, 0, b.count(), target, c, onto);
      }
    }
  }

  /** Sums the slices and transforms back, for one input and a vector of output channels. */
  private void weightGradient(int c, int o, long sums, int slices, long sliceBytes) {
    long total = pixels();
    long planeBytes = (long) filter.in() * outputs * Float.BYTES;
    long first = sums + ((long) c * outputs + o) * Float.BYTES;
    for (int place = 0; place < PLACES; place++) {
      long to = total + place * VECTOR_BYTES;
      Simd.store(Simd.load(first + place * planeBytes), to);
      for (int slice = 1; slice < slices; slice++) {
        Runs.add(first + place * planeBytes + slice * sliceBytes, to, LANES);
      }
    }
    int r = filter.width();
    Window window = new Window(total, SIZE * VECTOR_BYTES, VECTOR_BYTES);
    Window taps = new Window(total, r * VECTOR_BYTES, VECTOR_BYTES);
    transform(tapLine, window, SIZE, taps, r, LANES);
    int count = Math.min(LANES, filter.out() - o);
    for (int tap = 0; tap < r * r; tap++) {
      Runs.scatter(
          total + tap * VECTOR_BYTES,
          filter.at(o, c, tap / r, tap % r),
          filter.outStride() * Float.BYTES,
          count);
    }
  }
}
