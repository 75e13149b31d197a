package dev.manabi.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.manabi.kernels.cpu.Samples.Lie;
import dev.manabi.tensor.DType;
import dev.manabi.tensor.Shape;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.op.ConvOp;
import dev.manabi.tensor.op.CreateOp;
import dev.manabi.tensor.op.CreateOp.Distribution;
import dev.manabi.tensor.op.ElementwiseOp;
import dev.manabi.tensor.op.ElementwiseOp.Binary;
import dev.manabi.tensor.op.ElementwiseOp.BinaryFn;
import dev.manabi.tensor.op.ElementwiseOp.Unary;
import dev.manabi.tensor.op.ElementwiseOp.UnaryFn;
import dev.manabi.tensor.op.Op;
import dev.manabi.tensor.op.OptimOp;
import dev.manabi.tensor.op.RandomKey;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The number of threads changes no bit. */
class ThreadsTest {
  private static final RandomKey KEY = new RandomKey(5, 6);

  private final int before = Parallel.threads();

  @AfterEach
  void restore() {
    Parallel.setThreads(before);
  }

  @Test
  void elementwiseOpsDoNotDependOnThreads() {
    Shape shape = Shape.of(3, 41, 1000);
    Tensor a = Samples.random(DType.F32, shape, Lie.ROW_MAJOR, 1);
    Tensor b = Samples.random(DType.F32, shape, Lie.TRANSPOSED, 2);
    Tensor c = Samples.random(DType.F32, Shape.of(41, 1), Lie.ROW_MAJOR, 3);
    check(new Unary(UnaryFn.EXP), a);
    check(new Unary(UnaryFn.TANH), b);
    check(new Binary(BinaryFn.MUL), a, b);
    check(new Binary(BinaryFn.LT), a, c);
    check(new ElementwiseOp.Copy(ElementwiseOp.Order.ROW_MAJOR), b);
    check(new ElementwiseOp.Cast(DType.F16), a);
    check(new ElementwiseOp.Dropout(0.3, KEY), a);
    check(new ElementwiseOp.Dropout(0.3, KEY), b);
  }

  @Test
  void randomNumbersDoNotDependOnThreads() {
    for (Distribution distribution : Distribution.values()) {
      check(new CreateOp.Random(Shape.of(100_003), DType.F32, distribution, -1, 9, KEY));
    }
  }

  /** Of few tiles, threads share out the rows of Winograd's windows; of more, blocks of tiles. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 9})
  void convolutionsDoNotDependOnThreads(int count) {
    Tensor x = Samples.random(DType.F32, Shape.of(count, 20, 23, 24), Lie.ROW_MAJOR, 1);
    Tensor weight = Samples.random(DType.F32, Shape.of(33, 20, 3, 3), Lie.ROW_MAJOR, 2);
    Tensor g = Samples.random(DType.F32, Shape.of(count, 33, 23, 24), Lie.ROW_MAJOR, 3);
    var p = ConvOp.Params.of(1, 1, 1, 1);
    check(new ConvOp.Conv2d(p), x, weight);
    check(new ConvOp.InputGrad(p, 23, 24), g, weight);
    check(new ConvOp.WeightGrad(p, 3, 3), x, g);
  }

  @Test
  void updatesDoNotDependOnThreads() {
    Tensor[] in = new Tensor[4];
    for (int i = 0; i < in.length; i++) {
      in[i] = Samples.random(DType.F32, Shape.of(100_003), Lie.ROW_MAJOR, i);
    }
    check(new OptimOp.Adam(0.01, 0.9, 0.999, 1e-8, 0.1, true, 7), in);
    check(new OptimOp.Sgd(0.01, 0.9, 0, 0.1, true, false), in[0], in[1], in[2]);
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
}
