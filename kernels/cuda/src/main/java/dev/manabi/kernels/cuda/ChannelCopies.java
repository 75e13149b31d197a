package dev.manabi.kernels.cuda;

import dev.manabi.tensor.DType;
import dev.manabi.tensor.Ints;
import dev.manabi.tensor.Layout;
import dev.manabi.tensor.Shape;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.op.ConvOp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Copies of a convolution's operands that lie channels-last with channels in whole chunks, for
 * those that do not: planar images, and numbers of channels such as 3. On them the kernels of
 * {@code conv_wide.cu} bring 16 bytes at a time. Channels that are added are 0.
 */
final class ChannelCopies implements AutoCloseable {
  /** Below this a launch for each copy costs more than they save; 2^28 take some microseconds. */
  private static final long MIN_MULTIPLICATIONS = 1L << 28;

  /**
   * An element is read and written in the time that 16 bytes at a time save on so many products.
   */
  private static final long MULTIPLICATIONS_PER_COPIED = 64;

  /** Channels that are added are multiplied, too: 3 may become 8, but not 1. */
  private static final long MOST_GROWTH = 3;

  private final Gpu gpu;
  private final List<Scratch> copies = new ArrayList<>();

  private ChannelCopies(Gpu gpu) {
    this.gpu = gpu;
  }

  /**
   * Whether copies take less time than they save.
   *
   * @param copied elements of those operands that need a copy
   * @param growth how many times as many products there are with added channels
   */
  static boolean pay(long multiplications, long copied, double growth) {
    return multiplications >= MIN_MULTIPLICATIONS
        && multiplications >= MULTIPLICATIONS_PER_COPIED * copied
        && growth <= MOST_GROWTH;
  }

  /** Whether this convolution is faster on copies; false if it needs none. */
  static boolean pay(Gpu gpu, Convolution c) {
    DType dtype = c.x().dtype();
    int chunk = Tile.chunk(dtype);
    int channels = padded(c.channelsPerGroup(), chunk);
    int filters = padded(c.filtersPerGroup(), chunk);
    boolean added = channels != c.channelsPerGroup() || filters != c.filtersPerGroup();
    // Channels of several groups would have to be moved apart.
    if (!Tile.canBeWide(gpu, dtype) || (added && c.groups() > 1)) {
      return false;
    }
    long copied = 0;
    for (Tensor planes : new Tensor[] {c.x(), c.y()}) {
      copied += Convolutions.hasChunks(planes, chunk) ? 0 : planes.numel();
    }
    double grown = (double) channels * filters / (c.channelsPerGroup() * c.filtersPerGroup());
    return copied > 0 && pay(c.multiplications(), copied, grown);
  }

  private static int padded(int channels, int chunk) {
    return Math.ceilDiv(channels, chunk) * chunk;
  }

  /** Computes {@code c} on copies. */
  static void run(Gpu gpu, Convolution c) {
    int chunk = Tile.chunk(c.x().dtype());
    int channels = padded(c.channelsPerGroup(), chunk);
    int filters = padded(c.filtersPerGroup(), chunk) * c.groups();
    Shape x = with(c.x().shape(), c.x().shape().dim(0), channels * c.groups());
    Shape weight = with(c.weight().shape(), filters, channels);
    Shape y = with(c.y().shape(), c.y().shape().dim(0), filters);
    try (ChannelCopies copies = new ChannelCopies(gpu)) {
      Tensor result;
      switch (c.op()) {
        case ConvOp.Conv2d op -> {
          Tensor bias = c.bias();
          if (bias != null && bias.shape().dim(0) != filters) {
            bias = copies.filled(bias, Layout.contiguous(Shape.of(filters)));
          }
          Tensor residual = c.epilogue().residual();
          Epilogue epilogue =
              new Epilogue(residual == null ? null : copies.of(residual, y), op.relu());
          result = copies.room(c.y(), y);
          Convolutions.compute(
              gpu,
              new Convolution(
                  op, copies.of(c.x(), x), copies.of(c.weight(), weight), result, bias, epilogue));
          copies.bring(result, c.y());
        }
        case ConvOp.InputGrad op -> {
          result = copies.room(c.x(), x);
          Convolutions.compute(
              gpu, new Convolution(op, result, copies.of(c.weight(), weight), copies.of(c.y(), y)));
          copies.bring(result, c.x());
        }
        case ConvOp.WeightGrad op -> {
          result = copies.room(c.weight(), weight);
          Convolutions.compute(
              gpu, new Convolution(op, copies.of(c.x(), x), result, copies.of(c.y(), y)));
          copies.bring(result, c.weight());
        }
      }
    }
  }

  /** {@code shape} with other first dimensions. */
  private static Shape with(Shape shape, int first, int second) {
    return Shape.of(first, second, shape.dim(2), shape.dim(3));
  }

  /** {@code t} itself, if it has this shape and whole chunks. */
  private static boolean fits(Tensor t, Shape shape) {
    return t.shape().equals(shape) && Convolutions.hasChunks(t, Tile.chunk(t.dtype()));
  }

  private Tensor scratch(DType dtype, Layout layout) {
    Scratch copy = Scratch.of(gpu, dtype, layout);
    copies.add(copy);
    return copy.tensor();
  }

  /** The elements of {@code t} in {@code shape}, in whole chunks, with zeros where it ends. */
  private Tensor of(Tensor t, Shape shape) {
    return fits(t, shape) ? t : filled(t, Layout.channelsLast(shape));
  }

  private Tensor filled(Tensor t, Layout layout) {
    Tensor copy = scratch(t.dtype(), layout);
    if (!t.shape().equals(layout.shape())) {
      Copies.fill(gpu, copy, 0);
    }
    Copies.copy(gpu, t, corner(copy, t.shape()));
    return copy;
  }

  /** Where to compute {@code t}: itself, or a tensor of {@code shape}. */
  private Tensor room(Tensor t, Shape shape) {
    return fits(t, shape) ? t : scratch(t.dtype(), Layout.channelsLast(shape));
  }

  /** Brings what was computed to where it belongs. */
  private void bring(Tensor result, Tensor to) {
    if (result != to) {
      Copies.copy(gpu, corner(result, to.shape()), to);
    }
  }

  private static Tensor corner(Tensor t, Shape shape) {
    int[] ones = new int[shape.rank()];
    Arrays.fill(ones, 1);
    Ints start = Ints.of(new int[shape.rank()]);
    return t.withLayout(t.layout().slice(start, Ints.of(shape.toArray()), Ints.of(ones)));
  }

  @Override
  public void close() {
    copies.forEach(Scratch::close);
  }
}
