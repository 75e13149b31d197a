package dev.manabi.kernels.reference;

import static dev.manabi.kernels.reference.Reference.assertValues;
import static dev.manabi.kernels.reference.Reference.f32;
import static dev.manabi.kernels.reference.Reference.i64;
import static dev.manabi.kernels.reference.Reference.run;
import static dev.manabi.kernels.reference.Reference.shape;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.op.LinalgOp;
import org.junit.jupiter.api.Test;

class ProductsTest {
  @Test
  void matrixTimesMatrix() {
    Tensor a = f32(shape(2, 3), 1, 2, 3, 4, 5, 6);
    Tensor b = f32(shape(3, 2), 7, 8, 9, 10, 11, 12);
    assertValues(run(new LinalgOp.MatMul(), a, b), 58, 64, 139, 154);
  }

  @Test
  void aMatrixIsBroadcastOverABatch() {
    Tensor a = f32(shape(2, 1, 2), 1, 2, 3, 4);
    Tensor b = f32(shape(2, 2), 1, 1, 0, 1);
    assertValues(run(new LinalgOp.MatMul(), a, b), 1, 3, 3, 7);
  }

  @Test
  void anEmptySumIsZero() {
    assertValues(run(new LinalgOp.MatMul(), f32(shape(2, 0)), f32(shape(0, 1))), 0, 0);
  }

  @Test
  void integerProductsAreExact() {
    Tensor big = i64(shape(1, 1), 0);
    Elements.of(big).setLong(0, (1L << 53) + 1);
    Tensor y = run(new LinalgOp.MatMul(), big, i64(shape(1, 1), 3));
    assertEquals(3 * ((1L << 53) + 1), Elements.of(y).getLong(0));
  }

  @Test
  void linearMultipliesByTheTransposedWeightAndAddsTheBias() {
    Tensor x = f32(shape(2, 2), 1, 2, 3, 4);
    Tensor weight = f32(shape(3, 2), 1, 0, 0, 1, 1, 1);
    assertValues(run(new LinalgOp.Linear(), x, weight), 1, 2, 3, 3, 4, 7);
    Tensor bias = f32(shape(3), 10, 20, 30);
    assertValues(run(new LinalgOp.Linear(), x, weight, bias), 11, 22, 33, 13, 24, 37);
  }
}
