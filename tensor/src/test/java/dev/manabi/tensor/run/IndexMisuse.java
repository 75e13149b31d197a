package dev.manabi.tensor.run;

import static dev.manabi.tensor.run.Misuse.bool;
import static dev.manabi.tensor.run.Misuse.f32;
import static dev.manabi.tensor.run.Misuse.f64;
import static dev.manabi.tensor.run.Misuse.i32;
import static dev.manabi.tensor.run.Misuse.i64;
import static dev.manabi.tensor.run.Misuse.of;

import dev.manabi.tensor.Ints;
import dev.manabi.tensor.Shape;
import dev.manabi.tensor.op.IndexOp.Cat;
import dev.manabi.tensor.op.IndexOp.Gather;
import dev.manabi.tensor.op.IndexOp.IndexAdd;
import dev.manabi.tensor.op.IndexOp.IndexSelect;
import dev.manabi.tensor.op.IndexOp.NonZero;
import dev.manabi.tensor.op.IndexOp.Pad;
import dev.manabi.tensor.op.IndexOp.Scatter;
import dev.manabi.tensor.op.IndexOp.ScatterAdd;
import dev.manabi.tensor.op.IndexOp.ViewScatter;
import dev.manabi.tensor.op.LinalgOp.Linear;
import dev.manabi.tensor.op.LinalgOp.MatMul;
import dev.manabi.tensor.op.ViewOp.Permute;
import java.util.List;

/** Misuse of index ops and matrix products. */
final class IndexMisuse {

