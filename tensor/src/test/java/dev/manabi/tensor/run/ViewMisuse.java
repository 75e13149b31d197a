package dev.manabi.tensor.run;

import static dev.manabi.tensor.run.Misuse.bool;
import static dev.manabi.tensor.run.Misuse.f32;
import static dev.manabi.tensor.run.Misuse.i32;
import static dev.manabi.tensor.run.Misuse.i64;
import static dev.manabi.tensor.run.Misuse.of;
import static dev.manabi.tensor.run.Misuse.transposed;

import dev.manabi.tensor.Ints;
import dev.manabi.tensor.Shape;
import dev.manabi.tensor.op.ReduceOp.ArgReduce;
import dev.manabi.tensor.op.ReduceOp.ArgSort;
import dev.manabi.tensor.op.ReduceOp.ArgTopK;
import dev.manabi.tensor.op.ReduceOp.CumSum;
import dev.manabi.tensor.op.ReduceOp.LogSoftmax;
import dev.manabi.tensor.op.ReduceOp.Reduce;
import dev.manabi.tensor.op.ReduceOp.ReduceFn;
import dev.manabi.tensor.op.ReduceOp.Softmax;
import dev.manabi.tensor.op.ViewOp.Diagonal;
import dev.manabi.tensor.op.ViewOp.Expand;
import dev.manabi.tensor.op.ViewOp.Permute;
import dev.manabi.tensor.op.ViewOp.Reshape;
import dev.manabi.tensor.op.ViewOp.Slice;
import java.util.List;

/** Misuse of views and reductions. */
final class ViewMisuse {

