package dev.manabi.kernels.cpu;

import static dev.manabi.kernels.cpu.RowBlock.DEPTH;
import static dev.manabi.kernels.cpu.Tiles.LANES;
import static dev.manabi.kernels.cpu.WinogradTransforms.OUTPUTS;

import dev.manabi.kernels.cpu.Workspace.Use;
import java.util.function.IntConsumer;

/**
 * Convolution with stride 1 by Winograd's minimal filtering (Lavin and Gray 2016): the image is cut
 * into tiles of 4 x 4 outputs, each made from a window of 6 x 6 inputs (3 x 3 kernels) or 8 x 8 (5
 * x 5 kernels). After {@link WinogradTransforms} in both directions, what is left are products of
 * matrices [tiles, C] x [C, O], one for every place of the window: a quarter (3 x 3) or 16
 * hundredths (5 x 5) of the multiplications of the definition.
 *
 * <p>The price is rounding: the transforms multiply by up to 8, so the error is ten (3 x 3) to
 * twenty (5 x 5) times that of a plain sum: below 4e-6 and 7e-6 of the outputs, root mean square,
 * for up to 300 channels. Of a block of tiles one row of the windows is multiplied at a time, so
 * that its transformed inputs, weights and products stay in the L2 cache.
 */
final class Winograd {
  /** Blocks of tiles, at least, where there are tiles enough. */
  private static final int BLOCKS = 8;

  /** Tiles of a block, about, where there are enough. */
  private static final int FEWEST = 4 * Tiles.ROWS;

  /** Tiles of a block, at most: transformed, they share the L2 cache with the weights. */
  private static final int MOST = 8 * Tiles.ROWS;

  /** Slices of the tiles whose weight gradients are summed apart, at most. */
  private static final int SLICES = 8;

  /** Floats of partial weight gradients, about. */
  private static final int PARTIAL = 1 << 22;

  /** Floats that are worth a part of a loop. */
  private static final int GRAIN = 1 << 14;

  private final Image x;
  private final Filter filter;
  private final Image y;
  private final int paddingH;
  private final int paddingW;
  private final WinogradStrips strips;

  /** Strips of a block. */
  private final int perBlock;

  private final int channels;
  private final int outputs;
  private final WinogradTransforms transforms;

  private Winograd(Image x, Filter filter, Image y, int paddingH, int paddingW) {
    this.x = x;
    this.filter = filter;
    this.y = y;
    this.paddingH = paddingH;
    this.paddingW = paddingW;
    transforms = WinogradTransforms.of(filter);
    int all = y.count() * Math.ceilDiv(y.height(), OUTPUTS) * Math.ceilDiv(y.width(), OUTPUTS);
    int tiles = Math.clamp(all / BLOCKS, FEWEST, MOST);
    strips = WinogradStrips.of(y, OUTPUTS, transforms.size(), tiles);
    int blocks = Math.ceilDiv(strips.strips(), Math.max(1, tiles / strips.length()));
    perBlock = Math.ceilDiv(strips.strips(), blocks);
    channels = Math.ceilDiv(filter.in(), LANES) * LANES;
    outputs = Math.ceilDiv(filter.out(), LANES) * LANES;
  }

  /** Whether there are transforms for a kernel of this size. */
  static boolean takes(Filter filter) {
    return filter.height() == filter.width() && (filter.width() == 3 || filter.width() == 5);
  }

  /** Multiplications for each pair of an input and an output channel. */
  static long multiplications(Filter filter, Image y) {
    long tiles = (long) Math.ceilDiv(y.height(), OUTPUTS) * Math.ceilDiv(y.width(), OUTPUTS);
    int size = WinogradTransforms.size(filter.width());
    return size * size * tiles * y.count();
  }

  /**
   * {@code y = x * filter + bias}, and the epilogue; with a {@link Filter#turned} filter, the
   * gradient of an input.
   */
  static void forward(
      Image x, Filter filter, long bias, Image y, int paddingH, int paddingW, Epilogue epilogue) {
    new Winograd(x, filter, y, paddingH, paddingW).forward(bias, epilogue);
  }

  private int blocks() {
    return Math.ceilDiv(strips.strips(), perBlock);
  }

  private int blockEnd(int block) {
    return Math.min(strips.strips(), (block + 1) * perBlock);
  }

  private int room() {
    return perBlock * strips.length();
  }

  private WinogradPlanes planes(Use use, int pitch) {
    return WinogradPlanes.of(use, transforms.size(), room(), pitch);
  }

  /** The windows of strips {@code [from, to)}, transformed down the columns. */
  private WinogradRows inputs(int from, int to) {
    return strips.columns(
        x, transforms.input(), transforms.size(), paddingH, paddingW, from, to, Use.WINDOW);
  }

  /**
   * Where a sum has its bias: place (1, 1) belongs to the point (1, 1), all powers of which are 1,
   * so what is added there appears in every output.
   */
  private int biasPlace() {
    return transforms.size() + 1;
  }

