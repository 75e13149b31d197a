package dev.manabi.tensor.run;

import static dev.manabi.tensor.run.Misuse.f32;
import static dev.manabi.tensor.run.Misuse.transposed;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.manabi.tensor.DType;
import dev.manabi.tensor.Ints;
import dev.manabi.tensor.Layout;
import dev.manabi.tensor.Shape;
import dev.manabi.tensor.TensorSpec;
import dev.manabi.tensor.op.ConvOp;
import dev.manabi.tensor.op.ElementwiseOp.Binary;
import dev.manabi.tensor.op.ElementwiseOp.BinaryFn;
import dev.manabi.tensor.op.ElementwiseOp.Copy;
import dev.manabi.tensor.op.ElementwiseOp.Order;
import dev.manabi.tensor.op.ElementwiseOp.Unary;
import dev.manabi.tensor.op.ElementwiseOp.UnaryFn;
import dev.manabi.tensor.op.Op;
import dev.manabi.tensor.op.PoolOp;
import org.junit.jupiter.api.Test;

class InferLayoutTest {
  private static final Binary ADD = new Binary(BinaryFn.ADD);
  private static final Unary EXP = new Unary(UnaryFn.EXP);
  private static final TensorSpec PLANES = f32(2, 3, 4, 5);
  private static final TensorSpec CHANNELS_LAST =
      new TensorSpec(Layout.channelsLast(PLANES.shape()), DType.F32);

  private static Layout layout(Op op, TensorSpec... inputs) {
    return Infer.outputs(op, inputs)[0].layout();
  }

  @Test
  void elementwiseOutputKeepsTheOrderOfADenseInput() {
    assertArrayEquals(new long[] {1, 3}, layout(EXP, transposed(3, 2)).strides());
    assertArrayEquals(new long[] {1, 3}, layout(ADD, transposed(3, 2), f32(2)).strides());
    assertArrayEquals(new long[] {1, 3}, layout(ADD, f32(2), transposed(3, 2)).strides());
  }

  @Test
  void firstDenseInputOfTheOutputsShapeDecides() {
    assertTrue(layout(ADD, f32(3, 2), transposed(3, 2)).isContiguous());
    assertArrayEquals(new long[] {1, 3}, layout(ADD, transposed(3, 2), f32(3, 2)).strides());
  }

  @Test
  void channelsLastGoesBeforeRowMajor() {
    assertTrue(layout(ADD, PLANES, CHANNELS_LAST).isChannelsLast());
    assertTrue(layout(ADD, CHANNELS_LAST, PLANES).isChannelsLast());
    assertTrue(layout(ADD, CHANNELS_LAST, f32(1, 3, 1, 1)).isChannelsLast());
  }

  @Test
  void gapsAndOffsetsOfAnInputAreNotKept() {
    Layout slice = f32(4, 6).layout().slice(Ints.of(1, 1), Ints.of(2, 3), Ints.of(1, 2));
    assertEquals(Layout.contiguous(Shape.of(2, 3)), layout(EXP, new TensorSpec(slice, DType.F32)));
    Layout rows = f32(4, 6).layout().slice(Ints.of(1, 0), Ints.of(2, 6), Ints.of(1, 1));
    assertEquals(Layout.contiguous(Shape.of(2, 6)), layout(EXP, new TensorSpec(rows, DType.F32)));
    Layout flipped = f32(4).layout().slice(Ints.of(3), Ints.of(4), Ints.of(-1));
    assertEquals(Layout.contiguous(Shape.of(4)), layout(EXP, new TensorSpec(flipped, DType.F32)));
    Layout expanded = f32(1).layout().expand(Shape.of(4));
    assertEquals(Layout.contiguous(Shape.of(4)), layout(EXP, new TensorSpec(expanded, DType.F32)));
  }

  @Test
  void anOutputLikeItsInputIsTheSameSpec() {
    TensorSpec x = f32(64);
    assertSame(x, Infer.outputs(EXP, x)[0]);
    assertSame(x, Infer.outputs(ADD, x, f32(64))[0]);
  }

  @Test
  void copyMakesTheOrderItNames() {
    assertTrue(layout(new Copy(Order.CHANNELS_LAST), PLANES).isChannelsLast());
    assertTrue(layout(new Copy(Order.ROW_MAJOR), CHANNELS_LAST).isContiguous());
  }

  @Test
  void convolutionMakesChannelsLastPlanesAndRowMajorWeights() {
    ConvOp.Params p = ConvOp.Params.DEFAULT;
    TensorSpec x = f32(2, 3, 6, 6);
    TensorSpec weight = f32(4, 3, 3, 3);
    TensorSpec y = Infer.outputs(new ConvOp.Conv2d(p), x, weight)[0];
    assertTrue(y.layout().isChannelsLast());
    assertTrue(layout(new ConvOp.InputGrad(p, 6, 6), y, weight).isChannelsLast());
    assertTrue(layout(new ConvOp.WeightGrad(p, 3, 3), x, y).isContiguous());
  }

  @Test
  void poolingKeepsTheOrderOfItsInput() {
    PoolOp pool = new PoolOp.MaxPool2d(new PoolOp.Sliding(2, 2, 2, 2, 0, 0, 1, 1, false, true));
    assertTrue(layout(pool, CHANNELS_LAST).isChannelsLast());
    assertTrue(layout(pool, PLANES).isContiguous());
  }
}
