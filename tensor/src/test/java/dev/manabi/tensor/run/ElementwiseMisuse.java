package dev.manabi.tensor.run;

import static dev.manabi.tensor.DType.BOOL;
import static dev.manabi.tensor.DType.F32;
import static dev.manabi.tensor.DType.F64;
import static dev.manabi.tensor.DType.I32;
import static dev.manabi.tensor.DType.I64;
import static dev.manabi.tensor.run.Misuse.bool;
import static dev.manabi.tensor.run.Misuse.f32;
import static dev.manabi.tensor.run.Misuse.f64;
import static dev.manabi.tensor.run.Misuse.i64;
import static dev.manabi.tensor.run.Misuse.of;

import dev.manabi.tensor.Shape;
import dev.manabi.tensor.op.CreateOp.Distribution;
import dev.manabi.tensor.op.CreateOp.Fill;
import dev.manabi.tensor.op.CreateOp.Random;
import dev.manabi.tensor.op.CreateOp.Range;
import dev.manabi.tensor.op.ElementwiseOp.Binary;
import dev.manabi.tensor.op.ElementwiseOp.BinaryFn;
import dev.manabi.tensor.op.ElementwiseOp.Cast;
import dev.manabi.tensor.op.ElementwiseOp.Clamp;
import dev.manabi.tensor.op.ElementwiseOp.Copy;
import dev.manabi.tensor.op.ElementwiseOp.Dropout;
import dev.manabi.tensor.op.ElementwiseOp.Order;
import dev.manabi.tensor.op.ElementwiseOp.ScaleShift;
import dev.manabi.tensor.op.ElementwiseOp.Unary;
import dev.manabi.tensor.op.ElementwiseOp.UnaryFn;
import dev.manabi.tensor.op.ElementwiseOp.Where;
import dev.manabi.tensor.op.RandomKey;
import java.util.List;

/** Misuse of ops that create tensors and elementwise ops. */
final class ElementwiseMisuse {
  private static final RandomKey KEY = new RandomKey(1, 2);

