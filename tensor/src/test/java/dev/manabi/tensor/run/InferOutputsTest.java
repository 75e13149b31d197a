package dev.manabi.tensor.run;

import static dev.manabi.tensor.run.Misuse.bool;
import static dev.manabi.tensor.run.Misuse.f32;
import static dev.manabi.tensor.run.Misuse.f64;
import static dev.manabi.tensor.run.Misuse.i32;
import static dev.manabi.tensor.run.Misuse.i64;
import static dev.manabi.tensor.run.Misuse.u8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.manabi.tensor.DType;
import dev.manabi.tensor.Ints;
import dev.manabi.tensor.Shape;
import dev.manabi.tensor.TensorSpec;
import dev.manabi.tensor.op.ConvOp;
import dev.manabi.tensor.op.CreateOp;
import dev.manabi.tensor.op.ElementwiseOp.Binary;
import dev.manabi.tensor.op.ElementwiseOp.BinaryFn;
import dev.manabi.tensor.op.ElementwiseOp.Cast;
import dev.manabi.tensor.op.ElementwiseOp.Unary;
import dev.manabi.tensor.op.ElementwiseOp.UnaryFn;
import dev.manabi.tensor.op.ElementwiseOp.Where;
import dev.manabi.tensor.op.IndexOp;
import dev.manabi.tensor.op.LinalgOp;
import dev.manabi.tensor.op.LossOp;
import dev.manabi.tensor.op.NormOp;
import dev.manabi.tensor.op.Op;
import dev.manabi.tensor.op.OptimOp;
import dev.manabi.tensor.op.PoolOp;
import dev.manabi.tensor.op.ReduceOp;
import dev.manabi.tensor.op.ReduceOp.ReduceFn;
import dev.manabi.tensor.op.ViewOp;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class InferOutputsTest {
  private static final PoolOp.Sliding POOL =
      new PoolOp.Sliding(3, 3, 2, 2, 1, 1, 1, 1, false, true);
  private static final PoolOp.Sliding CEIL = new PoolOp.Sliding(2, 2, 2, 2, 0, 0, 1, 1, true, true);
  private static final ConvOp.Params STRIDED = ConvOp.Params.of(2, 1, 1, 2);

  private static Arguments yields(String expected, Op op, TensorSpec... inputs) {
    return arguments(expected, op, List.of(inputs));
  }

  @ParameterizedTest(name = "{1} of {2} yields {0}")
  @MethodSource({"elementwise", "reductions", "indexing", "products", "planes", "others"})
  void outputsHaveShapeAndDtype(String expected, Op op, List<TensorSpec> inputs) {
    TensorSpec[] outputs = Infer.outputs(op, inputs.toArray(new TensorSpec[0]));
    assertEquals(
        expected, String.join(", ", Arrays.stream(outputs).map(Object::toString).toList()));
  }

  static Stream<Arguments> elementwise() {
    return Stream.of(
        yields("[2, 3] f32", new Unary(UnaryFn.EXP), f32(2, 3)),
        yields("[2, 3] i64", new Unary(UnaryFn.NEG), i64(2, 3)),
        yields("[2, 3] bool", new Unary(UnaryFn.NOT), i64(2, 3)),
        yields("[2, 3] bool", new Unary(UnaryFn.IS_NAN), f32(2, 3)),
        yields("[4, 2, 3] f32", new Binary(BinaryFn.ADD), f32(2, 3), f32(4, 1, 3)),
        yields("[2, 3] f32", new Binary(BinaryFn.MUL), f32(2, 3), f32()),
        yields("[0, 3] f32", new Binary(BinaryFn.MUL), f32(0, 3), f32(1, 3)),
        yields("[2, 3] bool", new Binary(BinaryFn.LE), f32(2, 3), f32(3)),
        yields("[2] bool", new Binary(BinaryFn.XOR), bool(2), bool(2)),
        yields("[5, 2, 3] f64", new Where(), bool(5, 1, 1), f64(2, 3), f64(3)),
        yields("[2, 3] u8", new Cast(DType.U8), f32(2, 3)));
  }

  static Stream<Arguments> reductions() {
    return Stream.of(
        yields("[3] f32", new ReduceOp.Reduce(ReduceFn.SUM, Ints.of(0, 2), false), f32(2, 3, 4)),
        yields(
            "[1, 3, 1] f32", new ReduceOp.Reduce(ReduceFn.MAX, Ints.of(0, 2), true), f32(2, 3, 4)),
        yields("[] i64", new ReduceOp.Reduce(ReduceFn.SUM, Ints.of(0), false), bool(2)),
        yields("[] i64", new ReduceOp.Reduce(ReduceFn.PROD, Ints.of(0), false), u8(2)),
        yields("[2] i32", new ReduceOp.Reduce(ReduceFn.MIN, Ints.of(), false), i32(2)),
        yields("[] bool", new ReduceOp.Reduce(ReduceFn.ALL, Ints.of(0), false), f32(2)),
        yields("[] f32", new ReduceOp.Reduce(ReduceFn.SUM, Ints.of(0), false), f32(0)),
        yields("[2] i64", new ReduceOp.ArgReduce(true, 1, false), f32(2, 3)),
        yields("[2, 1] i64", new ReduceOp.ArgReduce(true, 1, true), f32(2, 3)),
        yields("[2, 3] i64", new ReduceOp.CumSum(1, false), i32(2, 3)),
        yields("[2, 3] f32", new ReduceOp.CumSum(1, true), f32(2, 3)),
        yields("[2, 3] f64", new ReduceOp.Softmax(1), f64(2, 3)),
        yields("[2, 3] f32", new ReduceOp.LogSoftmax(0), f32(2, 3)),
        yields("[2, 3] i64", new ReduceOp.ArgSort(1, true), u8(2, 3)),
        yields("[2, 2] i64", new ReduceOp.ArgTopK(2, 1, true), f32(2, 3)));
  }

  static Stream<Arguments> indexing() {
    return Stream.of(
        yields("[7, 2, 5] f32", new IndexOp.IndexSelect(0), f32(4, 5), i64(7, 2)),
        yields("[4] f32", new IndexOp.IndexSelect(1), f32(4, 5), i64()),
        yields("[4, 9, 5] f32", new IndexOp.IndexAdd(1, 9), f32(4, 7, 2, 5), i64(7, 2)),
        yields("[4, 7] u8", new IndexOp.Gather(1), u8(4, 5), i64(4, 7)),
        yields("[4, 5] u8", new IndexOp.Scatter(1), u8(4, 5), i64(2, 7), u8(2, 7)),
        yields("[4, 5] f32", new IndexOp.ScatterAdd(0), f32(4, 5), i64(9, 5), f32(9, 5)),
        yields("[2, 9] f32", new IndexOp.Cat(1), f32(2, 3), f32(2, 0), f32(2, 6)),
        yields("[3, 8] f32", new IndexOp.Pad(Ints.of(1, 0), Ints.of(0, 5), 0), f32(2, 3)),
        yields("[4, 2] i64", new IndexOp.NonZero(4), f32(2, 3)),
        yields(
            "[2, 3] f32",
            new IndexOp.ViewScatter(new ViewOp.Permute(Ints.of(1, 0)), Shape.of(2, 3)),
            f32(3, 2)));
  }

  static Stream<Arguments> products() {
    return Stream.of(
        yields("[2, 5] f32", new LinalgOp.MatMul(), f32(2, 3), f32(3, 5)),
        yields("[7, 6, 2, 5] f32", new LinalgOp.MatMul(), f32(6, 2, 3), f32(7, 1, 3, 5)),
        yields("[2, 5] f32", new LinalgOp.MatMul(), f32(2, 0), f32(0, 5)),
        yields("[8, 4, 5] f32", new LinalgOp.Linear(), f32(8, 4, 3), f32(5, 3), f32(5)),
        yields("[5] f32", new LinalgOp.Linear(), f32(3), f32(5, 3)));
  }

  static Stream<Arguments> planes() {
    return Stream.of(
        yields(
            "[8, 6, 5, 4] f32",
            new ConvOp.Conv2d(STRIDED),
            f32(8, 4, 9, 8),
            f32(6, 2, 3, 3),
            f32(6)),
        yields("[0, 6, 5, 4] f32", new ConvOp.Conv2d(STRIDED), f32(0, 4, 9, 8), f32(6, 2, 3, 3)),
        yields(
            "[8, 4, 9, 8] f32",
            new ConvOp.InputGrad(STRIDED, 9, 8),
            f32(8, 6, 5, 4),
            f32(6, 2, 3, 3)),
        yields(
            "[6, 2, 3, 3] f32",
            new ConvOp.WeightGrad(STRIDED, 3, 3),
            f32(8, 4, 9, 8),
            f32(8, 6, 5, 4)),
        yields("[8, 4, 5, 4] f32, [8, 4, 5, 4] i64", new PoolOp.MaxPool2d(POOL), f32(8, 4, 9, 8)),
        yields("[8, 4, 5, 4] f32, [8, 4, 5, 4] i64", new PoolOp.MaxPool2d(CEIL), f32(8, 4, 9, 8)),
        yields("[8, 4, 9, 8] f32", new PoolOp.PlaneScatter(9, 8), f32(8, 4, 5, 4), i64(8, 4, 5, 4)),
        yields("[8, 4, 5, 4] f32", new PoolOp.PlaneGather(), f32(8, 4, 9, 8), i64(8, 4, 5, 4)),
        yields(
            "[8, 4, 1, 2] f32", new PoolOp.AvgPool2d(new PoolOp.Adaptive(1, 2)), f32(8, 4, 9, 8)),
        yields("[8, 4, 9, 8] f32", new PoolOp.AvgPool2dGrad(POOL, 9, 8), f32(8, 4, 5, 4)),
        yields(
            "[8, 4, 3, 2] u8",
            new PoolOp.Interpolate(PoolOp.Mode.NEAREST, 3, 2, false),
            u8(8, 4, 9, 8)),
        yields(
            "[8, 4, 9, 8] f32",
            new PoolOp.InterpolateGrad(PoolOp.Mode.BILINEAR, 9, 8, true),
            f32(8, 4, 3, 2)));
  }

  static Stream<Arguments> others() {
    return Stream.of(
        yields("[2, 3] f64", new CreateOp.Fill(Shape.of(2, 3), DType.F64, 1)),
        yields("[5] i64", new CreateOp.Range(0, 2, 5, DType.I64)),
        yields(
            "[8, 4, 5, 5] f32, [1, 4, 1, 1] f32, [1, 4, 1, 1] f32",
            new NormOp.Norm(Ints.of(0, 2, 3), 1e-5),
            f32(8, 4, 5, 5),
            f32(1, 4, 1, 1),
            f32(1, 4, 1, 1)),
        yields(
            "[8, 5] f32, [1, 5] f32, [1, 5] f32",
            new NormOp.NormGrad(Ints.of(1)),
            f32(8, 5),
            f32(8, 5),
            f32(1, 5),
            f32(8, 1),
            f32(8, 1)),
        yields("[32] f32, [32] f32", new LossOp.CrossEntropy(0.1, -100), f32(32, 10), i64(32)),
        yields(
            "[32, 10] f32",
            new LossOp.CrossEntropyGrad(0, -100),
            f32(32),
            f32(32, 10),
            i64(32),
            f32(32)),
        yields("[3] f32", new OptimOp.Sgd(0.1, 0, 0, 0, false, true), f32(3), f32(3)),
        yields(
            "[3] f32, [3] f32",
            new OptimOp.Sgd(0.1, 0.9, 0, 0, false, true),
            f32(3),
            f32(3),
            f32(3)),
        yields(
            "[3] f32, [4] f32, [3] f32, [4] f32",
            new OptimOp.Sgd(0.1, 0.9, 0, 0, false, true),
            f32(3),
            f32(4),
            f32(3),
            f32(4),
            f32(3),
            f32(4)),
        yields(
            "[3] f32, [3] f32, [3] f32",
            new OptimOp.Adam(0.1, 0.9, 0.9, 0, 0, true, 1),
            f32(3),
            f32(3),
            f32(3),
            f32(3)),
        yields("[3, 2] f32", new ViewOp.Permute(Ints.of(1, 0)), f32(2, 3)),
        yields(
            "[3, 2] f32",
            new ViewOp.Slice(Ints.of(4, 0), Ints.of(3, 2), Ints.of(-2, 1)),
            f32(5, 2)),
        yields("[0] f32", new ViewOp.Slice(Ints.of(5), Ints.of(0), Ints.of(1)), f32(5)),
        yields("[2, 3] f32", new ViewOp.Diagonal(0, 2), f32(3, 2, 4)));
  }
}
