package dev.manabi.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.manabi.tensor.DType;
import dev.manabi.tensor.Ints;
import dev.manabi.tensor.Shape;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.Tensors;
import dev.manabi.tensor.op.ConvOp;
import dev.manabi.tensor.op.ElementwiseOp.Binary;
import dev.manabi.tensor.op.ElementwiseOp.BinaryFn;
import dev.manabi.tensor.op.IndexOp;
import dev.manabi.tensor.op.LossOp;
import dev.manabi.tensor.op.NormOp;
import dev.manabi.tensor.op.Op;
import dev.manabi.tensor.op.PoolOp;
import dev.manabi.tensor.op.ReduceOp.CumSum;
import dev.manabi.tensor.op.ViewOp;
import dev.manabi.tensor.run.Interpreter;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** First and second derivatives of every op against finite differences, and their corner cases. */
class VjpTest {

  /** Distinct, of both signs, and at a distance from 0 and from every half and whole number. */
  private static Tensor values(int... sizes) {
    int n = (int) Shape.of(sizes).numel();
    double[] v = new double[n];
    for (int i = 0; i < n; i++) {
      int scrambled = (int) ((i * 7L + 3) % Math.max(1, n));
      v[i] = (scrambled - n / 2) * 0.37 + 0.123;
    }
    return Tensors.of(v, sizes);
  }

  private static Tensor positive(int... sizes) {
    return values(sizes).abs().add(0.2);
  }

  private static Tensor index(long[] values, int... sizes) {
    return Tensors.of(values, sizes);
  }

  private static DynamicTest check(
      String name, Function<List<Tensor>, List<Tensor>> fn, Tensor... inputs) {
    return DynamicTest.dynamicTest(
        name,
        () -> {
          GradCheck.STANDARD.first(fn, List.of(inputs)).orThrow();
          GradCheck.STANDARD.second(fn, List.of(inputs)).orThrow();
        });
  }

  private static DynamicTest unary(String name, Function<Tensor, Tensor> fn, Tensor x) {
    return check(name, in -> List.of(fn.apply(in.getFirst())), x);
  }

  private static DynamicTest op(Op op, Tensor... inputs) {
    return check(
        op.toString(), in -> List.of(Interpreter.runAll(op, in.toArray(Tensor[]::new))), inputs);
  }

  @TestFactory
  Stream<DynamicTest> functionsOfOneNumber() {
    Tensor x = values(2, 3);
    Tensor p = positive(2, 3);
    return Stream.of(
        unary("neg", Tensor::neg, x),
        unary("abs", Tensor::abs, x),
        unary("sign", Tensor::sign, x),
        unary("exp", Tensor::exp, x),
        unary("expm1", Tensor::expm1, x),
        unary("log", Tensor::log, p),
        unary("log1p", Tensor::log1p, p),
        unary("sqrt", Tensor::sqrt, p),
        unary("rsqrt", Tensor::rsqrt, p),
        unary("reciprocal", Tensor::reciprocal, x),
        unary("sin", Tensor::sin, x),
        unary("cos", Tensor::cos, x),
        unary("tanh", Tensor::tanh, x),
        unary("sigmoid", Tensor::sigmoid, x),
        unary("erf", Tensor::erf, x),
        unary("relu", Tensor::relu, x),
        unary("floor", Tensor::floor, x),
        unary("ceil", Tensor::ceil, x),
        unary("round", Tensor::round, x),
        unary("trunc", Tensor::trunc, x),
        unary("clamp", t -> t.clamp(-0.4, 0.6), x),
        unary("copy", Tensor::copy, x.t()),
        unary("cast", t -> t.to(DType.F64), x),
        unary("dropout", t -> t.dropout(0.4), values(5, 4)));
  }

  @TestFactory
  Stream<DynamicTest> functionsOfTwoNumbers() {
    Tensor a = values(2, 1, 3);
    Tensor b = values(4, 1).add(0.05);
    return Stream.of(
            BinaryFn.ADD,
            BinaryFn.SUB,
            BinaryFn.MUL,
            BinaryFn.DIV,
            BinaryFn.MAX,
            BinaryFn.MIN,
            BinaryFn.REMAINDER,
            BinaryFn.FLOOR_DIV,
            BinaryFn.RELU_MASK)
        .map(fn -> op(new Binary(fn), a, b));
  }

