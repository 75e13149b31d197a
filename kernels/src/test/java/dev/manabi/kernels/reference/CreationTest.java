package dev.manabi.kernels.reference;

import static dev.manabi.kernels.reference.Reference.assertValues;
import static dev.manabi.kernels.reference.Reference.run;
import static dev.manabi.kernels.reference.Reference.shape;
import static dev.manabi.kernels.reference.Reference.tensor;
import static dev.manabi.kernels.reference.Reference.toArray;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.manabi.tensor.DType;
import dev.manabi.tensor.Shape;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.op.CreateOp;
import dev.manabi.tensor.op.RandomKey;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class CreationTest {
  private static final RandomKey KEY = new RandomKey(11, 4);

  private static CreateOp.Random random(
      Shape shape, DType dtype, CreateOp.Distribution distribution, double a, double b) {
    return new CreateOp.Random(shape, dtype, distribution, a, b, KEY);
  }

  @Test
  void fillAndRange() {
    assertValues(run(new CreateOp.Fill(shape(2, 2), DType.U8, 255)), 255, 255, 255, 255);
    assertValues(run(new CreateOp.Fill(shape(), DType.BOOL, 0.5)), 1);
    assertValues(run(new CreateOp.Range(3, -1.5, 3, DType.F32)), 3, 1.5, 0);
    assertValues(run(new CreateOp.Range(3, 2, 3, DType.I64)), 3, 5, 7);
  }

  @Test
  void elementsDependOnTheirRowMajorNumberAlone() {
    double[] y = toArray(run(random(shape(5, 7), DType.F32, CreateOp.Distribution.UNIFORM, -1, 3)));
    Philox philox = new Philox(KEY);
    for (int i = 34; i >= 0; i--) {
      assertEquals((float) (-1 + 4 * philox.uniform(i)), y[i]);
    }
  }

  @Test
  void aRangeOfElementsMayBeWrittenAlone() {
    CreateOp.Random op = random(shape(5, 7), DType.F64, CreateOp.Distribution.NORMAL, 1, 2);
    double[] zeros = new double[35];
    Tensor part = tensor(DType.F64, shape(5, 7), zeros);
    Creation.random(op, part, 9, 23);
    double[] whole = toArray(run(op));
    Arrays.fill(whole, 0, 9, 0);
    Arrays.fill(whole, 23, 35, 0);
    assertArrayEquals(whole, toArray(part));
  }

  @Test
  void integersLieInTheirRange() {
    double[] y = toArray(run(random(shape(1000), DType.I8, CreateOp.Distribution.INTEGER, -3, 4)));
    assertEquals(-3, Arrays.stream(y).min().getAsDouble());
    assertEquals(3, Arrays.stream(y).max().getAsDouble());
  }

  @Test
  void theSeedAndTheStreamBothMatter() {
    CreateOp.Random a = random(shape(100), DType.F32, CreateOp.Distribution.UNIFORM, 0, 1);
    CreateOp.Random b =
        new CreateOp.Random(a.shape(), a.dtype(), a.distribution(), 0, 1, new RandomKey(11, 5));
    CreateOp.Random c =
        new CreateOp.Random(a.shape(), a.dtype(), a.distribution(), 0, 1, new RandomKey(12, 4));
    double[] x = toArray(run(a));
    assertArrayEquals(x, toArray(run(a)));
    assertTrue(!Arrays.equals(x, toArray(run(b))) && !Arrays.equals(x, toArray(run(c))));
  }
}