  private void forward(long bias, Epilogue epilogue) {
    var transform = new WinogradFilter(filter, transforms);
    transform.withTransformed(
        weights ->
            Parallel.forRange(
                blocks(),
                1,
                (from, to) -> {
                  for (int block = (int) from; block < to; block++) {
                    int first = block * perBlock;
                    WinogradRows sums =
                        sums(first, blockEnd(block), weights, transform.placeBytes(), bias);
                    strips.columnsBack(
                        sums, transforms.outputs(), first, blockEnd(block), y, epilogue);
                  }
                }));
  }

  /**
   * The sums of a block, transformed back along the rows. Weights and products of a row of the
   * windows are in the L2 cache at a time.
   */
  private WinogradRows sums(int from, int to, long weights, long placeBytes, long bias) {
    int tiles = strips.tiles(from, to);
    WinogradRows inputs = inputs(from, to);
    WinogradRows sums = strips.room(to - from, filter.out());
    forRows(
        i -> {
          WinogradPlanes in = planes(Use.TILES, Math.max(channels, outputs));
          // A product may replace its operand, which is packed before, unless packed in parts.
          WinogradPlanes out = filter.in() <= DEPTH ? in : planes(Use.PRODUCTS, in.pitch());
          strips.rows(inputs, transforms.input(), i, filter.in(), from, to, in);
          for (int j = 0; j < transforms.size(); j++) {
            int place = i * transforms.size() + j;
            Panels panels = Panels.packed(weights + place * placeBytes, filter.in(), outputs);
            long start = place == biasPlace() ? bias : 0;
            Target target = new Target(out.matrix(j), start, Epilogue.NONE);
            multiply(in.matrix(j), tiles, panels, target);
          }
          strips.rowsBack(out, transforms.outputs(), i, filter.out(), from, to, sums);
        });
    return sums;
  }

  /**
   * Runs {@code row} for each of the windows' rows, which do not depend on each other: of a single
   * block, threads share them out.
   */
  private void forRows(IntConsumer row) {
    int size = transforms.size();
    Parallel.forRange(
        size,
        blocks() == 1 ? 1 : size,
        (from, to) -> {
          for (int i = (int) from; i < to; i++) {
            row.accept(i);
          }
        });
  }

  private void multiply(Matrix a, int rows, Panels b, Target target) {
    for (int k = 0; k < filter.in(); k += DEPTH) {
      Left left = RowBlock.get().pack(a, 0, rows, k, Math.min(DEPTH, filter.in() - k));
      RowBlock.multiply(left, rows, b.from(k), target, 0, k > 0);
    }
  }

  /** The gradient of the weights, given that of the output {@code g}. */
  static void weightGrad(Image x, Image g, Filter gradWeight, int paddingH, int paddingW) {
    new Winograd(x, gradWeight, g, paddingH, paddingW).weightGrad();
  }

  private void weightGrad() {
    long size = (long) transforms.places() * filter.in() * outputs;
    int slices = Math.min(blocks(), (int) Math.clamp(PARTIAL / size, 2, SLICES));
    long sums = Workspace.get().floats(Use.PARTIAL_SUMS, slices * size);
    long sliceBytes = size * Float.BYTES;
    Parallel.forRange(
        slices,
        1,
        (from, to) -> {
          for (int slice = (int) from; slice < to; slice++) {
            int first = slice * blocks() / slices;
            for (int block = first; block < (slice + 1) * blocks() / slices; block++) {
              gradients(
                  block * perBlock, blockEnd(block), sums + slice * sliceBytes, block > first);
            }
          }
        });
    Parallel.forRange(
        size,
        GRAIN,
        (from, to) -> {
          long first = sums + from * Float.BYTES;
          for (int slice = 1; slice < slices; slice++) {
            Runs.add(first + slice * sliceBytes, first, to - from);
          }
        });
    new WinogradFilter(filter, transforms).gradient(sums);
  }

  /** The part of a block of tiles in the transformed gradient of the weights. */
  private void gradients(int from, int to, long sums, boolean onto) {
    int tiles = strips.tiles(from, to);
    LineTransform line = transforms.outputGradients();
    WinogradRows inputs = inputs(from, to);
    WinogradRows gradients = strips.columns(y, line, OUTPUTS, 0, 0, from, to, Use.OUTPUTS);
    forRows(
        i -> {
          WinogradPlanes in = planes(Use.TILES, channels);
          WinogradPlanes out = planes(Use.PRODUCTS, outputs);
          strips.rows(inputs, transforms.input(), i, filter.in(), from, to, in);
          strips.rows(gradients, line, i, filter.out(), from, to, out);
          for (int j = 0; j < transforms.size(); j++) {
            long plane =
                sums + (long) (i * transforms.size() + j) * filter.in() * outputs * Float.BYTES;
            gradient(in.matrix(j).transpose(), out.matrix(j), tiles, plane, onto);
          }
        });
  }

  private void gradient(Matrix a, Matrix g, int tiles, long sums, boolean onto) {
    Panels b = Panels.inPlace(g.address(), (long) outputs * Float.BYTES, outputs);
    Target target = Target.of(new Matrix(sums, outputs, 1));
    for (int c = 0; c < filter.in(); c += RowBlock.ROWS) {
      int rows = Math.min(RowBlock.ROWS, filter.in() - c);
      Left left = RowBlock.get().pack(a, c, rows, 0, tiles);
      RowBlock.multiply(left, rows, b, target, c, onto);
    }
  }
}
