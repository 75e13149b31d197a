package dev.manabi.bench;

import dev.manabi.bench.torch.Peers;
import dev.manabi.tensor.DType;
import dev.manabi.tensor.Ints;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.TensorNN;
import dev.manabi.tensor.Tensors;
import dev.manabi.tensor.op.ElementwiseOp.Binary;
import dev.manabi.tensor.op.ElementwiseOp.BinaryFn;
import dev.manabi.tensor.op.LossOp;
import dev.manabi.tensor.op.NormOp;
import dev.manabi.tensor.op.PoolOp;
import dev.manabi.tensor.run.Interpreter;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.bytedeco.javacpp.BoolPointer;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Ops that memory limits, each with the bytes it must at least read and write. libtorch gets images
 * channels-last, as the engine does, and row-major; the faster counts.
 */
@Warmup(iterations = 3, time = 700, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
public class MemoryBoundBenchmark extends SideBySide {
  private static final double EPS = 1e-5;
  private static final Ints BATCH = Ints.of(0, 2, 3);
  private static final Ints LAST = Ints.of(1);
  private static final PoolOp.Sliding HALVES =
      new PoolOp.Sliding(2, 2, 2, 2, 0, 0, 1, 1, false, true);
  private static final long[] TWO = {2, 2};
  private static final long[] ONE = {1, 1};
  private static final long[] ZERO = {0, 0};

  @Param Kernel kernel;

  private Tensor x;
  private Tensor g;
  private Tensor target;
  private Tensor[] affine;

  /** What the forward op left for its gradient. */
  private Tensor[] saved;

  private Peer lying;
  private Peer rowMajor;

  /** libtorch's operands in one layout. */
  private record Peer(
      org.bytedeco.pytorch.Tensor x,
      org.bytedeco.pytorch.Tensor g,
      org.bytedeco.pytorch.Tensor target,
      org.bytedeco.pytorch.Tensor[] affine,
      org.bytedeco.pytorch.Tensor[] saved) {}

  /** What is computed, of how many arrays of which shape: those read and those written. */
  public enum Kernel {
    SOFTMAX(2, 8192, 1000),
    LOG_SOFTMAX(2, 8192, 1000),
    CROSS_ENTROPY(1, 8192, 1000),
    CROSS_ENTROPY_GRAD(2, 8192, 1000),
    CROSS_ENTROPY_10(1, 65536, 10),
    CROSS_ENTROPY_10_GRAD(2, 65536, 10),
    LAYER_NORM(2, 8192, 1000),
    BATCH_NORM(3, 128, 64, 32, 32),
    BATCH_NORM_SMALL(3, 64, 32, 14, 14),
    BATCH_NORM_RELU(3, 128, 64, 32, 32),
    BATCH_NORM_RELU_GRAD(7, 128, 64, 32, 32),
    MAX_POOL(1.5, 128, 64, 32, 32),
    MAX_POOL_GRAD(1.5, 128, 64, 32, 32),
    AVG_POOL(1.25, 64, 6, 24, 24),
    AVG_POOL_GRAD(1.25, 64, 6, 24, 24),
    RELU(2, 128, 64, 32, 32),
    RELU_GRAD(3, 128, 64, 32, 32),
    ADD(3, 128, 64, 32, 32),
    DROPOUT(2, 8192, 1000),
    BIAS_GRAD(1, 128, 64, 32, 32),
    TO_ROW_MAJOR(2, 128, 64, 32, 32),
    TRANSPOSE(2, 4096, 4096);

    private final double arrays;
    private final int[] shape;

    Kernel(double arrays, int... shape) {
      this.arrays = arrays;
      this.shape = shape;
    }

    /** Bytes read and written, had caches no part in it. */
    double bytes() {
      return arrays * Float.BYTES * Arrays.stream(shape).asLongStream().reduce(1, (a, b) -> a * b);
    }
  }

  @Override
  void prepareManabi() {
    Tensors.manualSeed(1);
    boolean images = kernel.shape.length == 4;
    x = images ? Tensors.randn(kernel.shape).channelsLast() : Tensors.randn(kernel.shape);
    g = images ? Tensors.randn(kernel.shape).channelsLast() : Tensors.randn(kernel.shape);
    int[] own = new int[kernel.shape.length];
    Arrays.fill(own, 1);
    own[1] = kernel.shape[1];
    affine = new Tensor[] {Tensors.randn(own), Tensors.randn(own)};
    target = Tensors.randint(0, kernel.shape[1], kernel.shape[0]);
    saved =
        switch (kernel) {
          case CROSS_ENTROPY_GRAD, CROSS_ENTROPY_10_GRAD -> run(crossEntropy(), x, target);
          case BATCH_NORM_RELU_GRAD -> run(batchNorm(true), x, affine[0], affine[1]);
          case MAX_POOL_GRAD, AVG_POOL_GRAD -> run(new PoolOp.MaxPool2d(HALVES, DType.I32), x);
          case SOFTMAX, LOG_SOFTMAX, CROSS_ENTROPY, CROSS_ENTROPY_10 -> new Tensor[0];
          case LAYER_NORM, BATCH_NORM, BATCH_NORM_SMALL -> new Tensor[0];
          case BATCH_NORM_RELU, MAX_POOL, AVG_POOL, RELU, RELU_GRAD, ADD -> new Tensor[0];
          case DROPOUT, BIAS_GRAD, TO_ROW_MAJOR, TRANSPOSE -> new Tensor[0];
        };
    if (kernel == Kernel.CROSS_ENTROPY_GRAD || kernel == Kernel.CROSS_ENTROPY_10_GRAD) {
      g = Tensors.ones(kernel.shape[0]);
    }
  }

  @Override
  void prepareLibtorch() {
    lying = peer(false);
    rowMajor = peer(true);
  }

  private Peer peer(boolean dense) {
    return new Peer(
        of(x, dense), of(g, dense), of(target, dense), all(affine, dense), all(saved, dense));
  }

  private static org.bytedeco.pytorch.Tensor of(Tensor t, boolean dense) {
    var peer = Peers.of(t.dtype() == DType.I32 ? t.to(DType.I64) : t);
    return dense ? Peers.rowMajor(peer) : peer;
  }

  private static org.bytedeco.pytorch.Tensor[] all(Tensor[] tensors, boolean dense) {
    return Arrays.stream(tensors)
        .map(t -> of(t, dense))
        .toArray(org.bytedeco.pytorch.Tensor[]::new);
  }

  @Override
  void checkAgreement() {
    if (kernel != Kernel.DROPOUT) {
      Agreement.check(kernel.name(), compute()[0], compute(lying), 1e-3);
    }
  }

  /** The engine. */
  @Benchmark
  public void manabi() {
    for (Tensor t : compute()) {
      t.release();
    }
  }

  /** libtorch, which has the images as the engine has them. */
  @Benchmark
  public void libtorch() {
    compute(lying).close();
  }

  /** libtorch with row-major images. */
  @Benchmark
  public void libtorchRowMajor() {
    compute(rowMajor).close();
  }

  private static Tensor[] run(dev.manabi.tensor.op.Op op, Tensor... in) {
    return Interpreter.runAll(op, in);
  }

  private static LossOp crossEntropy() {
    return new LossOp.CrossEntropy(0, TensorNN.NO_IGNORE);
  }

  private static NormOp batchNorm(boolean relu) {
    return new NormOp.Norm(BATCH, EPS, relu);
  }

  private Tensor[] compute() {
    return switch (kernel) {
      case SOFTMAX -> new Tensor[] {x.softmax(1)};
      case LOG_SOFTMAX -> new Tensor[] {x.logSoftmax(1)};
      case CROSS_ENTROPY, CROSS_ENTROPY_10 -> run(crossEntropy(), x, target);
      case CROSS_ENTROPY_GRAD, CROSS_ENTROPY_10_GRAD ->
          run(new LossOp.CrossEntropyGrad(0, TensorNN.NO_IGNORE), g, x, target, saved[1]);
      case LAYER_NORM -> run(new NormOp.Norm(LAST, EPS), x, affine[0], affine[1]);
      case BATCH_NORM, BATCH_NORM_SMALL -> run(batchNorm(false), x, affine[0], affine[1]);
      case BATCH_NORM_RELU -> run(batchNorm(true), x, affine[0], affine[1]);
      case BATCH_NORM_RELU_GRAD ->
          run(
              new NormOp.NormGrad(BATCH, true, false),
              g,
              x,
              affine[0],
              saved[1],
              saved[2],
              saved[0]);
      case MAX_POOL -> run(new PoolOp.MaxPool2d(HALVES, DType.I32), x);
      case MAX_POOL_GRAD ->
          run(
              new PoolOp.PlaneScatter(kernel.shape[2], kernel.shape[3], HALVES),
              saved[0],
              saved[1]);
      case AVG_POOL -> run(new PoolOp.AvgPool2d(HALVES), x);
      case AVG_POOL_GRAD ->
          run(new PoolOp.AvgPool2dGrad(HALVES, kernel.shape[2], kernel.shape[3]), saved[0]);
      case RELU -> new Tensor[] {x.relu()};
      case RELU_GRAD -> run(new Binary(BinaryFn.RELU_MASK), g, x);
      case ADD -> new Tensor[] {x.add(g)};
      case DROPOUT -> new Tensor[] {x.dropout(0.5)};
      case BIAS_GRAD -> new Tensor[] {x.sum(0, 2, 3)};
      case TO_ROW_MAJOR -> new Tensor[] {x.contiguous()};
      case TRANSPOSE -> new Tensor[] {x.permute(1, 0).contiguous()};
    };
  }

  private org.bytedeco.pytorch.Tensor compute(Peer p) {
    return switch (kernel) {
      case SOFTMAX -> torch.softmax(p.x, 1);
      case LOG_SOFTMAX -> torch.log_softmax(p.x, 1);
      case CROSS_ENTROPY, CROSS_ENTROPY_10 ->
          torch.cross_entropy_loss(p.x, p.target, none(), 0, TensorNN.NO_IGNORE, 0);
      // The same arithmetic; libtorch's own starts from log-probabilities.
      case CROSS_ENTROPY_GRAD, CROSS_ENTROPY_10_GRAD ->
          p.x
              .sub(p.saved[1].unsqueeze(1))
              .exp_()
              .scatter_add_(
                  1,
                  p.target.unsqueeze(1),
                  torch.full(new long[] {p.x.size(0), 1}, new Scalar(-1.0)));
      case LAYER_NORM ->
          torch.layer_norm(
              p.x, new long[] {p.x.size(1)}, vector(p.affine[0]), vector(p.affine[1]), EPS, true);
      case BATCH_NORM, BATCH_NORM_SMALL -> batchNorm(p);
      case BATCH_NORM_RELU -> batchNorm(p).relu_();
      case BATCH_NORM_RELU_GRAD ->
          torch
              .native_batch_norm_backward(
                  torch.threshold_backward(p.g, p.saved[0], new Scalar(0)),
                  p.x,
                  vector(p.affine[0]),
                  none(),
                  none(),
                  vector(p.saved[1]),
                  vector(p.saved[2]),
                  true,
                  EPS,
                  new BoolPointer(3).put(0, true).put(1, true).put(2, true))
              .get0();
      case MAX_POOL -> torch.max_pool2d_with_indices(p.x, TWO, TWO, ZERO, ONE, false).get0();
      case MAX_POOL_GRAD ->
          torch.max_pool2d_with_indices_backward(
              p.saved[0], p.x, TWO, TWO, ZERO, ONE, false, p.saved[1]);
      case AVG_POOL -> torch.avg_pool2d(p.x, TWO, TWO, ZERO, false, true, new LongOptional());
      case AVG_POOL_GRAD ->
          torch.avg_pool2d_backward(
              p.saved[0], p.x, TWO, TWO, ZERO, false, true, new LongOptional());
      case RELU -> torch.relu(p.x);
      case RELU_GRAD -> torch.threshold_backward(p.g, p.x, new Scalar(0));
      case ADD -> torch.add(p.x, p.g);
      case DROPOUT -> torch.dropout(p.x, 0.5, true);
      case BIAS_GRAD -> torch.sum(p.x, 0, 2, 3);
      case TO_ROW_MAJOR -> Peers.rowMajor(Peers.channelsLast(p.x));
      case TRANSPOSE -> Peers.rowMajor(p.x.t());
    };
  }

  private static org.bytedeco.pytorch.Tensor batchNorm(Peer p) {
    return torch
        .native_batch_norm(
            p.x, vector(p.affine[0]), vector(p.affine[1]), none(), none(), true, 0.1, EPS)
        .get0();
  }

  private static TensorOptional none() {
    return new TensorOptional();
  }

  private static TensorOptional vector(org.bytedeco.pytorch.Tensor t) {
    return new TensorOptional(t.flatten());
  }
}
