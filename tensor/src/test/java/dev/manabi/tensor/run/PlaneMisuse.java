package dev.manabi.tensor.run;

import static dev.manabi.tensor.run.Misuse.f32;
import static dev.manabi.tensor.run.Misuse.f64;
import static dev.manabi.tensor.run.Misuse.i64;
import static dev.manabi.tensor.run.Misuse.of;
import static dev.manabi.tensor.run.Misuse.u8;

import dev.manabi.tensor.op.ConvOp.Conv2d;
import dev.manabi.tensor.op.ConvOp.InputGrad;
import dev.manabi.tensor.op.ConvOp.Params;
import dev.manabi.tensor.op.ConvOp.WeightGrad;
import dev.manabi.tensor.op.PoolOp.Adaptive;
import dev.manabi.tensor.op.PoolOp.AvgPool2d;
import dev.manabi.tensor.op.PoolOp.AvgPool2dGrad;
import dev.manabi.tensor.op.PoolOp.Interpolate;
import dev.manabi.tensor.op.PoolOp.InterpolateGrad;
import dev.manabi.tensor.op.PoolOp.MaxPool2d;
import dev.manabi.tensor.op.PoolOp.Mode;
import dev.manabi.tensor.op.PoolOp.PlaneGather;
import dev.manabi.tensor.op.PoolOp.PlaneScatter;
import dev.manabi.tensor.op.PoolOp.Sliding;
import java.util.List;

/** Misuse of convolution and pooling. */
final class PlaneMisuse {
  private static final Sliding POOL = new Sliding(2, 2, 2, 2, 0, 0, 1, 1, false, true);

  /** Two elements four apart around a plane four high: both fall on padding. */
  private static final Sliding STRADDLING = new Sliding(2, 2, 1, 1, 1, 1, 5, 1, false, true);