  @TestFactory
  Stream<DynamicTest> powersAndChoices() {
    Tensor mask = values(2, 3).gt(0);
    return Stream.of(
        op(new Binary(BinaryFn.POW), positive(2, 3), values(3)),
        unary("square", Tensor::square, values(3)),
        unary("cube of both signs", x -> x.pow(3), values(5)),
        check(
            "where",
            in -> List.of(Tensors.where(in.get(0), in.get(1), in.get(2))),
            mask,
            values(2, 3),
            values(3)));
  }

  @TestFactory
  Stream<DynamicTest> views() {
    Tensor x = values(2, 3, 4);
    return Stream.of(
        unary("reshape", t -> t.reshape(4, 6), x),
        unary("permute", t -> t.permute(2, 0, 1), x),
        unary("expand", t -> t.expand(5, 2, 3, 4), values(2, 1, 4)),
        unary("slice", t -> t.slice(1, 0, 2).flip(2), x),
        unary("diagonal", t -> t.diagonal(0, 2), values(3, 2, 3)),
        op(new IndexOp.ViewScatter(new ViewOp.Diagonal(0, 1), Shape.of(3, 2)), values(2)),
        op(
            new IndexOp.ViewScatter(
                new ViewOp.Slice(Ints.of(2, 0), Ints.of(2, 2), Ints.of(-2, 1)), Shape.of(3, 2)),
            values(2, 2)),
        op(new IndexOp.ViewScatter(new ViewOp.Expand(Shape.of(3, 2)), Shape.of(2)), values(3, 2)),
        op(
            new IndexOp.ViewScatter(new ViewOp.Permute(Ints.of(1, 0)), Shape.of(2, 3)),
            values(3, 2)),
        op(new IndexOp.ViewScatter(new ViewOp.Reshape(Shape.of(6)), Shape.of(2, 3)), values(6)));
  }

  @TestFactory
  Stream<DynamicTest> reductions() {
    Tensor x = values(2, 3, 4);
    return Stream.of(
        unary("sum", t -> t.sum(0, 2), x),
        unary("sum of all, kept", t -> t.sum(true), x),
        unary("mean", t -> t.mean(1), x),
        unary("prod", t -> t.prod(2), x),
        unary("prod of several axes", t -> t.prod(0, 2), values(2, 2, 3)),
        unary("prod with one zero", t -> t.prod(1), Tensors.of(new double[] {0, 2, 3, 4}, 1, 4)),
        unary("prod with two zeros", t -> t.prod(), Tensors.of(new double[] {0, 2, 0, 4, 5})),
        unary("prod of one", t -> t.prod(1), values(3, 1)),
        unary("amax", t -> t.amax(false, 1, 2), x),
        unary("amin", t -> t.amin(true, 0), x),
        unary("max with index", t -> t.max(2).values(), x),
        unary("softmax", t -> t.softmax(1), x),
        unary("logSoftmax", t -> t.logSoftmax(2), x),
        unary("logSumExp", t -> t.logSumExp(1, false), x),
        op(new CumSum(1, false), x),
        op(new CumSum(2, true), x),
        unary("var", t -> t.var(1), x),
        unary("topk", t -> t.topk(2, 2).values(), x),
        unary("sort", t -> t.sort(1, true).values(), x));
  }

  @TestFactory
  Stream<DynamicTest> movingElements() {
    Tensor x = values(3, 4);
    Tensor rows = index(new long[] {2, 0, 2, 2}, 2, 2);
    Tensor places = index(new long[] {1, 3, 3, 0, 0, 0}, 3, 2);
    return Stream.of(
        op(new IndexOp.IndexSelect(0), x, rows),
        op(new IndexOp.IndexAdd(1, 3), values(2, 2, 2), index(new long[] {2, 0}, 2)),
        op(new IndexOp.Gather(1), x, places),
        op(new IndexOp.Gather(0), x, index(new long[] {2, 2, 0, 1}, 1, 4)),
        op(new IndexOp.Scatter(1), x, places, values(3, 2)),
        op(new IndexOp.ScatterAdd(1), x, places, values(3, 2)),
        op(new IndexOp.Cat(1), x, values(3, 1), values(3, 2)),
        op(new IndexOp.Pad(Ints.of(1, 0), Ints.of(0, 2), 7), x),
        unary("mask", t -> t.get(t.detach().gt(0)), x));
  }

