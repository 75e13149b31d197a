package dev.manabi.kernels.reference;

import static dev.manabi.kernels.reference.Reference.assertValues;
import static dev.manabi.kernels.reference.Reference.f32;
import static dev.manabi.kernels.reference.Reference.i64;
import static dev.manabi.kernels.reference.Reference.run;
import static dev.manabi.kernels.reference.Reference.shape;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.manabi.tensor.Ints;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.op.IndexOp;
import dev.manabi.tensor.op.Op;
import dev.manabi.tensor.op.ViewOp;
import org.junit.jupiter.api.Test;

class IndexingTest {
  private static final Tensor X = f32(shape(2, 3), 1, 2, 3, 4, 5, 6);

  @Test
  void indexSelectPutsTheShapeOfTheIndexInPlaceOfTheAxis() {
    Tensor index = i64(shape(2, 2), 2, 0, 1, 1);
    Tensor y = run(new IndexOp.IndexSelect(1), X, index);
    assertEquals(shape(2, 2, 2), y.shape());
    assertValues(y, 3, 1, 2, 2, 6, 4, 5, 5);
    assertValues(run(new IndexOp.IndexSelect(0), X, i64(shape(), 1)), 4, 5, 6);
  }

  @Test
  void indexAddSumsWhereIndicesRepeat() {
    Tensor g = f32(shape(2, 2, 2), 1, 2, 3, 4, 5, 6, 7, 8);
    Tensor index = i64(shape(2, 2), 2, 0, 1, 1);
    assertValues(run(new IndexOp.IndexAdd(1, 3), g, index), 2, 7, 1, 6, 15, 5);
  }

  @Test
  void gatherReadsAlongAnAxisOfASmallerIndex() {
    Tensor index = i64(shape(1, 4), 2, 2, 0, 1);
    assertValues(run(new IndexOp.Gather(1), X, index), 3, 3, 1, 2);
    assertValues(run(new IndexOp.Gather(0), X, i64(shape(1, 3), 1, 0, 1)), 4, 2, 6);
  }

  @Test
  void scatterLetsTheLastWinAndScatterAddSums() {
    Tensor index = i64(shape(2, 2), 1, 1, 0, 2);
    Tensor source = f32(shape(2, 2), 10, 20, 30, 40);
    assertValues(run(new IndexOp.Scatter(1), X, index, source), 1, 20, 3, 30, 5, 40);
    assertValues(run(new IndexOp.ScatterAdd(1), X, index, source), 1, 32, 3, 34, 5, 46);
  }

  @Test
  void catAndPad() {
    Tensor column = f32(shape(2, 1), 8, 9);
    assertValues(run(new IndexOp.Cat(1), column, X, column), 8, 1, 2, 3, 8, 9, 4, 5, 6, 9);
    Tensor padded = run(new IndexOp.Pad(Ints.of(1, 0), Ints.of(0, 2), -1), column);
    assertValues(padded, -1, -1, -1, 8, -1, -1, 9, -1, -1);
  }

  @Test
  void nonZeroListsPositions() {
    Tensor x = f32(shape(2, 2), 0, 3, Double.NaN, -0.0);
    assertValues(run(new IndexOp.NonZero(2), x), 0, 1, 1, 0);
  }

  @Test
  void viewScatterAddsWhatTheViewRepeats() {
    Op expand = new IndexOp.ViewScatter(new ViewOp.Expand(shape(2, 3)), shape(3));
    assertValues(run(expand, X), 5, 7, 9);
    ViewOp everyOtherBackwards = new ViewOp.Slice(Ints.of(4), Ints.of(2), Ints.of(-2));
    Op slice = new IndexOp.ViewScatter(everyOtherBackwards, shape(5));
    assertValues(run(slice, f32(shape(2), 7, 8)), 0, 0, 8, 0, 7);
    Op diagonal = new IndexOp.ViewScatter(new ViewOp.Diagonal(0, 1), shape(2, 3));
    assertValues(run(diagonal, f32(shape(2), 7, 8)), 7, 0, 0, 0, 8, 0);
  }

  @Test
  void anIndexOutsideIsNamed() {
    Tensor index = i64(shape(1), 3);
    var error =
        assertThrows(
            IndexOutOfBoundsException.class, () -> run(new IndexOp.IndexSelect(1), X, index));
    assertEquals(
        "index_select: index 3 is outside axis 1 of size 3\n  fix: indices must be in 0 .. 2",
        error.getMessage());
    assertThrows(
        IndexOutOfBoundsException.class, () -> run(new IndexOp.Gather(0), X, i64(shape(1, 1), -1)));
  }
}
