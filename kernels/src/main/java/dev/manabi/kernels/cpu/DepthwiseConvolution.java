package dev.manabi.kernels.cpu;

import static dev.manabi.kernels.cpu.Simd.BYTES;
import static dev.manabi.kernels.cpu.Simd.COUNT;

import dev.manabi.kernels.cpu.ChannelStrips.Axis;
import dev.manabi.kernels.cpu.ChannelStrips.Windows;
import dev.manabi.tensor.op.ConvOp;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Convolution in which every channel has a kernel of its own (MobileNet's, Howard et al., 2017) and
 * both its gradients, for any kernel, stride and dilation. There is no matrix product in it: a
 * vector holds neighbouring channels of a pixel, and each tap is one multiply-add of a {@link
 * DepthwiseKernel}. Outputs that meet the same taps are computed together: those amid a row, and
 * those at its ends that also meet padding. The input's gradient is the convolution of the output's
 * with the kernel turned by 180 degrees, or if there is a stride, with the part of it that has met
 * each {@link Phase}. Pixels that do not fill a vector are copied to {@link ChannelStrips}. Error:
 * that of adding as many f32 products as a window has, for the weights' gradient as a slice has
 * pixels.
 */
final class DepthwiseConvolution {
  /** About the multiply-adds that make a task. */
  private static final long WORK = 1 << 16;

  /** Tasks at most. */
  private static final int TASKS = 32;

  /** Parts of the output whose gradients of weights are summed apart. */
  private static final int SLICES = 16;

  private final Filter filter;
  private final Image x;
  private final Axis rows;
  private final Axis columns;

  /** Rows of outputs that are computed at a time. */
  private final int together;

  /** How often that is in an image. */
  private final int bands;

  private DepthwiseConvolution(Filter filter, Image x, Axis rows, Axis columns) {
    this.filter = filter;
    this.x = x;
    this.rows = rows;
    this.columns = columns;
    together = ChannelStrips.outputRows(rows, columns, x.channels());
    bands = Math.ceilDiv(rows.outputs(), together);
  }

  private static DepthwiseConvolution of(ConvOp.Params p, Filter filter, Image x, Image y) {
    return new DepthwiseConvolution(
        filter,
        x,
        new Axis(y.height(), filter.height(), p.strideH(), p.dilationH(), p.paddingH(), x.height()),
        new Axis(y.width(), filter.width(), p.strideW(), p.dilationW(), p.paddingW(), x.width()));
  }

  /** {@code y = x * weights + bias}, and the epilogue; {@code bias} is 0 for none. */
  static void forward(
      ConvOp.Params p, Image x, Filter filter, long bias, Image y, Epilogue epilogue) {
    of(p, filter, x, y).sums(bias, Lattice.of(y), epilogue);
  }

  /** The gradient of the input, given that of the output. */
  static void inputGrad(ConvOp.Params p, Image gradOut, Filter filter, Image gradX) {
    for (int h = 0; h < Math.min(p.strideH(), gradX.height()); h++) {
      Phase rows = Phase.ofRows(h, p, filter, gradX, gradOut);
      for (int w = 0; w < Math.min(p.strideW(), gradX.width()); w++) {
        Phase columns = Phase.ofColumns(w, p, filter, gradX, gradOut);
        Lattice pixels = new Lattice(gradX, h, w, p.strideH(), p.strideW());
        inputGrad(gradOut, filter, rows, columns, pixels);
      }
    }
  }

  private static void inputGrad(
      Image gradOut, Filter filter, Phase rows, Phase columns, Lattice gradX) {
    if (rows.taps() == 0 || columns.taps() == 0) {
      gradX.clear();
      return;
    }
    Filter met = filter.part(rows, columns).flipped();
    new DepthwiseConvolution(met, gradOut, rows.axis(), columns.axis())
        .sums(0, gradX, Epilogue.NONE);
  }

  /** Whether kernels read the input where it lies: not if a pixel has less than one vector. */
  private boolean inPlace() {
    return x.channels() >= COUNT;
  }

  /** Vectors of channels; the last begins early rather than end late. */
  private int vectors() {
    return Math.ceilDiv(x.channels(), COUNT);
  }

  /** The first channel of a vector. */
  private int channel(int vector) {
    return Math.max(0, Math.min(vector * COUNT, x.channels() - COUNT));
  }

  private int lanes() {
    return Math.min(COUNT, x.channels());
  }

  /** Numbers from the weights of a vector of channels to those of the next. */
  private long pitch() {
    return (filter.taps() + 1L) * COUNT;
  }

  /** What is done with some rows of outputs of an image. */
  private interface Band {
    void run(ChannelStrips strips, int image, int first, int count);
  }

  private void forBands(long from, long to, Band band) {
    ChannelStrips strips = ChannelStrips.of(x, rows, columns, together);
    for (long i = from; i < to; i++) {
      int image = (int) (i / bands);
      int first = (int) (i % bands) * together;
      int count = Math.min(together, rows.outputs() - first);
      strips.fill(image, first, count);
      band.run(strips, image, first, count);
    }
  }

  private void sums(long bias, Lattice y, Epilogue epilogue) {
    long weights = packed(bias);
    Parallel.Body body =
        inPlace() ? rowSums(weights, y, epilogue) : stripSums(weights, y, epilogue);
    long all = (long) x.count() * (inPlace() ? y.height() : bands);
    long pixels = (long) x.count() * y.height() * y.width();
    long work = pixels * x.channels() * filter.taps();
    long tasks = Math.clamp(work / WORK, 1, TASKS);
    Parallel.forRange(all, Math.ceilDiv(all, tasks), body);
  }

  /** Reads rows of the input where they lie. */
  private Parallel.Body rowSums(long weights, Lattice y, Epilogue epilogue) {
    List<Windows> runs = columns.windows();
    DepthwiseKernel[] kernels = new DepthwiseKernel[runs.size()];
    for (int i = 0; i < kernels.length; i++) {
      kernels[i] = kernels(runs.get(i).taps()).sums(runs.get(i).count());
    }
    return (from, to) -> {
      for (long i = from; i < to; i++) {
        int image = (int) (i / y.height());
        int h = (int) (i % y.height());
        Windows down = rows.window(h);
        for (int k = 0; k < kernels.length; k++) {
          rowSums(kernels[k], down, runs.get(k), image, weights, y);
        }
        y.image().finish(epilogue, image, h, 0, y.width());
      }
    };
  }

  private void rowSums(
      DepthwiseKernel kernel, Windows down, Windows along, int image, long weights, Lattice y) {
    long at = x.at(image, down.source(), along.source());
    long to = y.at(image, down.output(), along.output());
    int whole = x.channels() / COUNT;
    for (int v = 0; v < vectors(); v += whole) {
      long offset = (long) channel(v) * Float.BYTES;
      long own = weights + v * pitch() * Float.BYTES;
      kernel.run(
          at + offset,
          x.pixelBytes(),
          rows.dilation() * x.rowBytes(),
          own,
          own + (1L + down.tap() * filter.width() + along.tap()) * BYTES,
          (long) filter.width() * BYTES,
          pitch() * Float.BYTES,
          to + offset,
          y.pixelBytes(),
          down.taps(),
          along.count(),
          v == 0 ? whole : 1);
    }
  }

  /** Copies rows of the input first. */
  private Parallel.Body stripSums(long weights, Lattice y, Epilogue epilogue) {
    DepthwiseKernel kernel = kernels(filter.width()).sums(y.width());
    return (from, to) ->
        forBands(
            from,
            to,
            (strips, image, first, count) -> {
              for (int r = 0; r < count; r++) {
                for (int v = 0; v < vectors(); v++) {
                  stripSums(kernel, strips, weights, v, r, y, y.at(image, first + r, 0));
                }
                y.image().finish(epilogue, image, first + r, 0, y.width());
              }
            });
  }

  private void stripSums(
      DepthwiseKernel kernel,
      ChannelStrips strips,
      long weights,
      int v,
      int r,
      Lattice y,
      long row) {
    long own = weights + v * pitch() * Float.BYTES;
    long place = rowOfVectors(y.width());
    kernel.run(
        strips.at(v, r),
        BYTES,
        rows.dilation() * strips.rowBytes(),
        own,
        own + BYTES,
        (long) filter.width() * BYTES,
        0,
        place,
        BYTES,
        filter.height(),
        y.width(),
        1);
    long to = row + (long) channel(v) * Float.BYTES;
    ChannelStrips.move(place, BYTES, to, y.pixelBytes(), y.width(), lanes());
  }

  /** Room for a row of pixels of one vector each. */
  private static long rowOfVectors(int width) {
    return Workspace.get().floats(Workspace.Use.OUTPUTS, (long) width * COUNT);
  }

  private DepthwiseKernels kernels(int width) {
    return new DepthwiseKernels(width, columns.stride(), columns.dilation());
  }

  /** For each vector of channels that of the biases, or zeros, and then those of the taps. */
  private long packed(long bias) {
    long size = pitch();
    long all = Workspace.get().floats(Workspace.Use.WEIGHTS, vectors() * size);
    Runs.clear(all, vectors() * size);
    for (int v = 0; v < vectors(); v++) {
      long to = all + v * size * Float.BYTES;
      if (bias != 0) {
        Runs.copy(bias + (long) channel(v) * Float.BYTES, to, lanes());
      }
      for (int tap = 0; tap < filter.taps(); tap++) {
        long first = filter.at(channel(v), 0, tap / filter.width(), tap % filter.width());
        Runs.gather(first, filter.outStride() * Float.BYTES, to + (tap + 1L) * BYTES, lanes());
      }
    }
    return all;
  }

  /** The gradient of the weights, given that of the output. */
  static void weightGrad(ConvOp.Params p, Image x, Image gradOut, Filter gradWeight) {
    of(p, gradWeight, x, gradOut).weightGrad(gradOut);
  }

  private void weightGrad(Image g) {
    long size = vectors() * (long) filter.taps() * COUNT;
    long sums = Workspace.get().floats(Workspace.Use.PARTIAL_SUMS, SLICES * size);
    Runs.clear(sums, SLICES * size);
    List<Windows> runs = columns.windows();
    @Nullable DepthwiseKernel[][] kernels = gradientKernels(runs);
    long all = (long) g.count() * (inPlace() ? g.height() : bands);
    Parallel.forRange(
        SLICES,
        1,
        (slice, _) -> {
          long own = sums + slice * size * Float.BYTES;
          long from = slice * all / SLICES;
          long to = (slice + 1) * all / SLICES;
          if (inPlace()) {
            rowGradients(kernels, runs, from, to, g, own);
          } else {
            stripGradients(kernels[0], from, to, g, own);
          }
        });
    for (int slice = 1; slice < SLICES; slice++) {
      Runs.add(sums + slice * size * Float.BYTES, sums, size);
    }
    unpack(sums);
  }

  /** For each run of windows, or for all of them, the kernels by how many rows they take. */
  private @Nullable DepthwiseKernel[][] gradientKernels(List<Windows> runs) {
    @Nullable DepthwiseKernel[][] kernels =
        new @Nullable DepthwiseKernel[inPlace() ? runs.size() : 1][];
    for (int k = 0; k < kernels.length; k++) {
      DepthwiseKernels shape = kernels(inPlace() ? runs.get(k).taps() : filter.width());
      int most = shape.rowsTogether(filter.height());
      kernels[k] = new @Nullable DepthwiseKernel[most + 1];
      for (int h = 0; h < (inPlace() ? rows.outputs() : 1); h++) {
        int taps = inPlace() ? rows.window(h).taps() : filter.height();
        for (int some : new int[] {Math.min(most, taps), taps % most}) {
          kernels[k][some] = some == 0 ? null : shape.gradients(some);
        }
      }
    }
    return kernels;
  }

  private void rowGradients(
      @Nullable DepthwiseKernel[][] kernels,
      List<Windows> runs,
      long from,
      long to,
      Image g,
      long sums) {
    for (long i = from; i < to; i++) {
      int image = (int) (i / g.height());
      Windows down = rows.window((int) (i % g.height()));
      for (int v = 0; v < vectors(); v++) {
        long offset = (long) channel(v) * Float.BYTES;
        for (int k = 0; k < kernels.length; k++) {
          Windows along = runs.get(k);
          int tap = v * filter.taps() + down.tap() * filter.width() + along.tap();
          gradients(
              kernels[k],
              x.at(image, down.source(), along.source()) + offset,
              x.pixelBytes(),
              rows.dilation() * x.rowBytes(),
              sums + (long) tap * BYTES,
              g.at(image, down.output(), along.output()) + offset,
              g.pixelBytes(),
              down.taps(),
              along.count());
        }
      }
    }
  }

  /** Copies rows of the input, which has less than one vector in a pixel. */
  private void stripGradients(
      @Nullable DepthwiseKernel[] kernels, long from, long to, Image g, long sums) {
    long place = rowOfVectors(g.width());
    forBands(
        from,
        to,
        (strips, image, first, count) -> {
          for (int r = 0; r < count; r++) {
            ChannelStrips.move(
                g.at(image, first + r, 0), g.pixelBytes(), place, BYTES, g.width(), lanes());
            gradients(
                kernels,
                strips.at(0, r),
                BYTES,
                rows.dilation() * strips.rowBytes(),
                sums,
                place,
                BYTES,
                filter.height(),
                g.width());
          }
        });
  }

  /** Adds what a run of outputs gives to the gradients of their weights. */
  private void gradients(
      @Nullable DepthwiseKernel[] kernels,
      long from,
      long xStep,
      long xDown,
      long sums,
      long g,
      long gStep,
      int taps,
      int outputs) {
    int most = kernels.length - 1;
    long down = (long) filter.width() * BYTES;
    for (int i = 0; i < taps; i += most) {
      int some = Math.min(most, taps - i);
      long at = from + i * xDown;
      long to = sums + i * down;
      Objects.requireNonNull(kernels[some])
          .run(at, xStep, xDown, 0, to, down, 0, g, gStep, some, outputs, 1);
    }
  }

  /** The gradients of the weights from their vectors. */
  private void unpack(long sums) {
    for (int v = 0; v < vectors(); v++) {
      for (int tap = 0; tap < filter.taps(); tap++) {
        long from = sums + ((long) v * filter.taps() + tap) * BYTES;
        long first = filter.at(channel(v), 0, tap / filter.width(), tap % filter.width());
        Runs.scatter(from, first, filter.outStride() * Float.BYTES, lanes());
      }
    }
  }
}
