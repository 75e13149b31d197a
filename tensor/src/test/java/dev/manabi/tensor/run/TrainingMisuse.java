package dev.manabi.tensor.run;

import static dev.manabi.tensor.run.Misuse.f32;
import static dev.manabi.tensor.run.Misuse.f64;
import static dev.manabi.tensor.run.Misuse.i64;
import static dev.manabi.tensor.run.Misuse.of;

import dev.manabi.tensor.Ints;
import dev.manabi.tensor.op.LossOp.CrossEntropy;
import dev.manabi.tensor.op.LossOp.CrossEntropyGrad;
import dev.manabi.tensor.op.NormOp.Norm;
import dev.manabi.tensor.op.NormOp.NormGrad;
import dev.manabi.tensor.op.NormOp.RunningStatistics;
import dev.manabi.tensor.op.OptimOp;
import java.util.List;

/** Misuse of norms, losses and optimizers. */
final class TrainingMisuse {
  private static OptimOp sgd(double momentum) {
    return new OptimOp.Sgd(0.1, momentum, 0, 0, false, true);
  }

  private static OptimOp adam(long step) {
    return new OptimOp.Adam(0.001, 0.9, 0.999, 1e-8, 0, false, step);
  }

  static final List<Misuse> CASES =
      List.of(
          of(
              new RunningStatistics(0.1, 1e-5, 25),
              """
          running_statistics: takes 4 inputs, found 1
            input 0 [4] f32
            fix: give (runningMean, runningVar, mean, rstd)""",
              f32(4)),
          of(
              new RunningStatistics(0.1, 1e-5, 25),
              """
          running_statistics: mean has another shape than runningMean
            runningMean [4] f32
            runningVar [4] f32
            mean [1, 4] f32
            rstd [1, 4] f32
            fix: give mean the shape of runningMean, [4]""",
              f32(4),
              f32(4),
              f32(1, 4),
              f32(1, 4)),
          of(
              new Norm(Ints.of(0), 1e-5, true),
              """
          norm: residual has another shape than input
            input [8] f32
            weight [1] f32
            bias [1] f32
            residual [1] f32
            fix: give residual the shape of input, [8]""",
              f32(8),
              f32(1),
              f32(1),
              f32(1)),
          of(
              new NormGrad(Ints.of(0), true, false),
              """
          norm_grad: takes 6 inputs, found 2
            input 0 [8] f32
            input 1 [8] f32
            fix: give (gradOut, input, weight, mean, rstd, y)""",
              f32(8),
              f32(8)),
          of(
              new Norm(Ints.of(0, 2, 3), 1e-5),
              """
          norm: weight does not broadcast to input
            input [N=8, C=4, H=5, W=5] f32
            weight [1, 3, 1, 1] f32
            bias [1, 3, 1, 1] f32
            fix: weight must have the rank of input, with sizes of 1 or input's own""",
              f32(8, 4, 5, 5),
              f32(1, 3, 1, 1),
              f32(1, 3, 1, 1)),
          of(
              new Norm(Ints.of(0, 2, 3), 1e-5),
              """
          norm: bias has another shape than weight
            input [N=8, C=4, H=5, W=5] f32
            weight [1, 4, 1, 1] f32
            bias [4] f32
            fix: give bias the shape of weight, [1, 4, 1, 1]""",
              f32(8, 4, 5, 5),
              f32(1, 4, 1, 1),
              f32(4)),
          of(
              new Norm(Ints.of(), 1e-5),
              """
          norm: there is no axis to normalise over
            input [8] f32
            weight [8] f32
            bias [8] f32
            fix: name at least one axis""",
              f32(8),
              f32(8),
              f32(8)),
          of(
              new Norm(Ints.of(0), -1),
              """
          norm: eps -1.0 is negative or NaN
            input [8] f32
            weight [8] f32
            bias [8] f32
            fix: use 1e-5""",
              f32(8),
              f32(8),
              f32(8)),
          of(
              new NormGrad(Ints.of(1)),
              """
          norm_grad: mean must have shape [8, 1]
            gradOut [8, 4] f32
            input [8, 4] f32
            weight [1, 4] f32
            mean [1, 4] f32
            rstd [1, 4] f32
            fix: give the mean that norm returned""",
              f32(8, 4),
              f32(8, 4),
              f32(1, 4),
              f32(1, 4),
              f32(1, 4)),
          of(
              new NormGrad(Ints.of(1)),
              """
          norm_grad: gradOut has another shape than input
            gradOut [8, 5] f32
            input [8, 4] f32
            weight [1, 4] f32
            mean [8, 1] f32
            rstd [8, 1] f32
            fix: give gradOut the shape of input, [8, 4]""",
              f32(8, 5),
              f32(8, 4),
              f32(1, 4),
              f32(8, 1),
              f32(8, 1)),
          of(
              new CrossEntropy(0, -100),
              """
          cross_entropy: logits has 32 rows, but target has 31 elements
            logits [N=32, C=10] f32
            target [N=31] i64
            fix: target.shape[0] must equal logits.shape[0]""",
              f32(32, 10),
              i64(31)),
          of(
              new CrossEntropy(0, -100),
              """
          cross_entropy: target must have dtype i64, found f32
            logits [N=32, C=10] f32
            target [N=32] f32
            fix: cast it first: target.to(DType.I64)""",
              f32(32, 10),
              f32(32)),
          of(
              new CrossEntropy(1.5, -100),
              """
          cross_entropy: label smoothing 1.5 is not in [0, 1]
            logits [N=32, C=10] f32
            target [N=32] i64
            fix: use 0 for none, or a small number such as 0.1""",
              f32(32, 10),
              i64(32)),
          of(
              new CrossEntropy(0, -100),
              """
          cross_entropy: there are no classes
            logits [N=32, C=0] f32
            target [N=32] i64
            fix: give logits [N, C] with C of 1 or more""",
              f32(32, 0),
              i64(32)),
          of(
              new CrossEntropyGrad(0, -100),
              """
          cross_entropy_grad: logits has 32 rows, but gradLoss has 31 elements
            gradLoss [N=31] f32
            logits [N=32, C=10] f32
            target [N=32] i64
            logSumExp [N=32] f32
            fix: gradLoss.shape[0] must equal logits.shape[0]""",
              f32(31),
              f32(32, 10),
              i64(32),
              f32(32)),
          of(
              new CrossEntropyGrad(0, -100),
              """
          cross_entropy_grad: gradLoss must have dtype f32, found f64
            gradLoss [N=32] f64
            logits [N=32, C=10] f32
            target [N=32] i64
            logSumExp [N=32] f32
            fix: cast it first: gradLoss.to(DType.F32)""",
              f64(32),
              f32(32, 10),
              i64(32),
              f32(32)),
          of(
              sgd(0.9),
              """
          sgd: takes 3 inputs per parameter, found 2
            input 0 [3, 4] f32
            input 1 [3, 4] f32
            fix: give (params, grads, buffers)""",
              f32(3, 4),
              f32(3, 4)),
          of(
              sgd(0),
              """
          sgd: grad has another shape than param
            param [3, 4] f32
            grad [4, 3] f32
            fix: give grad the shape of param, [3, 4]""",
              f32(3, 4),
              f32(4, 3)),
          of(
              sgd(0.9),
              """
          sgd: buffer1 has another shape than param1
            param1 [7] f32
            grad1 [7] f32
            buffer1 [3, 4] f32
            fix: give buffer1 the shape of param1, [7]""",
              f32(3, 4),
              f32(7),
              f32(3, 4),
              f32(7),
              f32(3, 4),
              f32(3, 4)),
          of(
              sgd(0),
              """
          sgd: param 0 is f32, but param 1 is f64
            param1 [7] f64
            grad1 [7] f64
            fix: update parameters of each dtype by themselves""",
              f32(3),
              f64(7),
              f32(3),
              f64(7)),
          of(
              adam(0),
              """
          adam: step 0 is below 1
            param [3] f32
            grad [3] f32
            m [3] f32
            v [3] f32
            fix: count steps from 1""",
              f32(3),
              f32(3),
              f32(3),
              f32(3)),
          of(
              adam(1),
              """
          adam: param is f32, but v is f64
            param [3] f32
            grad [3] f32
            m [3] f32
            v [3] f64
            fix: cast to one dtype, for instance with .to(DType.F64)""",
              f32(3),
              f32(3),
              f32(3),
              f64(3)));

  private TrainingMisuse() {}
}
