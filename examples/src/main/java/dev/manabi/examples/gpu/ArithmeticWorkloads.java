package dev.manabi.examples.gpu;

import dev.manabi.examples.gpu.Workload.Preparation;
import dev.manabi.tensor.DType;
import dev.manabi.tensor.Device;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.op.ConvOp;
import dev.manabi.tensor.op.Op;
import java.util.Locale;

/** Products and convolutions: what they compute is counted. */
final class ArithmeticWorkloads extends Workloads {
  ArithmeticWorkloads(Device device, boolean small) {
    super(device, small);
  }

  @Override
  void addAll() {
    products();
    convolutions();
  }

  private void arithmetic(
      String name, DType dtype, int[] dims, double operations, Preparation preparation) {
    String type = dtype.name().toLowerCase(Locale.ROOT);
    add(new Workload(name, type, dims, 0, operations, preparation));
  }

  private void products() {
    for (DType dtype : new DType[] {DType.F32, DType.BF16, DType.F16}) {
      for (int n : small ? new int[] {16} : new int[] {1024, 4096, 8192}) {
        product(dtype, n, n, n, false);
        product(dtype, n, n, n, true);
      }
      // Few results of long sums.
      product(dtype, small ? 8 : 256, small ? 1024 : 1 << 16, small ? 8 : 256, true);
    }
  }

  private void product(DType dtype, int m, int k, int n, boolean transposed) {
    arithmetic(
        transposed ? "A B^T" : "A B",
        dtype,
        new int[] {m, k, n},
        2.0 * m * n * k,
        () -> {
          Tensor a = random(dtype, m, k);
          Tensor right = transposed ? random(dtype, n, k).transpose(0, 1) : random(dtype, k, n);
          return () -> a.matmul(right);
        });
  }

  private void convolutions() {
    ConvOp.Params p = ConvOp.Params.of(1, 1, 1, 1);
    for (DType dtype : new DType[] {DType.F32, DType.BF16}) {
      for (int c : small ? new int[] {4} : new int[] {64, 128, 256, 512}) {
        int side = small ? 4 : 3584 / c;
        convolution("3x3 convolution", dtype, c, side, new ConvOp.Conv2d(p));
        convolution("3x3 convolution, planar", dtype, c, side, new ConvOp.Conv2d(p));
        Op data = new ConvOp.InputGrad(p, side, side);
        convolution("3x3 convolution, data gradient", dtype, c, side, data);
        convolution(
            "3x3 convolution, weight gradient", dtype, c, side, new ConvOp.WeightGrad(p, 3, 3));
      }
    }
  }

  private void convolution(String name, DType dtype, int c, int side, Op op) {
    int[] dims = {small ? 1 : 64, c, side, side};
    arithmetic(
        name,
        dtype,
        dims,
        2.0 * dims[0] * side * side * 9 * c * c,
        () -> {
          if (name.endsWith("planar")) {
            Tensor x = random(dtype, dims);
            Tensor weight = random(dtype, c, c, 3, 3);
            return () -> run(op, x, weight);
          }
          Tensor x = channelsLast(dtype, dims);
          Tensor other =
              op instanceof ConvOp.WeightGrad
                  ? channelsLast(dtype, dims)
                  : channelsLast(dtype, c, c, 3, 3);
          return () -> run(op, x, other);
        });
  }
}