  static final List<Misuse> CASES =
      List.of(
          of(
              new Reshape(Shape.of(4, 2)),
              """
          reshape: x has 6 elements, but the shape [4, 2] holds 8
            x [2, 3] f32
            fix: give a shape with as many elements, or -1 for one size""",
              f32(2, 3)),
          of(
              new Reshape(Shape.of(6)),
              """
          reshape: x lies in memory with strides [1, 3] and cannot be seen as [6] without a copy
            x [3, 2] f32
            fix: x.reshape(..) copies where needed, x.contiguous() always""",
              transposed(3, 2)),
          of(
              new Permute(Ints.of(0, 0)),
              """
          permute: axes [0, 0] are not an order of the 2 axes of x
            x [2, 3] f32
            fix: name every axis from 0 to 1 once""",
              f32(2, 3)),
          of(
              new Permute(Ints.of(0)),
              """
          permute: axes [0] are not an order of the 2 axes of x
            x [2, 3] f32
            fix: name every axis from 0 to 1 once""",
              f32(2, 3)),
          of(
              new Expand(Shape.of(2, 4)),
              """
          expand: x does not broadcast to [2, 4]
            x [2, 3] f32
            fix: only sizes of 1 grow, and new dimensions come in front; see unsqueeze and repeat""",
              f32(2, 3)),
          of(
              new Expand(Shape.of(3)),
              """
          expand: x does not broadcast to [3]
            x [2, 3] f32
            fix: only sizes of 1 grow, and new dimensions come in front; see unsqueeze and repeat""",
              f32(2, 3)),
          of(
              new Slice(Ints.of(1), Ints.of(4), Ints.of(1)),
              """
          slice: axis 0 of size 4 does not hold 4 elements from 1 in steps of 1
            x [4] f32
            fix: stay inside 0 .. 3, with a step other than 0""",
              f32(4)),
          of(
              new Slice(Ints.of(1), Ints.of(2), Ints.of(0)),
              """
          slice: axis 0 of size 4 does not hold 2 elements from 1 in steps of 0
            x [4] f32
            fix: stay inside 0 .. 3, with a step other than 0""",
              f32(4)),
          of(
              new Slice(Ints.of(1), Ints.of(3), Ints.of(-1)),
              """
          slice: axis 0 of size 4 does not hold 3 elements from 1 in steps of -1
            x [4] f32
            fix: stay inside 0 .. 3, with a step other than 0""",
              f32(4)),
          of(
              new Slice(Ints.of(0), Ints.of(1), Ints.of(1)),
              """
          slice: starts [0], sizes [1] and steps [1] must have one entry for each of 2 axes
            x [4, 4] f32
            fix: give 2 starts, sizes and steps""",
              f32(4, 4)),
          of(
              new Diagonal(0, 0),
              """
          diagonal: axes 0 and 0 are not two axes of x, which has rank 2
            x [3, 3] f32
            fix: give two different axes of a tensor of rank 2 or more""",
              f32(3, 3)),
          of(
              new Diagonal(0, 1),
              """
          diagonal: axes 0 and 1 are not two axes of x, which has rank 1
            x [3] f32
            fix: give two different axes of a tensor of rank 2 or more""",
              f32(3)),
          of(
              new Reduce(ReduceFn.SUM, Ints.of(2), false),
              """
          sum: axis 2 does not exist in x of rank 2
            x [2, 3] f32
            fix: use an axis from 0 to 1""",
              f32(2, 3)),
          of(
              new Reduce(ReduceFn.SUM, Ints.of(1, 0), false),
              """
          sum: axes [1, 0] are not distinct and rising
            x [2, 3] f32
            fix: name every axis once, in rising order""",
              f32(2, 3)),
          of(
              new Reduce(ReduceFn.MEAN, Ints.of(0), false),
              """
          mean: x must have a floating dtype, found i64
            x [2] i64
            fix: cast it first: x.to(DType.F32)""",
              i64(2)),
          of(
              new Reduce(ReduceFn.MAX, Ints.of(1), true),
              """
          max: axis 1 of x has size 0, and so no best element
            x [2, 0] f32
            fix: give at least one element along axis 1""",
              f32(2, 0)),
          of(
              new ArgReduce(true, 1, false),
              """
          argmax: axis 1 of x has size 0, and so no best element
            x [2, 0] f32
            fix: give at least one element along axis 1""",
              f32(2, 0)),
          of(
              new ArgReduce(false, 0, false),
              """
          argmin: axis 0 does not exist in x of rank 0
            x [] f32
            fix: x is a scalar; give it a dimension with reshape(1)""",
              f32()),
          of(
              new CumSum(2, false),
              """
          cumsum: axis 2 does not exist in x of rank 2
            x [2, 3] f32
            fix: use an axis from 0 to 1""",
              f32(2, 3)),
          of(
              new CumSum(0, false),
              """
          cumsum: takes 1 input, found 2
            input 0 [2] f32
            input 1 [2] f32
            fix: give (x)""",
              f32(2),
              f32(2)),
          of(
              new Softmax(1),
              """
          softmax: axis 1 does not exist in x of rank 1
            x [3] f32
            fix: use an axis from 0 to 0""",
              f32(3)),
          of(
              new Softmax(0),
              """
          softmax: x must have a floating dtype, found i32
            x [3] i32
            fix: cast it first: x.to(DType.F32)""",
              i32(3)),
          of(
              new LogSoftmax(-1),
              """
          log_softmax: axis -1 does not exist in x of rank 1
            x [3] f32
            fix: use an axis from 0 to 0""",
              f32(3)),
          of(
              new LogSoftmax(0),
              """
          log_softmax: x must have a floating dtype, found bool
            x [3] bool
            fix: cast it first: x.to(DType.F32)""",
              bool(3)),
          of(
              new ArgSort(1, false),
              """
          argsort: axis 1 does not exist in x of rank 1
            x [3] f32
            fix: use an axis from 0 to 0""",
              f32(3)),
          of(
              new ArgSort(0, false),
              """
          argsort: takes 1 input, found 0
            fix: give (x)"""),
          of(
              new ArgTopK(4, 1, true),
              """
          topk: k is 4, but axis 1 of x has size 3
            x [2, 3] f32
            fix: use a k from 0 to 3""",
              f32(2, 3)),
          of(
              new ArgTopK(1, 2, true),
              """
          topk: axis 2 does not exist in x of rank 2
            x [2, 3] f32
            fix: use an axis from 0 to 1""",
              f32(2, 3)));

  private ViewMisuse() {}
}
