package dev.manabi.kernels.cuda;

import dev.manabi.kernels.cuda.driver.Grid;
import dev.manabi.tensor.Ints;
import dev.manabi.tensor.Layout;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.op.NormOp;
import java.util.function.LongConsumer;

/** Batch norm of what has its channels innermost in memory: {@code columns.cu}. */
final class Columns {
  private static final int LANES = 4;
  private static final int ROWS_AT_ONCE = 8;
  private static final int CHANNELS_AT_ONCE = 32;

  /** So many blocks keep a device busy. */
  private static final int ENOUGH_BLOCKS = 512;

  /** A block that sums fewer rows is mostly overhead. */
  private static final int MIN_ROWS = 64;

  private static final Ints IMAGES = Ints.of(0, 2, 3);
  private static final Ints FEATURES = Ints.of(0);

  private final Gpu gpu;
  private final Tensor x;
  private final int channels;
  private final int rows;
  private final int splits;
  private final int perSplit;

  private Columns(Gpu gpu, Tensor x) {
    this.gpu = gpu;
    this.x = x;
    channels = x.shape().dim(1);
    rows = (int) (x.numel() / channels);
    int enough = Math.ceilDiv(ENOUGH_BLOCKS, Math.ceilDiv(channels, CHANNELS_AT_ONCE));
    int wanted = Math.max(1, Math.min(enough, rows / MIN_ROWS));
    perSplit = Math.ceilDiv(rows, wanted);
    splits = Math.ceilDiv(rows, perSplit);
  }

  /**
   * Whether {@code x} has its channels innermost and is normalised over all else, the tensors of
   * its shape lie as it does, and {@code weight} has one number for each channel.
   */
  static boolean fit(Ints axes, Tensor x, Tensor weight, Tensor... likeX) {
    boolean images = x.rank() == 4 && axes.equals(IMAGES) && x.layout().isChannelsLast();
    boolean features = x.rank() == 2 && axes.equals(FEATURES) && x.layout().isContiguous();
    if (!(images || features)
        || x.numel() == 0
        || x.numel() > Integer.MAX_VALUE
        || x.shape().dim(1) % LANES != 0
        || weight.numel() != x.shape().dim(1)
        || weight.shape().dim(1) != x.shape().dim(1)) {
      return false;
    }
    for (Tensor t : likeX) {
      if (!Elementwise.isVectorised(Walk.over(x.shape(), x.layout(), t.layout()), x, t)) {
        return false;
      }
    }
    return true;
  }

  /** in: x, weight, bias, and perhaps a residual; out: y, mean, rstd. */
  static void forward(Gpu gpu, NormOp.Norm op, Tensor[] in, Tensor[] out) {
    Columns c = new Columns(gpu, in[0]);
    c.withSums(
        (partial, exact) -> {
          c.call("column_sums").i32(c.perSplit).tensor(c.x).address(partial).grid(c.sumGrid());
          c.call("column_statistics")
              .i32(c.splits)
              .tensor(c.x)
              .address(partial)
              .f64(op.eps())
              .address(exact)
              .tensor(out[1])
              .tensor(out[2])
              .each(c.channels);
          Call last = gpu.call("columns", c.x.dtype(), "column_normalise");
          last.i32((int) c.x.numel()).i32(c.channels).tensor(c.x);
          perChannel(perChannel(last, in[1]), in[2])
              .address(exact)
              .address(in.length > 3 ? in[3].address() : 0)
              .tensor(out[0])
              .i32(op.relu())
              .each(c.x.numel(), LANES);
        });
  }

  /** in: gradOut, x, weight, mean, rstd, and y after ReLU. */
  static void gradient(Gpu gpu, NormOp.NormGrad op, Tensor[] in, Tensor[] out) {
    Columns c = new Columns(gpu, in[1]);
    long y = op.relu() ? in[5].address() : 0;
    c.withSums(
        (partial, exact) -> {
          Call sums = c.call("column_grad_sums").i32(c.perSplit).tensor(c.x).tensor(in[0]);
          perChannel(perChannel(sums.address(y), in[3]), in[4]).address(partial).grid(c.sumGrid());
          gpu.call("columns", c.x.dtype(), "column_grad_affine")
              .i32(c.channels)
              .i32(c.splits)
              .address(partial)
              .address(exact)
              .tensor(out[1])
              .tensor(out[2])
              .each(c.channels);
          Call last = gpu.call("columns", c.x.dtype(), "column_grad");
          last.i32((int) c.x.numel()).i32(c.channels).i32(c.rows).tensor(c.x).tensor(in[0]);
          perChannel(perChannel(perChannel(last.address(y), in[2]), in[3]), in[4])
              .address(exact)
              .tensor(out[0])
              .address(op.residual() ? out[3].address() : 0)
              .each(c.x.numel(), LANES);
        });
  }

  /** A call that begins with the numbers of rows and channels. */
  private Call call(String kernel) {
    return gpu.call("columns", x.dtype(), kernel).i32(rows).i32(channels);
  }

  private Grid sumGrid() {
    int blocks = Math.ceilDiv(channels, CHANNELS_AT_ONCE);
    return new Grid(blocks, splits, 1, CHANNELS_AT_ONCE, ROWS_AT_ONCE, 1, 0);
  }

  /** {@code PerChannel} of {@code columns.cu}. */
  private static Call perChannel(Call call, Tensor t) {
    Layout layout = t.layout();
    return call.alignStruct().tensor(t).i64(layout.stride(1));
  }

  /** Work with scratch memory for partial sums, and for two exact numbers of each channel. */
  private interface Work {
    void run(long partial, long exact);
  }

  private void withSums(Work work) {
    long pair = 2L * channels * Axes.arithmetic(x.dtype()).bytes();
    LongConsumer both = scratch -> work.run(scratch, scratch + splits * pair);
    gpu.withScratch((splits + 1) * pair, both);
  }
}
