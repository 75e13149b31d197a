package dev.manabi.bench.torch;

import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.manabi.kernels.cases.Arrangement;
import dev.manabi.kernels.cases.Gradient;
import dev.manabi.kernels.cases.Input;
import dev.manabi.kernels.cases.OpCase;
import dev.manabi.kernels.cases.Tolerance;
import dev.manabi.kernels.cases.Values;
import dev.manabi.tensor.Ints;
import dev.manabi.tensor.op.ConvOp;
import dev.manabi.tensor.op.ElementwiseOp.Binary;
import dev.manabi.tensor.op.ElementwiseOp.BinaryFn;
import dev.manabi.tensor.op.LinalgOp;
import dev.manabi.tensor.op.NormOp;
import dev.manabi.tensor.op.Op;
import dev.manabi.tensor.op.PoolOp;
import dev.manabi.tensor.op.ReduceOp;
import dev.manabi.tensor.op.ReduceOp.ReduceFn;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Shapes, strides and geometries that nobody thought of: drawn at random, from fixed seeds, and
 * compared with libtorch forward in f32 and backward in f64.
 */
class TorchRandomShapesTest {
  private static final Tolerance SUMS =
      new Tolerance(0x1p-18, 0x1p-18, "f32 sums of a few hundred terms");

  /** Partial sums reach 16, where a rounding is up to 2^-20, and up to 70 of them add up. */
  private static final Tolerance PRODUCTS =
      new Tolerance(
          0x1p-17, 0x1p-17, "70 products of normal numbers; libtorch's are off by up to 5e-6");

  @BeforeAll
  static void start() {
    assumeTrue(Torch.isAvailable(), "libtorch's libraries are here for x86-64 Linux only");
    Torch.start(1);
  }

  @TestFactory
  Stream<DynamicTest> anyShapeAgrees() {
    return Stream.of(
        trials("broadcast", 150, TorchRandomShapesTest::broadcast),
        trials("matmul", 100, TorchRandomShapesTest::matMul),
        trials("linear", 50, TorchRandomShapesTest::linear),
        trials("convolution", 150, TorchRandomShapesTest::convolution),
        trials("max pooling", 80, d -> pooling(d, PoolOp.MaxPool2d::new, Tolerance.EXACT)),
        trials("average pooling", 80, d -> pooling(d, PoolOp.AvgPool2d::new, SUMS)),
        trials("interpolation", 60, TorchRandomShapesTest::interpolation),
        trials("norm", 80, TorchRandomShapesTest::norm),
        trials("softmax", 60, TorchRandomShapesTest::softmax),
        trials("reduction", 120, TorchRandomShapesTest::reduction));
  }

  private static DynamicTest trials(String name, int count, Function<Draw, OpCase> maker) {
    return dynamicTest(
        count + " of " + name,
        () -> {
          List<OpCase> cases = new ArrayList<>();
          for (int seed = 0; seed < count; seed++) {
            cases.add(maker.apply(new Draw(new SplittableRandom(seed))));
          }
          PeerCheck.assertAll(cases, TorchRandomShapesTest::bothWays);
        });
  }

  private static String bothWays(OpCase c) {
    String difference = PeerCheck.outputs(c);
    return difference.isEmpty()
        ? PeerCheck.gradients(PeerCheck.inF64(c), 1e-11)
        : "forward: " + difference;
  }

  /** Random choices. */
  private record Draw(SplittableRandom random) {
    /** From {@code low} to {@code high}, both included. */
    int between(int low, int high) {
      return random.nextInt(low, high + 1);
    }

    boolean coin() {
      return random.nextBoolean();
    }

    <T> T of(T[] pool) {
      return pool[random.nextInt(pool.length)];
    }

    int[] dims(int minRank, int maxRank, int largest) {
      return IntStream.range(0, between(minRank, maxRank)).map(i -> between(1, largest)).toArray();
    }

    /** Standard normal numbers that lie in any way. */
    Input input(int... dims) {
      return Input.of(dims).with(of(Arrangement.values()));
    }