  static final List<Misuse> CASES =
      List.of(
          of(
              new Conv2d(Params.DEFAULT),
              """
          conv2d: input has 3 channels, but weight expects 1 x groups 1
            input [N=32, C=3, H=32, W=32] f32
            weight [O=64, I=1, KH=3, KW=3] f32
            fix: weight.shape[1] * groups must equal input.shape[1]""",
              f32(32, 3, 32, 32),
              f32(64, 1, 3, 3)),
          of(
              new Conv2d(Params.of(1, 0, 1, 2)),
              """
          conv2d: weight has 5 output channels, which 2 groups do not divide
            input [N=8, C=4, H=9, W=9] f32
            weight [O=5, I=2, KH=3, KW=3] f32
            fix: the number of output channels must be a multiple of groups""",
              f32(8, 4, 9, 9),
              f32(5, 2, 3, 3)),
          of(
              new Conv2d(Params.DEFAULT),
              """
          conv2d: bias has 4 elements, but weight makes 5 channels
            input [N=8, C=4, H=9, W=9] f32
            weight [O=5, I=4, KH=3, KW=3] f32
            bias [O=4] f32
            fix: bias.shape[0] must equal weight.shape[0]""",
              f32(8, 4, 9, 9),
              f32(5, 4, 3, 3),
              f32(4)),
          of(
              new Conv2d(Params.DEFAULT, true),
              """
          conv2d: residual has not the output's shape [8, 5, 7, 7]
            input [N=8, C=4, H=9, W=9] f32
            weight [O=5, I=4, KH=3, KW=3] f32
            bias [O=5] f32
            residual [N=8, O=5, OH=9, OW=9] f32
            fix: give residual the shape [8, 5, 7, 7]; expand it if it is to be broadcast""",
              f32(8, 4, 9, 9),
              f32(5, 4, 3, 3),
              f32(5),
              f32(8, 5, 9, 9)),
          of(
              new Conv2d(Params.DEFAULT),
              """
          conv2d: a kernel of 3 x 3 with dilation 1 x 1 does not fit into 2 x 9 with padding 0 x 0
            input [N=8, C=4, H=2, W=9] f32
            weight [O=5, I=4, KH=3, KW=3] f32
            fix: give a larger input, more padding or a smaller kernel""",
              f32(8, 4, 2, 9),
              f32(5, 4, 3, 3)),
          of(
              new Conv2d(Params.DEFAULT),
              """
          conv2d: input must have 4 dimensions, found 3
            input [4, 9, 9] f32
            weight [O=5, I=4, KH=3, KW=3] f32
            fix: give input the shape [N, C, H, W]""",
              f32(4, 9, 9),
              f32(5, 4, 3, 3)),
          of(
              new Conv2d(Params.DEFAULT),
              """
          conv2d: input is f32, but weight is f64
            input [N=8, C=4, H=9, W=9] f32
            weight [O=5, I=4, KH=3, KW=3] f64
            fix: cast to one dtype, for instance with .to(DType.F64)""",
              f32(8, 4, 9, 9),
              f64(5, 4, 3, 3)),
          of(
              new InputGrad(Params.DEFAULT, 9, 9),
              """
          conv2d_input_grad: gradOut has 6 channels, but weight makes 5
            gradOut [N=8, O=6, OH=7, OW=7] f32
            weight [O=5, I=4, KH=3, KW=3] f32
            fix: gradOut.shape[1] must equal weight.shape[0]""",
              f32(8, 6, 7, 7),
              f32(5, 4, 3, 3)),
          of(
              new InputGrad(Params.DEFAULT, 9, 9),
              """
          conv2d_input_grad: gradOut is 9 x 9, but a kernel of 3 x 3 makes 7 x 7 of 9 x 9
            gradOut [N=8, O=5, OH=9, OW=9] f32
            weight [O=5, I=4, KH=3, KW=3] f32
            fix: gradOut must have the height and width of the convolution's output""",
              f32(8, 5, 9, 9),
              f32(5, 4, 3, 3)),
          of(
              new WeightGrad(Params.DEFAULT, 3, 3),
              """
          conv2d_weight_grad: input has a batch of 8, but gradOut of 7
            input [N=8, C=4, H=9, W=9] f32
            gradOut [N=7, O=5, OH=7, OW=7] f32
            fix: gradOut.shape[0] must equal input.shape[0]""",
              f32(8, 4, 9, 9),
              f32(7, 5, 7, 7)),
          of(
              new WeightGrad(Params.of(1, 0, 1, 3), 3, 3),
              """
          conv2d_weight_grad: input has 4 channels, which 3 groups do not divide
            input [N=8, C=4, H=9, W=9] f32
            gradOut [N=8, O=6, OH=7, OW=7] f32
            fix: the number of input channels must be a multiple of groups""",
              f32(8, 4, 9, 9),
              f32(8, 6, 7, 7)),
          of(
              new WeightGrad(Params.DEFAULT, 3, 3),
              """
          conv2d_weight_grad: gradOut is 9 x 9, but a kernel of 3 x 3 makes 7 x 7 of 9 x 9
            input [N=8, C=4, H=9, W=9] f32
            gradOut [N=8, O=5, OH=9, OW=9] f32
            fix: gradOut must have the height and width of the convolution's output""",
              f32(8, 4, 9, 9),
              f32(8, 5, 9, 9)),
          of(
              new MaxPool2d(POOL),
              """
          max_pool2d: input must have 4 dimensions, found 3
            input [3, 8, 8] f32
            fix: give input the shape [N, C, H, W]""",
              f32(3, 8, 8)),
          of(
              new MaxPool2d(POOL),
              """
          max_pool2d: a window of 2 x 2 with dilation 1 x 1 and padding 0 x 0 does not fit into 1 x 8
            input [N=1, C=3, H=1, W=8] f32
            fix: give a larger input or a smaller window""",
              f32(1, 3, 1, 8)),
          of(
              new MaxPool2d(STRADDLING),
              """
          max_pool2d: a window of 2 x 2 with dilation 5 x 1 and padding 1 x 1 does not fit into 4 x 8
            input [N=1, C=3, H=4, W=8] f32
            fix: give a larger input or a smaller window""",
              f32(1, 3, 4, 8)),
          of(
              new MaxPool2d(new Adaptive(0, 1)),
              """
          max_pool2d: the output size 0 x 1 is empty
            input [N=1, C=3, H=4, W=4] f32
            fix: ask for at least 1 x 1""",
              f32(1, 3, 4, 4)),
          of(
              new PlaneScatter(8, 8),
              """
          plane_scatter: index has another shape than g
            g [N=1, C=3, OH=4, OW=4] f32
            index [N=1, C=3, OH=4, OW=5] i64
            fix: give index the shape of g, [1, 3, 4, 4]""",
              f32(1, 3, 4, 4),
              i64(1, 3, 4, 5)),
          of(
              new PlaneScatter(0, 8),
              """
          plane_scatter: planes of 0 x 8 are empty
            g [N=1, C=3, OH=4, OW=4] f32
            index [N=1, C=3, OH=4, OW=4] i64
            fix: give a height and width of at least 1""",
              f32(1, 3, 4, 4),
              i64(1, 3, 4, 4)),
          of(
              new PlaneGather(),
              """
          plane_gather: index has another batch or number of channels than input
            input [N=1, C=3, H=8, W=8] f32
            index [N=1, C=4, OH=4, OW=4] i64
            fix: index.shape[0] and [1] must equal input.shape[0] and [1]""",
              f32(1, 3, 8, 8),
              i64(1, 4, 4, 4)),
          of(
              new PlaneGather(),
              """
          plane_gather: index must have dtype i64, found f32
            input [N=1, C=3, H=8, W=8] f32
            index [N=1, C=3, OH=4, OW=4] f32
            fix: cast it first: index.to(DType.I64)""",
              f32(1, 3, 8, 8),
              f32(1, 3, 4, 4)),
          of(
              new AvgPool2d(POOL),
              """
          avg_pool2d: input must have a floating dtype, found i64
            input [N=1, C=3, H=8, W=8] i64
            fix: cast it first: input.to(DType.F32)""",
              i64(1, 3, 8, 8)),
          of(
              new AvgPool2d(POOL),
              """
          avg_pool2d: there is nothing to pool in planes of 0 x 8
            input [N=1, C=3, H=0, W=8] f32
            fix: give planes of at least 1 x 1""",
              f32(1, 3, 0, 8)),
          of(
              new AvgPool2dGrad(POOL, 8, 8),
              """
          avg_pool2d_grad: gradOut is 8 x 8, but the pooling makes 4 x 4 of 8 x 8
            gradOut [N=1, C=3, OH=8, OW=8] f32
            fix: gradOut must have the height and width of the pooling's output""",
              f32(1, 3, 8, 8)),
          of(
              new AvgPool2dGrad(POOL, 8, 8),
              """
          avg_pool2d_grad: gradOut must have 4 dimensions, found 3
            gradOut [3, 4, 4] f32
            fix: give gradOut the shape [N, C, OH, OW]""",
              f32(3, 4, 4)),
          of(
              new Interpolate(Mode.BILINEAR, 0, 4, false),
              """
          interpolate: planes of 0 x 4 are empty
            input [N=1, C=3, H=8, W=8] f32
            fix: give a height and width of at least 1""",
              f32(1, 3, 8, 8)),
          of(
              new Interpolate(Mode.BILINEAR, 4, 4, false),
              """
          interpolate: input must have a floating dtype, found u8
            input [N=1, C=3, H=8, W=8] u8
            fix: cast it first: input.to(DType.F32)""",
              u8(1, 3, 8, 8)),
          of(
              new InterpolateGrad(Mode.NEAREST, 4, 4, false),
              """
          interpolate_grad: planes of 0 x 8 are empty
            gradOut [N=1, C=3, OH=0, OW=8] f32
            fix: give a height and width of at least 1""",
              f32(1, 3, 0, 8)),
          of(
              new InterpolateGrad(Mode.NEAREST, 4, 4, false),
              """
          interpolate_grad: gradOut must have 4 dimensions, found 3
            gradOut [3, 8, 8] f32
            fix: give gradOut the shape [N, C, OH, OW]""",
              f32(3, 8, 8)));

  private PlaneMisuse() {}
}
