package dev.manabi.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.manabi.kernels.cpu.Samples.Lie;
import dev.manabi.tensor.DType;
import dev.manabi.tensor.Shape;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.Tensors;
import dev.manabi.tensor.op.ElementwiseOp;
import dev.manabi.tensor.op.ElementwiseOp.BinaryFn;
import dev.manabi.tensor.op.ElementwiseOp.UnaryFn;
import dev.manabi.tensor.op.OptimOp;
import dev.manabi.tensor.run.Backends;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Optimizer updates, in place, against the reference. */
class OptimizersTest {
  private static final List<OptimOp> OPS =
      List.of(
          new OptimOp.Sgd(0.1, 0, 0, 0.01, false, true),
          new OptimOp.Sgd(0.1, 0.9, 0.1, 0.01, false, true),
          new OptimOp.Sgd(0.1, 0.9, 0.1, 0.01, false, false),
          new OptimOp.Sgd(0.1, 0.9, 0, 0, true, false),
          new OptimOp.Adam(0.01, 0.9, 0.999, 1e-8, 0, false, 1),
          new OptimOp.Adam(0.01, 0.9, 0.999, 1e-8, 0.1, false, 3),
          new OptimOp.Adam(0.01, 0.9, 0.999, 1e-8, 0.1, true, 1000));

  private static final ElementwiseOp SQUARE = new ElementwiseOp.Binary(BinaryFn.MUL);

  private static final ElementwiseOp UNIT = new ElementwiseOp.Unary(UnaryFn.TANH);

  @ParameterizedTest
  @EnumSource(names = {"ROW_MAJOR", "TRANSPOSED", "FLIPPED"})
  void updatesAgree(Lie gradLie) {
    for (OptimOp op : OPS) {
      for (Shape shape : Samples.shapesAndLargeOnes()) {
        for (DType type : new DType[] {DType.F32, DType.F64}) {
          check(op, shape, type, gradLie);
        }
      }
    }
  }

  /** A mean without new gradients would otherwise stay at the smallest number there is. */
  @Test
  void meansThatDecayEndAtZero() {
    for (OptimOp op :
        List.of(
            new OptimOp.Sgd(0.1, 0.9, 0, 0, false, false),
            new OptimOp.Adam(0.01, 0.9, 0.999, 1e-8, 0, false, 1000))) {
      Tensor[] in = inputs(op, Shape.of(3, 50), DType.F32, Lie.ROW_MAJOR);
      in[1] = Tensors.zeros(3, 50);
      for (int i = 2; i < in.length; i++) {
        in[i] = Tensors.full(Float.MIN_NORMAL, 3, 50);
      }
      Backends.named("cpu").execute(op, in, outputs(in));
      for (int i = 2; i < in.length; i++) {
        assertArrayEquals(new float[150], in[i].toFloatArray());
      }
    }
  }

  private static void check(OptimOp op, Shape shape, DType type, Lie gradLie) {
    Tensor[] want = inputs(op, shape, type, gradLie);
    Tensor[] got = inputs(op, shape, type, gradLie);
    Backends.named("reference").execute(op, want, outputs(want));
    Backends.named("cpu").execute(op, got, outputs(got));
    for (int i = 0; i < want.length; i++) {
      double[] a = Samples.values(want[i]);
      double[] b = Samples.values(got[i]);
      for (int j = 0; j < a.length; j++) {
        if (Math.abs(a[j] - b[j]) > 1e-6 * (1 + Math.abs(a[j]))) {
          throw new AssertionError(op + " input " + i + ": expected " + a[j] + ", found " + b[j]);
        }
      }
    }
  }

  private static Tensor[] inputs(OptimOp op, Shape shape, DType type, Lie gradLie) {
    int count =
        switch (op) {
          case OptimOp.Sgd sgd -> sgd.momentum() == 0 ? 2 : 3;
          case OptimOp.Adam _ -> 4;
        };
    Tensor[] in = new Tensor[count];
    for (int i = 0; i < count; i++) {
      Tensor any = Samples.random(type, shape, i == 1 ? gradLie : Lie.ROW_MAJOR, i);
      // Of unit size, so that the tolerance means the rounding of a few additions.
      Backends.named("reference").execute(UNIT, new Tensor[] {any}, new Tensor[] {any});
      in[i] = any;
    }
    if (count == 4) {
      // The second moment is a mean of squares.
      in[3] = Samples.run("reference", SQUARE, in[3], in[3])[0];
    }
    return in;
  }

  /** All inputs but the gradient. */
  private static Tensor[] outputs(Tensor[] in) {
    Tensor[] out = Arrays.copyOfRange(in, 1, in.length);
    out[0] = in[0];
    return out;
  }
}
