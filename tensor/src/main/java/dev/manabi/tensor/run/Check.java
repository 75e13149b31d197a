package dev.manabi.tensor.run;

import dev.manabi.tensor.DType;
import dev.manabi.tensor.Ints;
import dev.manabi.tensor.Shape;
import dev.manabi.tensor.TensorSpec;
import dev.manabi.tensor.error.ShapeException;
import dev.manabi.tensor.op.Op;

/** The checks that the inference of many ops shares. Text is made only once a check has failed. */
final class Check {
  private Check() {}

  /** Starts a message that lists every operand. */
  static ShapeException.Builder about(Op op, String problem, TensorSpec[] in, Signature signature) {
    ShapeException.Builder message = ShapeException.of(op.name(), problem);
    for (int i = 0; i < in.length; i++) {
      message.operand(signature.name(i), in[i], signature.dims(i, in[i].rank()));
    }
    return message;
  }

  /** Refuses another number of inputs than the signature's. */
  static void arity(Op op, TensorSpec[] in, Signature signature) {
    arity(op, in, signature.size(), signature.size(), signature);
  }

  /** Refuses fewer than {@code min} or more than {@code max} inputs. */
  static void arity(Op op, TensorSpec[] in, int min, int max, Signature signature) {
    if (in.length < min || in.length > max) {
      throw wrongArity(op, in, min, max, signature);
    }
  }

  private static ShapeException wrongArity(
      Op op, TensorSpec[] in, int min, int max, Signature signature) {
    StringBuilder names = new StringBuilder();
    for (int i = 0; i < Math.min(max, signature.size()); i++) {
      names.append(i == 0 ? "" : ", ").append(signature.name(i)).append(i < min ? "" : "?");
    }
    String count = min == max ? "" + min : max == min + 1 ? min + " or " + max : min + " or more";
    String problem = "takes " + count + (max == 1 ? " input" : " inputs") + ", found " + in.length;
    ShapeException.Builder message = ShapeException.of(op.name(), problem);
    for (int i = 0; i < in.length; i++) {
      message.operand("input " + i, in[i]);
    }
    return message.fix(max == 0 ? "give no inputs" : "give (" + names + ")");
  }

  /** Refuses operands, from operand {@code from} on, that do not share one dtype. */
  static void sameDtype(Op op, TensorSpec[] in, int from, Signature signature) {
    for (int i = from + 1; i < in.length; i++) {
      if (in[i].dtype() != in[from].dtype()) {
        throw differentDtypes(op, in, from, i, signature);
      }
    }
  }

  private static ShapeException differentDtypes(
      Op op, TensorSpec[] in, int a, int b, Signature signature) {
    DType x = in[a].dtype();
    DType y = in[b].dtype();
    String problem = signature.name(a) + " is " + x + ", but " + signature.name(b) + " is " + y;
    return about(op, problem, in, signature)
        .fix("cast to one dtype, for instance with .to(" + code(DType.promote(x, y)) + ")");
  }

  /** Refuses an operand that does not hold floating-point numbers. */
  static void floating(Op op, TensorSpec[] in, int i, Signature signature) {
    if (!in[i].dtype().isFloating()) {
      throw wrongDtype(op, in, i, "a floating dtype", DType.F32, signature);
    }
  }

  /** Refuses a bool operand. */
  static void notBool(Op op, TensorSpec[] in, int i, Signature signature) {
    if (in[i].dtype() == DType.BOOL) {
      throw wrongDtype(op, in, i, "a numeric dtype", DType.I64, signature);
    }
  }

  /** Refuses an operand of another dtype than {@code wanted}. */
  static void dtypeIs(Op op, TensorSpec[] in, int i, DType wanted, Signature signature) {
    if (in[i].dtype() != wanted) {
      throw wrongDtype(op, in, i, "dtype " + wanted, wanted, signature);
    }
  }