  static final List<Misuse> CASES =
      List.of(
          of(
              new Fill(Shape.of(2), F32, 1),
              """
          fill: takes 0 inputs, found 1
            input 0 [2] f32
            fix: give no inputs""",
              f32(2)),
          of(
              new Fill(Shape.of(2), I32, Double.NaN),
              """
          fill: i32 cannot hold NaN
            fix: use a finite value or a floating dtype"""),
          of(
              new Range(0, -1, -3, F32),
              """
          range: the count -3 is negative
            fix: let the step lead from start to end"""),
          of(
              new Range(0, 1, 3, BOOL),
              """
          range: bool has no order to count in
            fix: use an integer or a floating dtype"""),
          of(
              new Random(Shape.of(2), F32, Distribution.UNIFORM, 1, 0, KEY),
              """
          random: there is no number from 1.0 up to 0.0
            fix: give low < high, or a standard deviation of 0 or more"""),
          of(
              new Random(Shape.of(2), F32, Distribution.NORMAL, 0, -1, KEY),
              """
          random: the standard deviation -1.0 is negative or NaN
            fix: give low < high, or a standard deviation of 0 or more"""),
          of(
              new Random(Shape.of(2), I64, Distribution.INTEGER, 5, 5, KEY),
              """
          random: there is no integer from 5.0 up to, not including, 5.0
            fix: give low < high, or a standard deviation of 0 or more"""),
          of(
              new Random(Shape.of(2), I64, Distribution.NORMAL, 0, 1, KEY),
              """
          random: NORMAL numbers cannot be i64
            fix: draw another dtype and cast it with .to(DType.I64)"""),
          of(
              new Unary(UnaryFn.EXP),
              """
          exp: x must have a floating dtype, found i64
            x [2, 3] i64
            fix: cast it first: x.to(DType.F32)""",
              i64(2, 3)),
          of(
              new Unary(UnaryFn.NEG),
              """
          neg: x must have a numeric dtype, found bool
            x [4] bool
            fix: cast it first: x.to(DType.I64)""",
              bool(4)),
          of(
              new Unary(UnaryFn.ABS),
              """
          abs: takes 1 input, found 2
            input 0 [4] f32
            input 1 [4] f32
            fix: give (x)""",
              f32(4),
              f32(4)),
          of(
              new Binary(BinaryFn.ADD),
              """
          add: shapes [2, 3] and [2, 4] do not broadcast: dimension -1 is 3 and 4
            a [2, 3] f32
            b [2, 4] f32
            fix: sizes counted from the last must be equal or 1; see unsqueeze and expand""",
              f32(2, 3),
              f32(2, 4)),
          of(
              new Binary(BinaryFn.MUL),
              """
          mul: a is f32, but b is f64
            a [2, 3] f32
            b [2, 3] f64
            fix: cast to one dtype, for instance with .to(DType.F64)""",
              f32(2, 3),
              f64(2, 3)),
          of(
              new Binary(BinaryFn.DIV),
              """
          div: a must have a floating dtype, found i64
            a [2] i64
            b [2] i64
            fix: cast it first: a.to(DType.F32)""",
              i64(2),
              i64(2)),
          of(
              new Binary(BinaryFn.SUB),
              """
          sub: a must have a numeric dtype, found bool
            a [2] bool
            b [2] bool
            fix: cast it first: a.to(DType.I64)""",
              bool(2),
              bool(2)),
          of(
              new Binary(BinaryFn.AND),
              """
          and: a must have an integer dtype or bool, found f32
            a [2] f32
            b [2] f32
            fix: cast it first: a.to(DType.BOOL)""",
              f32(2),
              f32(2)),
          of(
              new Binary(BinaryFn.LT),
              """
          lt: takes 2 inputs, found 1
            input 0 [2] f32
            fix: give (a, b)""",
              f32(2)),
          of(
              new ScaleShift(true),
              """
          scale_shift: takes 3 or 4 inputs, found 2
            input 0 [2] f32
            input 1 [2] f32
            fix: give (x, scale, shift, residual?)""",
              f32(2),
              f32(2)),
          of(
              new ScaleShift(false),
              """
          scale_shift: x is f32, but shift is f64
            x [2] f32
            scale [2] f32
            shift [2] f64
            fix: cast to one dtype, for instance with .to(DType.F64)""",
              f32(2),
              f32(2),
              f64(2)),
          of(
              new Where(),
              """
          where: condition must have dtype bool, found f32
            condition [2] f32
            a [2] f32
            b [2] f32
            fix: cast it first: condition.to(DType.BOOL)""",
              f32(2),
              f32(2),
              f32(2)),
          of(
              new Where(),
              """
          where: a is f32, but b is f64
            condition [2] bool
            a [2] f32
            b [2] f64
            fix: cast to one dtype, for instance with .to(DType.F64)""",
              bool(2),
              f32(2),
              f64(2)),
          of(
              new Where(),
              """
          where: shapes [3] and [2] do not broadcast: dimension -1 is 3 and 2
            condition [3] bool
            a [2] f32
            b [2] f32
            fix: sizes counted from the last must be equal or 1; see unsqueeze and expand""",
              bool(3),
              f32(2),
              f32(2)),
          of(
              new Clamp(0, Double.NaN),
              """
          clamp: a bound is NaN: low 0.0, high NaN
            x [2] f32
            fix: give numbers, or an infinity for no bound""",
              f32(2)),
          of(
              new Clamp(0, 1),
              """
          clamp: x must have a numeric dtype, found bool
            x [2] bool
            fix: cast it first: x.to(DType.I64)""",
              bool(2)),
          of(
              new Cast(F64),
              """
          cast: takes 1 input, found 0
            fix: give (x)"""),
          of(
              new Cast(F64),
              """
          cast: takes 1 input, found 2
            input 0 [2] f32
            input 1 [2] f32
            fix: give (x)""",
              f32(2),
              f32(2)),
          of(
              new Copy(Order.ROW_MAJOR),
              """
          copy: takes 1 input, found 0
            fix: give (x)"""),
          of(
              new Copy(Order.CHANNELS_LAST),
              """
          copy: takes 1 input, found 2
            input 0 [2] f32
            input 1 [2] f32
            fix: give (x)""",
              f32(2),
              f32(2)),
          of(
              new Dropout(1, KEY),
              """
          dropout: the probability 1.0 is not in [0, 1)
            x [2] f32
            fix: give the share of elements to drop, such as 0.5""",
              f32(2)),
          of(
              new Dropout(0.5, KEY),
              """
          dropout: x must have a floating dtype, found i64
            x [2] i64
            fix: cast it first: x.to(DType.F32)""",
              i64(2)));

  private ElementwiseMisuse() {}
}