    /** Some axes of {@code rank}, at least one, in order. */
    int[] axes(int rank) {
      int[] some = IntStream.range(0, rank).filter(i -> coin()).toArray();
      return some.length > 0 ? some : new int[] {between(0, rank - 1)};
    }

    /** {@code dims} with some sizes turned to 1. */
    int[] thinned(int... dims) {
      return IntStream.of(dims).map(d -> between(0, 2) == 0 ? 1 : d).toArray();
    }

    /** Without some of the leading dimensions. */
    int[] shortened(int... dims) {
      int dropped = coin() ? 0 : between(0, dims.length);
      return IntStream.of(dims).skip(dropped).toArray();
    }
  }

  private static OpCase broadcast(Draw draw) {
    BinaryFn fn =
        draw.of(
            new BinaryFn[] {
              BinaryFn.ADD, BinaryFn.SUB, BinaryFn.MUL, BinaryFn.DIV, BinaryFn.MAX, BinaryFn.POW
            });
    int[] dims = draw.dims(0, 5, 6);
    Values positive = Values.POSITIVE;
    Input a = draw.input(draw.shortened(draw.thinned(dims))).with(positive);
    Input b = draw.input(draw.shortened(draw.thinned(dims))).with(positive);
    // A power carries the error of a logarithm.
    return OpCase.of(
        new Binary(fn), fn == BinaryFn.POW ? SUMS : Tolerance.EXACT, Gradient.twice(0, 1), a, b);
  }

  private static OpCase matMul(Draw draw) {
    int[] batch = draw.dims(0, 3, 4);
    int k = draw.between(1, 70);
    Input a = draw.input(with(draw.shortened(draw.thinned(batch)), draw.between(1, 40), k));
    Input b = draw.input(with(draw.shortened(draw.thinned(batch)), k, draw.between(1, 40)));
    return OpCase.of(new LinalgOp.MatMul(), PRODUCTS, Gradient.twice(0, 1), a, b);
  }

  private static OpCase linear(Draw draw) {
    int k = draw.between(1, 70);
    int n = draw.between(1, 40);
    Input x = draw.input(with(draw.dims(0, 3, 6), k));
    Op op = new LinalgOp.Linear();
    return draw.coin()
        ? OpCase.of(op, PRODUCTS, Gradient.twice(0, 1), x, draw.input(n, k))
        : OpCase.of(op, PRODUCTS, Gradient.twice(0, 1, 2), x, draw.input(n, k), draw.input(n));
  }

  private static int[] with(int[] dims, int... more) {
    return IntStream.concat(IntStream.of(dims), IntStream.of(more)).toArray();
  }

  private static OpCase convolution(Draw draw) {
    int groups = draw.between(1, 3);
    ConvOp.Params p =
        new ConvOp.Params(
            draw.between(1, 3),
            draw.between(1, 3),
            draw.between(0, 3),
            draw.between(0, 3),
            draw.between(1, 3),
            draw.between(1, 3),
            groups);
    int kh = draw.between(1, 4);
    int kw = draw.between(1, 4);
    int h = draw.between(0, 8) + Math.max(1, p.dilationH() * (kh - 1) + 1 - 2 * p.paddingH());
    int w = draw.between(0, 8) + Math.max(1, p.dilationW() * (kw - 1) + 1 - 2 * p.paddingW());
    int n = draw.between(1, 3);
    int o = groups * draw.between(1, 5);
    Input x = draw.input(n, groups * draw.between(1, 5), h, w);
    Input weight = draw.input(o, x.shape().dim(1) / groups, kh, kw);
    Input g = draw.input(n, o, p.outH(h, kh), p.outW(w, kw));
    return switch (draw.between(0, 3)) {
      case 0 -> OpCase.of(new ConvOp.Conv2d(p), SUMS, Gradient.twice(0, 1), x, weight);
      case 1 ->
          OpCase.of(new ConvOp.Conv2d(p), SUMS, Gradient.twice(0, 1, 2), x, weight, draw.input(o));
      case 2 -> OpCase.of(new ConvOp.InputGrad(p, h, w), SUMS, Gradient.twice(0, 1), g, weight);
      default -> OpCase.of(new ConvOp.WeightGrad(p, kh, kw), SUMS, Gradient.twice(0, 1), x, g);
    };
  }