  /** The error for an operand of the wrong dtype, to be cast to {@code cast}. */
  static ShapeException wrongDtype(
      Op op, TensorSpec[] in, int i, String wanted, DType cast, Signature signature) {
    String name = signature.name(i);
    return about(op, name + " must have " + wanted + ", found " + in[i].dtype(), in, signature)
        .fix("cast it first: " + name + ".to(" + code(cast) + ")");
  }

  private static String code(DType dtype) {
    return "DType." + dtype.name();
  }

  /** Refuses operands of another rank than the signature's. */
  static void ranks(Op op, TensorSpec[] in, Signature signature) {
    for (int i = 0; i < in.length; i++) {
      rank(op, in, i, signature);
    }
  }

  /** Refuses an operand of another rank than its signature's. */
  static void rank(Op op, TensorSpec[] in, int i, Signature signature) {
    if (in[i].rank() != signature.rank(i)) {
      String fix = "give " + signature.name(i) + " the shape " + signature.shape(i);
      throw wrongRank(op, in, i, signature.rank(i), signature).fix(fix);
    }
  }

  /** Refuses an operand of another rank than operand {@code like}. */
  static void sameRank(Op op, TensorSpec[] in, int i, int like, Signature signature) {
    if (in[i].rank() != in[like].rank()) {
      throw wrongRank(op, in, i, in[like].rank(), signature)
          .fix("give " + signature.name(i) + " the rank of " + signature.name(like));
    }
  }

  private static ShapeException.Builder wrongRank(
      Op op, TensorSpec[] in, int i, int rank, Signature signature) {
    String wanted = rank == 1 ? "1 dimension" : rank + " dimensions";
    String problem = signature.name(i) + " must have " + wanted + ", found " + in[i].rank();
    return about(op, problem, in, signature);
  }

  /** Refuses an operand whose shape is not that of operand {@code like}. */
  static void sameShape(Op op, TensorSpec[] in, int i, int like, Signature signature) {
    if (!in[i].shape().equals(in[like].shape())) {
      String a = signature.name(i);
      String b = signature.name(like);
      throw about(op, a + " has another shape than " + b, in, signature)
          .fix("give " + a + " the shape of " + b + ", " + in[like].shape());
    }
  }

  /** Refuses an operand whose shape is not that of the output. */
  static void shapeOfOutput(Op op, TensorSpec[] in, int i, Shape output, Signature signature) {
    if (!in[i].shape().equals(output)) {
      String name = signature.name(i);
      throw about(op, name + " has not the output's shape " + output, in, signature)
          .fix("give " + name + " the shape " + output + "; expand it if it is to be broadcast");
    }
  }

  /** Refuses an axis that operand {@code i} does not have. */
  static void axis(Op op, TensorSpec[] in, int i, int axis, Signature signature) {
    if (axis < 0 || axis >= in[i].rank()) {
      throw noSuchAxis(op, in, i, axis, signature);
    }
  }

  private static ShapeException noSuchAxis(
      Op op, TensorSpec[] in, int i, int axis, Signature signature) {
    int rank = in[i].rank();
    String name = signature.name(i);
    String problem = "axis " + axis + " does not exist in " + name + " of rank " + rank;
    return about(op, problem, in, signature)
        .fix(
            rank == 0
                ? name + " is a scalar; give it a dimension with reshape(1)"
                : "use an axis from 0 to " + (rank - 1));
  }

  /** Refuses axes that are not there, repeat, or are not in rising order. */
  static void axes(Op op, TensorSpec[] in, int i, Ints axes, Signature signature) {
    for (int k = 0; k < axes.size(); k++) {
      axis(op, in, i, axes.get(k), signature);
      if (k > 0 && axes.get(k) <= axes.get(k - 1)) {
        throw about(op, "axes " + axes + " are not distinct and rising", in, signature)
            .fix("name every axis once, in rising order");
      }
    }
  }
}
