package dev.manabi.bench.torch;

import dev.manabi.tensor.op.ElementwiseOp;
import dev.manabi.tensor.op.ElementwiseOp.BinaryFn;
import dev.manabi.tensor.op.ElementwiseOp.Order;
import dev.manabi.tensor.op.ElementwiseOp.UnaryFn;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.StringViewOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Elementwise ops. */
final class TorchElementwise {
  /** Outside of any PointerScope, which would free it when it closes. */
  private static final BytePointer FLOOR = new BytePointer("floor").retainReference();

  private TorchElementwise() {}

  static TorchOps.Result run(ElementwiseOp op, Tensor[] in) {
    return switch (op) {
      case ElementwiseOp.Unary(UnaryFn fn) -> TorchOps.outputs(unary(fn, in[0]));
      case ElementwiseOp.Binary(BinaryFn fn) -> TorchOps.outputs(binary(fn, in[0], in[1]));
      case ElementwiseOp.Where where -> TorchOps.outputs(torch.where(in[0], in[1], in[2]));
      case ElementwiseOp.ScaleShift affine ->
          TorchOps.outputs(TorchOps.roundedOnce(in, x -> scaleShift(affine.relu(), x)));
      case ElementwiseOp.Clamp clamp -> TorchOps.outputs(clamp(clamp, in[0]));
      case ElementwiseOp.Cast cast -> TorchOps.outputs(in[0].to(Peers.type(cast.dtype())));
      case ElementwiseOp.Copy copy -> TorchOps.outputs(copy(copy.order(), in[0]));
      case ElementwiseOp.Dropout dropout ->
          new TorchOps.NoPeer("libtorch draws the elements to drop from another generator");
    };
  }

  private static Tensor scaleShift(boolean relu, Tensor[] in) {
    return TorchNorms.finish(relu, in, in[0].mul(in[1]).add(in[2]));
  }

  private static Tensor unary(UnaryFn fn, Tensor x) {
    return switch (fn) {
      case NEG -> x.neg();
      case ABS -> x.abs();
      case SIGN -> x.sign();
      case EXP -> x.exp();
      case EXPM1 -> x.expm1();
      case LOG -> x.log();
      case LOG1P -> x.log1p();
      case SQRT -> x.sqrt();
      case RSQRT -> x.rsqrt();
      case RECIPROCAL -> x.reciprocal();
      case SIN -> x.sin();
      case COS -> x.cos();
      case TANH -> x.tanh();
      case SIGMOID -> x.sigmoid();
      case ERF -> x.erf();
      case RELU -> x.relu();
      case FLOOR -> x.floor();
      case CEIL -> x.ceil();
      case ROUND -> x.round();
      case TRUNC -> x.trunc();
      case IS_NAN -> x.isnan();
      case IS_INF -> x.isinf();
      case IS_FINITE -> x.isfinite();
      case NOT -> x.logical_not();
    };
  }

  private static Tensor binary(BinaryFn fn, Tensor a, Tensor b) {
    return switch (fn) {
      case ADD -> a.add(b);
      case SUB -> a.sub(b);
      case MUL -> a.mul(b);
      case DIV -> a.div(b);
      case POW -> a.pow(b);
      case MAX -> a.maximum(b);
      case MIN -> a.minimum(b);
      case REMAINDER -> a.remainder(b);
      // As floor_divide, which has no gradient.
      case FLOOR_DIV -> a.div(b, new StringViewOptional(FLOOR));
      case RELU_MASK -> torch.where(b.gt(new Scalar(0)), a, new Scalar(0));
      case AND -> a.bitwise_and(b);
      case OR -> a.bitwise_or(b);
      case XOR -> a.bitwise_xor(b);
      case EQ -> a.eq(b);
      case NE -> a.ne(b);
      case LT -> a.lt(b);
      case LE -> a.le(b);
      case GT -> a.gt(b);
      case GE -> a.ge(b);
    };
  }

  /** libtorch turns integers into f32 when a bound is a floating number. */
  private static Tensor clamp(ElementwiseOp.Clamp clamp, Tensor x) {
    return x.clamp(
            new ScalarOptional(new Scalar(clamp.low())),
            new ScalarOptional(new Scalar(clamp.high())))
        .to(x.scalar_type());
  }

  private static Tensor copy(Order order, Tensor x) {
    return switch (order) {
      case ROW_MAJOR -> x.contiguous();
      case CHANNELS_LAST ->
          x.dim() == 4 ? x.contiguous(torch.MemoryFormat.ChannelsLast) : x.contiguous();
    };
  }
}