  static final List<Misuse> CASES =
      List.of(
          of(
              new IndexSelect(2),
              """
          index_select: axis 2 does not exist in x of rank 2
            x [4, 5] f32
            index [3] i64
            fix: use an axis from 0 to 1""",
              f32(4, 5),
              i64(3)),
          of(
              new IndexSelect(0),
              """
          index_select: index must have dtype i64, found i32
            x [4, 5] f32
            index [3] i32
            fix: cast it first: index.to(DType.I64)""",
              f32(4, 5),
              i32(3)),
          of(
              new IndexAdd(0, 4),
              """
          index_add: g does not hold the shape of index from axis 0 on
            g [3, 5] f32
            index [2] i64
            fix: g.shape must be that of indexSelect(0, index)""",
              f32(3, 5),
              i64(2)),
          of(
              new IndexAdd(0, -1),
              """
          index_add: the size -1 is negative
            g [2, 5] f32
            index [2] i64
            fix: give the size of the axis that was indexed""",
              f32(2, 5),
              i64(2)),
          of(
              new IndexAdd(0, 4),
              """
          index_add: g must have a numeric dtype, found bool
            g [2, 5] bool
            index [2] i64
            fix: cast it first: g.to(DType.I64)""",
              bool(2, 5),
              i64(2)),
          of(
              new Gather(1),
              """
          gather: index has size 3 along axis 0, but x has 2
            x [2, 5] f32
            index [3, 4] i64
            fix: only along axis 1 may index be larger than x""",
              f32(2, 5),
              i64(3, 4)),
          of(
              new Gather(0),
              """
          gather: index must have 2 dimensions, found 1
            x [2, 5] f32
            index [2] i64
            fix: give index the rank of x""",
              f32(2, 5),
              i64(2)),
          of(
              new Gather(0),
              """
          gather: index must have dtype i64, found f32
            x [2, 5] f32
            index [2, 5] f32
            fix: cast it first: index.to(DType.I64)""",
              f32(2, 5),
              f32(2, 5)),
          of(
              new Scatter(0),
              """
          scatter: source has another shape than index
            x [4, 5] f32
            index [2, 5] i64
            source [2, 4] f32
            fix: give source the shape of index, [2, 5]""",
              f32(4, 5),
              i64(2, 5),
              f32(2, 4)),
          of(
              new Scatter(0),
              """
          scatter: source must have the dtype of x, f32, found f64
            x [4, 5] f32
            index [2, 5] i64
            source [2, 5] f64
            fix: cast it first: source.to(DType.F32)""",
              f32(4, 5),
              i64(2, 5),
              f64(2, 5)),
          of(
              new ScatterAdd(1),
              """
          scatter_add: index has size 6 along axis 0, but x has 4
            x [4, 5] f32
            index [6, 5] i64
            source [6, 5] f32
            fix: only along axis 1 may index be larger than x""",
              f32(4, 5),
              i64(6, 5),
              f32(6, 5)),
          of(
              new ScatterAdd(0),
              """
          scatter_add: x must have a numeric dtype, found bool
            x [4] bool
            index [4] i64
            source [4] bool
            fix: cast it first: x.to(DType.I64)""",
              bool(4),
              i64(4),
              bool(4)),
          of(
              new Cat(0),
              """
          cat: x1 differs from x0 in more than axis 0
            x0 [2, 3] f32
            x1 [2, 4] f32
            fix: all inputs must have equal shapes but for axis 0""",
              f32(2, 3),
              f32(2, 4)),
          of(
              new Cat(1),
              """
          cat: x0 is f32, but x2 is f64
            x0 [2, 3] f32
            x1 [2, 3] f32
            x2 [2, 3] f64
            fix: cast to one dtype, for instance with .to(DType.F64)""",
              f32(2, 3),
              f32(2, 3),
              f64(2, 3)),
          of(
              new Cat(0),
              """
          cat: takes 1 or more inputs, found 0
            fix: give (x0)"""),
          of(
              new Pad(Ints.of(1), Ints.of(1), 0),
              """
          pad: before [1] and after [1] must have one entry for each of 2 axes
            x [2, 3] f32
            fix: give 2 sizes before and after""",
              f32(2, 3)),
          of(
              new Pad(Ints.of(-1), Ints.of(1), 0),
              """
          pad: axis 0 is padded by -1 and 1
            x [2] f32
            fix: padding is 0 or more; cut with slice""",
              f32(2)),
          of(
              new Pad(Ints.of(Integer.MAX_VALUE), Ints.of(1), 0),
              """
          pad: axis 0 would have size 2147483650
            x [2] f32
            fix: keep every size below 2^31""",
              f32(2)),
          of(
              new NonZero(7),
              """
          nonzero: the count 7 is not possible for 6 elements
            x [2, 3] f32
            fix: count the non-zero elements first""",
              f32(2, 3)),
          of(
              new NonZero(-1),
              """
          nonzero: the count -1 is not possible for 6 elements
            x [2, 3] f32
            fix: count the non-zero elements first""",
              f32(2, 3)),
          of(
              new ViewScatter(new Permute(Ints.of(1, 0)), Shape.of(2, 3)),
              """
          permute_scatter: the view of [2, 3] has shape [3, 2], but g has another
            g [2, 3] f32
            fix: g.shape must be that of the view""",
              f32(2, 3)),
          of(
              new ViewScatter(new Permute(Ints.of(1)), Shape.of(2, 3)),
              """
          permute: axes [1] are not an order of the 2 axes of x
            x [2, 3] f32
            fix: name every axis from 0 to 1 once""",
              f32(2, 3)),
          of(
              new MatMul(),
              """
          matmul: a has 3 columns, but b has 4 rows
            a [M=2, K=3] f32
            b [K=4, N=5] f32
            fix: a.shape[-1] must equal b.shape[-2]; transpose one of them?""",
              f32(2, 3),
              f32(4, 5)),
          of(
              new MatMul(),
              """
          matmul: the leading dimensions of a and b do not broadcast
            a [B=7, M=2, K=3] f32
            b [B=6, K=3, N=5] f32
            fix: leading sizes counted from the last must be equal or 1""",
              f32(7, 2, 3),
              f32(6, 3, 5)),
          of(
              new MatMul(),
              """
          matmul: a must have 2 or more dimensions, found 1
            a [3] f32
            b [K=3, N=5] f32
            fix: make it a matrix with unsqueeze""",
              f32(3),
              f32(3, 5)),
          of(
              new MatMul(),
              """
          matmul: a is f32, but b is f64
            a [M=2, K=3] f32
            b [K=3, N=5] f64
            fix: cast to one dtype, for instance with .to(DType.F64)""",
              f32(2, 3),
              f64(3, 5)),
          of(
              new Linear(),
              """
          linear: input has 400 features, but weight expects 300
            input [B=32, K=400] f32
            weight [N=10, K=300] f32
            bias [N=10] f32
            fix: input.shape[-1] must equal weight.shape[1]; flatten the input?""",
              f32(32, 400),
              f32(10, 300),
              f32(10)),
          of(
              new Linear(),
              """
          linear: bias has 9 elements, but weight makes 10 features
            input [B=32, K=300] f32
            weight [N=10, K=300] f32
            bias [N=9] f32
            fix: bias.shape[0] must equal weight.shape[0]""",
              f32(32, 300),
              f32(10, 300),
              f32(9)),
          of(
              new Linear(true),
              """
          linear: residual has not the output's shape [32, 10]
            input [B=32, K=300] f32
            weight [N=10, K=300] f32
            bias [N=10] f32
            residual [N=10] f32
            fix: give residual the shape [32, 10]; expand it if it is to be broadcast""",
              f32(32, 300),
              f32(10, 300),
              f32(10),
              f32(10)),
          of(
              new Linear(),
              """
          linear: input must have a floating dtype, found i64
            input [B=32, K=300] i64
            weight [N=10, K=300] i64
            fix: cast it first: input.to(DType.F32)""",
              i64(32, 300),
              i64(10, 300)),
          of(
              new Linear(),
              """
          linear: input must have 1 or more dimensions, found 0
            input [] f32
            weight [N=10, K=300] f32
            fix: give input the shape [.., K]""",
              f32(),
              f32(10, 300)));

  private IndexMisuse() {}
}
