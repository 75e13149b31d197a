package dev.manabi.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.manabi.kernels.cases.Agreement;
import dev.manabi.kernels.cases.OpCase;
import dev.manabi.kernels.cases.OpCases;
import dev.manabi.kernels.cpu.Samples.Lie;
import dev.manabi.tensor.DType;
import dev.manabi.tensor.Device;
import dev.manabi.tensor.Ints;
import dev.manabi.tensor.Shape;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.TensorSpec;
import dev.manabi.tensor.op.CustomOp;
import dev.manabi.tensor.op.ElementwiseOp;
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
import dev.manabi.tensor.run.Backends;
import dev.manabi.tensor.run.Infer;
import dev.manabi.tensor.run.Interpreter;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The scalar loops in parts give what they give whole. */
class SharesTest {
  private final int before = Parallel.threads();

  @AfterEach
  void restore() {
    Parallel.setThreads(before);
  }

  private static Tensor f64(int... dims) {
    return Samples.random(DType.F64, Shape.of(dims), Lie.ROW_MAJOR, dims.length);
  }

  private static Tensor indices(int most, int... dims) {
    Tensor t = Samples.empty(DType.I64, Shape.of(dims), Lie.ROW_MAJOR);
    for (int i = 0; i < t.numel(); i++) {
      Native.putLong(t.address() + 8L * i, i % (most + 1));
    }
    return t;
  }

  private static Tensor[] outputs(Op op, Tensor... in) {
    TensorSpec[] specs = Arrays.stream(in).map(Tensor::spec).toArray(TensorSpec[]::new);
    return Arrays.stream(Infer.outputs(op, specs))
        .map(spec -> Interpreter.allocate(spec, Device.CPU))
        .toArray(Tensor[]::new);
  }

  private static void cut(String expected, Op op, Tensor... in) {
    Cut cut = Cut.of(op, in, outputs(op, in));
    String found = cut.extent() == 1 ? "whole" : cut.extent() + ": " + cut.in() + cut.out();
    assertEquals(expected, found, op.toString());
  }

  @Test
  void productsAreCutAlongTheLongestAxis() {
    LinalgOp product = new LinalgOp.MatMul();
    cut("9: [0, -1][0]", product, f64(9, 3), f64(3, 5));
    cut("9: [-1, 1][1]", product, f64(5, 3), f64(3, 9));
    cut("9: [-1, 2][3]", product, f64(2, 1, 5, 3), f64(2, 3, 9));
    cut("9: [-1, 0][0]", product, f64(5, 3), f64(9, 3, 2));
    cut("9: [0, -1, -1][0]", new LinalgOp.Linear(), f64(9, 2, 3), f64(4, 3), f64(4));
    cut("9: [-1, 0, 0][1]", new LinalgOp.Linear(), f64(4, 3), f64(9, 3), f64(9));
  }

  @Test
  void reductionsAreCutAlongKeptAxesIfThereAreAny() {
    Tensor x = f64(3, 8, 5);
    cut("8: [1][0]", new ReduceOp.Reduce(ReduceFn.SUM, Ints.of(0, 2), false), x);
    cut("8: [1][1]", new ReduceOp.Reduce(ReduceFn.MEAN, Ints.of(0), true), x);
    cut("8: [1][-2]", new ReduceOp.Reduce(ReduceFn.MAX, Ints.of(0, 1, 2), true), x);
    cut("whole", new ReduceOp.Reduce(ReduceFn.MEAN, Ints.of(0, 1, 2), true), x);
    cut("5: [2][1]", new ReduceOp.ArgReduce(true, 1, false), x);
    cut("5: [2][2]", new ReduceOp.CumSum(1, false), x);
    cut("8: [1][1]", new ReduceOp.Softmax(2), x);
    cut("8: [1][1]", new ReduceOp.LogSoftmax(0), x);
    cut("8: [1][1]", new ReduceOp.ArgSort(0, false), x);
    cut("5: [2][2]", new ReduceOp.ArgTopK(6, 1, false), x);
    cut("whole", new ReduceOp.CumSum(0, false), f64(9));
  }

  @Test
  void scatteredSumsAreCutBesideTheirAxis() {
    cut("6: [2, -1][1]", new IndexOp.IndexAdd(0, 9), f64(2, 3, 6), indices(8, 2, 3));
    cut("6: [0, -1][0]", new IndexOp.IndexAdd(1, 9), f64(6, 3), indices(8, 3));
    cut("whole", new IndexOp.IndexAdd(0, 9), f64(3), indices(8, 3));
    IndexOp add = new IndexOp.ScatterAdd(0);
    cut("6: [1, 1, 1][1]", add, f64(9, 6), indices(8, 3, 6), f64(3, 6));
    cut("whole", add, f64(9, 6), indices(8, 3, 5), f64(3, 5));
    cut("whole", new IndexOp.ViewScatter(new ViewOp.Expand(Shape.of(4)), Shape.of(1)), f64(4));
  }