  private static OpCase pooling(
      Draw draw, Function<PoolOp.Window, PoolOp> maker, Tolerance tolerance) {
    int kh = draw.between(1, 5);
    int kw = draw.between(1, 5);
    int dh = draw.between(1, 2);
    int dw = draw.between(1, 2);
    PoolOp.Window window =
        draw.between(0, 3) == 0
            ? new PoolOp.Adaptive(draw.between(1, 9), draw.between(1, 9))
            : new PoolOp.Sliding(
                kh,
                kw,
                draw.between(1, 4),
                draw.between(1, 4),
                draw.between(0, kh / 2),
                draw.between(0, kw / 2),
                dh,
                dw,
                draw.coin(),
                draw.coin());
    int h = draw.between(0, 9) + dh * (kh - 1) + 1;
    int w = draw.between(0, 9) + dw * (kw - 1) + 1;
    Input x = draw.input(draw.between(1, 3), draw.between(1, 5), h, w);
    return OpCase.of(maker.apply(window), tolerance, Gradient.twice(0), x);
  }

  private static OpCase interpolation(Draw draw) {
    PoolOp.Mode mode = draw.of(PoolOp.Mode.values());
    boolean corners = mode == PoolOp.Mode.BILINEAR && draw.coin();
    PoolOp op = new PoolOp.Interpolate(mode, draw.between(1, 20), draw.between(1, 20), corners);
    Input x =
        draw.input(
            draw.between(1, 3), draw.between(1, 4), draw.between(1, 12), draw.between(1, 12));
    Tolerance places = new Tolerance(0, 0x1p-16, "places between pixels are computed in f32");
    return OpCase.of(op, places, Gradient.twice(0), x);
  }

  private static OpCase norm(Draw draw) {
    int[] dims = draw.dims(2, 5, 7);
    int[] axes = draw.axes(dims.length);
    int[] affine = draw.thinned(dims);
    // Repeated elements have no variance: what remains of it is rounding errors, times 1 / eps.
    Input x = Input.of(dims).with(draw.coin() ? Arrangement.STEPPED : Arrangement.REVERSED);
    Tolerance tolerance =
        new Tolerance(0x1p-14, 0x1p-14, "small groups divide by small deviations");
    return OpCase.of(
        new NormOp.Norm(Ints.of(axes), 1e-2),
        tolerance,
        Gradient.twice(0, 1, 2),
        x,
        draw.input(affine),
        draw.input(affine));
  }

  private static OpCase softmax(Draw draw) {
    int[] dims = draw.dims(1, 5, 9);
    int axis = draw.between(0, dims.length - 1);
    Op op =
        switch (draw.between(0, 2)) {
          case 0 -> new ReduceOp.Softmax(axis);
          case 1 -> new ReduceOp.LogSoftmax(axis);
          default -> new ReduceOp.CumSum(axis, draw.coin());
        };
    return OpCase.of(op, SUMS, Gradient.twice(0), draw.input(dims));
  }

  private static OpCase reduction(Draw draw) {
    ReduceFn fn =
        draw.of(
            new ReduceFn[] {
              ReduceFn.SUM, ReduceFn.MEAN, ReduceFn.PROD, ReduceFn.MAX, ReduceFn.MIN
            });
    int[] dims = draw.dims(1, 5, 7);
    Op op = new ReduceOp.Reduce(fn, Ints.of(draw.axes(dims.length)), draw.coin());
    return OpCase.of(op, SUMS, Gradient.twice(0), draw.input(dims).with(Values.POSITIVE));
  }
}
