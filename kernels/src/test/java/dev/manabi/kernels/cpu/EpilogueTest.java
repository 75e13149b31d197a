package dev.manabi.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.manabi.tensor.DType;
import dev.manabi.tensor.Index;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.Tensors;
import dev.manabi.tensor.op.ConvOp.Conv2d;
import dev.manabi.tensor.op.ConvOp.Params;
import dev.manabi.tensor.op.LinalgOp.Linear;
import dev.manabi.tensor.op.Op;
import dev.manabi.tensor.run.Interpreter;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** An epilogue gives the bits of the ops that it stands for, behind every algorithm. */
class EpilogueTest {
  private final int before = Parallel.threads();

  @BeforeEach
  void seed() {
    Tensors.manualSeed(21);
  }

  @AfterEach
  void restore() {
    Parallel.setThreads(before);
  }

  /** N, C, H, W, O, KH, KW and the parameters. */
  static Stream<Arguments> convolutions() {
    return Stream.of(
        // Direct: whole and ragged tiles, taps that are apart, many weights.
        Arguments.of(new int[] {2, 3, 9, 13, 32, 3, 3}, Params.of(1, 1, 1, 1)),
        Arguments.of(new int[] {2, 3, 9, 10, 6, 5, 5}, Params.of(2, 1, 1, 1)),
        Arguments.of(new int[] {1, 4, 15, 15, 35, 3, 3}, Params.of(1, 2, 2, 1)),
        Arguments.of(new int[] {1, 130, 9, 8, 200, 3, 3}, Params.of(1, 1, 1, 1)),
        // Winograd, 3 x 3 and 5 x 5: whole and ragged channels, borders.
        Arguments.of(new int[] {8, 16, 12, 12, 32, 3, 3}, Params.of(1, 1, 1, 1)),
        Arguments.of(new int[] {8, 17, 9, 10, 35, 3, 3}, Params.of(1, 1, 1, 1)),
        Arguments.of(new int[] {8, 32, 12, 12, 40, 5, 5}, Params.DEFAULT),
        // Pointwise.
        Arguments.of(new int[] {2, 16, 7, 7, 33, 1, 1}, Params.DEFAULT),
        // Depthwise: whole and ragged vectors.
        Arguments.of(new int[] {3, 32, 11, 13, 32, 3, 3}, Params.of(1, 1, 1, 32)),
        Arguments.of(new int[] {2, 35, 14, 15, 35, 5, 2}, new Params(3, 2, 1, 2, 2, 3, 35)),
        // Groups: direct, Winograd, pointwise.
        Arguments.of(new int[] {2, 6, 8, 8, 9, 3, 3}, Params.of(1, 1, 1, 3)),
        Arguments.of(new int[] {2, 32, 18, 17, 64, 3, 3}, Params.of(1, 1, 1, 2)),
        Arguments.of(new int[] {2, 8, 5, 5, 12, 1, 1}, Params.of(1, 0, 1, 4)));
  }

  @ParameterizedTest
  @MethodSource("convolutions")
  void convolution(int[] d, Params p) {
    Tensor x = Tensors.randn(d[0], d[1], d[2], d[3]);
    Tensor weight = Tensors.randn(d[4], d[1] / p.groups(), d[5], d[6]);
    int[] shape = {d[0], d[4], p.outH(d[2], d[5]), p.outW(d[3], d[6])};
    Tensor bias = Tensors.randn(d[4]);
    Tensor y = x.conv2d(weight, bias, p);
    List<Tensor> residuals =
        List.of(
            Tensors.randn(shape).channelsLast(),
            Tensors.randn(shape),
            Tensors.randn(1, d[4], 1, 1).expand(shape));
    check(new Conv2d(p, true), y, x, weight, bias);
    for (Tensor residual : residuals) {
      check(new Conv2d(p, false), y, x, weight, bias, residual);
      check(new Conv2d(p, true), y, x, weight, bias, residual);
    }
  }

  /** Whole and ragged tiles, one thread and several, few rows, sums that are cut, and none. */
  @ParameterizedTest
  @CsvSource({
    "24, 40, 64",
    "37, 33, 50",
    "130, 700, 257",
    "5, 300, 37",
    "20, 4400, 3",
    "3, 0, 5",
    "1, 1, 1"
  })
  void linear(int m, int k, int n) {
    Tensor x = Tensors.randn(m, k);
    Tensor weight = Tensors.randn(n, k);
    Tensor bias = Tensors.randn(n);
    Tensor y = x.linear(weight, bias);
    List<Tensor> residuals =
        List.of(
            Tensors.randn(m, n),
            Tensors.randn(n).expand(m, n),
            Tensors.randn(n, m).t(),
            Tensors.randn(m, 2 * n).get(Index.ellipsis(), Index.range(null, null, 2)));
    check(new Linear(true), y, x, weight, bias);
    for (Tensor residual : residuals) {
      check(new Linear(false), y, x, weight, bias, residual);
      check(new Linear(true), y, x, weight, bias, residual);
    }
  }

  /** As without an epilogue, so with it: -0 becomes 0, and a NaN stays. */
  @ParameterizedTest
  @CsvSource({"F32", "F64"})
  void specialNumbers(DType dtype) {
    float inf = Float.POSITIVE_INFINITY;
    float[] numbers = {-1, -0f, 0, 1, Float.NaN, inf, -inf, Float.MIN_VALUE, -Float.MIN_VALUE};
    Tensor residual = Tensors.of(numbers).to(dtype).unsqueeze(0).expand(5, numbers.length);
    Tensor x = Tensors.zeros(dtype, 5, 3);
    Tensor weight = Tensors.ones(dtype, numbers.length, 3);
    Tensor bias = Tensors.full(-0.0, dtype, numbers.length);
    check(new Linear(true), x.linear(weight, bias), x, weight, bias, residual);
  }

  /** {@code plain} is the op's result without the epilogue. */
  private static void check(Op op, Tensor plain, Tensor... in) {
    boolean relu = op instanceof Conv2d c && c.relu() || op instanceof Linear l && l.relu();
    Tensor sum = in.length > 3 ? plain.add(in[3]) : plain;
    Tensor expected = (relu ? sum.relu() : sum).contiguous();
    for (int threads = 1; threads <= 2; threads++) {
      Parallel.setThreads(threads);
      Tensor found = Interpreter.run(op, in).contiguous();
      assertArrayEquals(Samples.bytes(expected), Samples.bytes(found), op + " " + threads);
    }
  }
}