  @TestFactory
  Stream<DynamicTest> products() {
    return Stream.of(
        check("matrix", in -> List.of(in.get(0).matmul(in.get(1))), values(2, 3), values(3, 4)),
        check(
            "batch and matrix",
            in -> List.of(in.get(0).matmul(in.get(1))),
            values(2, 2, 3),
            values(3, 2)),
        check(
            "matrix and batch",
            in -> List.of(in.get(0).matmul(in.get(1))),
            values(2, 3),
            values(2, 3, 2)),
        check(
            "broadcast batches",
            in -> List.of(in.get(0).matmul(in.get(1))),
            values(2, 1, 2, 3),
            values(1, 2, 3, 2)),
        check("vectors", in -> List.of(in.get(0).matmul(in.get(1))), values(3), values(3)),
        check(
            "linear", in -> List.of(in.get(0).linear(in.get(1), null)), values(2, 3), values(4, 3)),
        check(
            "linear with bias",
            in -> List.of(in.get(0).linear(in.get(1), in.get(2))),
            values(2, 2, 3),
            values(4, 3),
            values(4)),
        check(
            "linear, residual and relu",
            in -> List.of(in.get(0).linearRelu(in.get(1), in.get(2), in.get(3))),
            values(2, 2, 3),
            values(4, 3),
            values(4),
            values(2, 2, 4)),
        check(
            "linear without bias, residual and relu",
            in -> List.of(in.get(0).linearRelu(in.get(1), null, in.get(2))),
            values(2, 3),
            values(4, 3),
            values(2, 4)),
        check(
            "einsum",
            in -> List.of(Tensors.einsum("bij,bjk->ik", in.get(0), in.get(1))),
            values(2, 2, 3),
            values(2, 3, 2)));
  }

  @TestFactory
  Stream<DynamicTest> convolutions() {
    var plain = ConvOp.Params.DEFAULT;
    var odd = new ConvOp.Params(2, 1, 1, 0, 1, 2, 2);
    return Stream.of(
        op(new ConvOp.Conv2d(plain), values(1, 2, 4, 3), values(2, 2, 2, 2), values(2)),
        op(new ConvOp.Conv2d(odd), values(1, 2, 4, 5), values(4, 1, 3, 2)),
        op(new ConvOp.Conv2d(plain, true), values(1, 2, 4, 3), values(2, 2, 2, 2)),
        check(
            "conv2d, residual and relu",
            in -> List.of(in.get(0).conv2dRelu(in.get(1), null, plain, in.get(2))),
            values(1, 2, 4, 3),
            values(2, 2, 2, 2),
            values(1, 2, 3, 2)),
        op(new ConvOp.InputGrad(odd, 4, 5), values(1, 4, 2, 3), values(4, 1, 3, 2)),
        op(new ConvOp.WeightGrad(odd, 3, 2), values(1, 2, 4, 5), values(1, 4, 2, 3)),
        check(
            "convTranspose2d",
            in ->
                List.of(
                    in.get(0)
                        .convTranspose2d(in.get(1), in.get(2), ConvOp.Params.of(2, 1, 1, 1), 1, 0)),
            values(1, 2, 2, 2),
            values(2, 1, 3, 3),
            values(1)));
  }

  @TestFactory
  Stream<DynamicTest> pooling() {
    var sliding = new PoolOp.Sliding(2, 3, 2, 1, 1, 0, 1, 1, true, true);
    var uncounted = new PoolOp.Sliding(3, 2, 2, 2, 1, 1, 1, 1, true, false);
    var adaptive = new PoolOp.Adaptive(2, 3);
    Tensor x = values(1, 2, 5, 4);
    Tensor places = index(new long[] {3, 0, 0, 5, 2, 2, 1, 4}, 1, 2, 2, 2);
    return Stream.of(
        op(new PoolOp.MaxPool2d(sliding), x),
        op(new PoolOp.MaxPool2d(adaptive), x),
        op(new PoolOp.PlaneScatter(2, 3), values(1, 2, 2, 2), places),
        op(new PoolOp.PlaneGather(), values(1, 2, 2, 3), places),
        op(new PoolOp.AvgPool2d(sliding), x),
        op(new PoolOp.AvgPool2d(uncounted), x),
        op(new PoolOp.AvgPool2d(adaptive), x),
        op(new PoolOp.AvgPool2dGrad(adaptive, 5, 4), values(1, 2, 2, 3)),
        op(new PoolOp.Interpolate(PoolOp.Mode.NEAREST, 3, 7, false), x),
        op(new PoolOp.Interpolate(PoolOp.Mode.BILINEAR, 3, 7, false), x),
        op(new PoolOp.Interpolate(PoolOp.Mode.BILINEAR, 3, 7, true), x),
        op(new PoolOp.InterpolateGrad(PoolOp.Mode.BILINEAR, 4, 2, true), values(1, 1, 3, 3)));
  }