  @Test
  void planesNormsAndLossesAreCutByImagesChannelsAndRows() {
    PoolOp.Window window = new PoolOp.Adaptive(2, 2);
    cut("7: [1][1, 1]", new PoolOp.MaxPool2d(window), f64(3, 7, 9, 9));
    cut("7: [0, 0][0]", new PoolOp.PlaneScatter(9, 9), f64(7, 3, 2, 2), indices(8, 7, 3, 2, 2));
    cut("7: [0][0]", new PoolOp.AvgPool2dGrad(window, 9, 9), f64(7, 3, 2, 2));
    NormOp batch = new NormOp.Norm(Ints.of(0, 2, 3), 1e-5);
    Tensor x = f64(5, 4, 3, 3);
    Tensor perChannel = f64(1, 4, 1, 1);
    cut("4: [1, 1, 1][1, 1, 1]", batch, x, perChannel, perChannel);
    NormOp layer = new NormOp.NormGrad(Ints.of(1));
    Tensor rows = f64(5, 4);
    cut("5: [0, 0, -1, 0, 0][0, -2, -2]", layer, rows, rows, f64(1, 4), f64(5, 1), f64(5, 1));
    cut("6: [0, 0][0, 0]", new LossOp.CrossEntropy(0, -1), f64(6, 9), indices(8, 6));
  }

  @Test
  void elementwiseOpsAndUpdatesAreCutAnywhere() {
    ElementwiseOp add = new ElementwiseOp.Binary(ElementwiseOp.BinaryFn.ADD);
    cut("9: [-1, 0][1]", add, f64(3, 1), f64(9));
    OptimOp sgd = new OptimOp.Sgd(0.1, 0, 0, 0, false, true);
    cut("9: [1, 1][1]", sgd, f64(3, 9), f64(3, 9));
    cut("whole", sgd, f64(3), f64(3), f64(3), f64(3));
  }

  /** What is joined is rounded in another order, all else is the same to the bit. */
  @TestFactory
  Stream<DynamicTest> anyNumberOfPartsGivesTheSame() {
    Map<String, List<OpCase>> byOp =
        OpCases.byOp(c -> !(c.op() instanceof ViewOp || c.op() instanceof CustomOp));
    return byOp.entrySet().stream()
        .map(e -> dynamicTest(e.getKey(), () -> e.getValue().forEach(SharesTest::checkParts)));
  }

  private static void checkParts(OpCase c) {
    if (c.size() > 4_000) {
      return;
    }
    Tensor[] in = c.tensors();
    Tensor[] expected = outputs(c.op(), in);
    Backends.named("reference").execute(c.op(), in, expected);
    boolean joins = Cut.of(c.op(), in, expected).out().contains(Cut.JOINED);
    for (int parts : new int[] {3, 1000}) {
      Tensor[] found = outputs(c.op(), in);
      Shares.run(c.op(), in, found, parts);
      if (joins) {
        assertEquals("", Agreement.difference(c, expected, found));
      } else {
        for (int i = 0; i < found.length; i++) {
          assertArrayEquals(Samples.values(expected[i]), Samples.values(found[i]), c::toString);
        }
      }
    }
  }

  @Test
  void theNumberOfThreadsChangesNoBit() {
    Tensor x = f64(6, 40, 33, 7);
    Tensor g = f64(500, 90);
    check(new ReduceOp.Reduce(ReduceFn.PROD, Ints.of(0, 1, 2, 3), false), x);
    check(new ReduceOp.Reduce(ReduceFn.MEAN, Ints.of(0, 1, 2, 3), true), x);
    check(new ReduceOp.Softmax(1), x);
    check(new ReduceOp.ArgSort(2, true), x);
    check(new PoolOp.AvgPool2d(new PoolOp.Adaptive(3, 3)), x);
    check(new IndexOp.IndexAdd(0, 50), g, indices(49, 500));
    check(new NormOp.NormGrad(Ints.of(1)), g, g, f64(1, 90), f64(500, 1), f64(500, 1));
  }

  private static void check(Op op, Tensor... in) {
    Parallel.setThreads(1);
    Tensor[] want = Samples.run("cpu", op, in);
    for (int threads = 2; threads <= 3; threads++) {
      Parallel.setThreads(threads);
      Tensor[] got = Samples.run("cpu", op, in);
      for (int i = 0; i < want.length; i++) {
        assertArrayEquals(Samples.bytes(want[i]), Samples.bytes(got[i]), op + " " + threads);
      }
    }
  }

  @Test
  void theFirstBadIndexIsNamed() {
    Tensor index = indices(9, 400);
    Native.putLong(index.address() + 8 * 123, 77);
    Native.putLong(index.address() + 8 * 399, 88);
    IndexOp op = new IndexOp.IndexAdd(0, 10);
    Exception e =
        assertThrows(
            IndexOutOfBoundsException.class,
            () -> Shares.run(op, new Tensor[] {f64(400, 90), index}, new Tensor[] {f64(10, 90)}));
    assertEquals(
        "index_add: index 77 is outside axis 0 of size 10\n  fix: indices must be in 0 .. 9",
        e.getMessage());
  }
}