  @TestFactory
  Stream<DynamicTest> norms() {
    return Stream.of(
        op(
            new NormOp.Norm(Ints.of(0, 2), 1e-2),
            values(2, 3, 4),
            values(1, 3, 1),
            positive(1, 3, 1)),
        op(new NormOp.Norm(Ints.of(1), 1e-2), values(3, 4), values(1, 4), values(1, 4)),
        op(
            new NormOp.NormGrad(Ints.of(0, 2)),
            values(2, 3, 2),
            values(2, 3, 2).add(0.3),
            positive(1, 3, 1),
            values(1, 3, 1),
            positive(1, 3, 1)));
  }

  @TestFactory
  Stream<DynamicTest> crossEntropy() {
    Tensor target = index(new long[] {2, 0, -100}, 3);
    return Stream.of(0.0, 0.3)
        .flatMap(
            smoothing ->
                Stream.of(
                    op(new LossOp.CrossEntropy(smoothing, -100), values(3, 4), target),
                    op(
                        new LossOp.CrossEntropyGrad(smoothing, -100),
                        values(3),
                        values(3, 4),
                        target,
                        positive(3))));
  }

  private static double[] gradient(Function<Tensor, Tensor> fn, double... at) {
    Tensor x = Tensors.of(at).requiresGrad(true);
    return Autograd.grad(fn.apply(x).sum(), x).getFirst().toDoubleArray();
  }

  @Test
  void equalOperandsOfMaximumShareTheGradient() {
    Tensor other = Tensors.of(new double[] {1, 2, 3});
    assertArrayEquals(new double[] {0, 0.5, 1}, gradient(x -> x.maximum(other), 0, 2, 4));
    assertArrayEquals(new double[] {1, 0.5, 0}, gradient(other::minimum, 0, 2, 4));
  }

  @Test
  void equalLargestElementsShareTheGradient() {
    assertArrayEquals(new double[] {0.5, 0, 0.5}, gradient(x -> x.amax(false, 0), 3, 1, 3));
    assertArrayEquals(new double[] {0, 1, 0}, gradient(x -> x.amin(false, 0), 3, 1, 3));
    assertArrayEquals(new double[] {1, 0, 0}, gradient(x -> x.max(0).values(), 3, 1, 3));
  }

  @Test
  void clampPassesTheGradientAtItsBounds() {
    assertArrayEquals(
        new double[] {0, 1, 1, 1, 0}, gradient(x -> x.clamp(-1, 1), -1.5, -1, 0, 1, 1.5));
  }

  @Test
  void slopesAtCornersAreThoseOfTheField() {
    assertArrayEquals(new double[] {0, 0, 1}, gradient(Tensor::relu, -1, 0, 1));
    assertArrayEquals(new double[] {-1, 0, 1}, gradient(Tensor::abs, -1, 0, 1));
  }

  @Test
  void powersOfZeroHaveFiniteSlopes() {
    assertArrayEquals(new double[] {0}, gradient(x -> x.pow(0), 0));
    assertArrayEquals(new double[] {1}, gradient(x -> x.pow(1), 0));
    assertArrayEquals(new double[] {0}, gradient(x -> x.pow(3), 0));
    Tensor base = Tensors.of(new double[] {0, 0, 2});
    assertArrayEquals(new double[] {0, 0, 2 * Math.log(2)}, gradient(base::pow, 0, 2, 1), 1e-15);
  }

  @Test
  void onlyTheLastOfEqualIndicesIsSeenByScatter() {
    Tensor index = index(new long[] {1, 1, 0}, 3);
    assertArrayEquals(
        new double[] {0, 1, 1},
        gradient(source -> Tensors.zeros(DType.F64, 4).scatter(0, index, source), 5, 6, 7));
  }

  @Test
  void dropoutDropsTheSameElementsInBackward() {
    Tensor x = Tensors.ones(DType.F64, 200).requiresGrad(true);
    Tensor y = x.dropout(0.25);
    y.sum().backward();
    assertArrayEquals(
        y.toDoubleArray(), java.util.Objects.requireNonNull(x.grad()).toDoubleArray());
  }
}
