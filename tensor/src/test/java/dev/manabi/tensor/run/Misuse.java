package dev.manabi.tensor.run;

import dev.manabi.tensor.DType;
import dev.manabi.tensor.Ints;
import dev.manabi.tensor.Layout;
import dev.manabi.tensor.Shape;
import dev.manabi.tensor.TensorSpec;
import dev.manabi.tensor.op.Op;
import java.util.List;

/**
 * An op with operands it does not take.
 *
 * @param message what the error must say, to the letter
 */
record Misuse(Op op, String message, List<TensorSpec> inputs) {
  static Misuse of(Op op, String message, TensorSpec... inputs) {
    return new Misuse(op, message, List.of(inputs));
  }

  static TensorSpec f32(int... shape) {
    return TensorSpec.of(Shape.of(shape), DType.F32);
  }

  static TensorSpec f64(int... shape) {
    return TensorSpec.of(Shape.of(shape), DType.F64);
  }

  static TensorSpec i64(int... shape) {
    return TensorSpec.of(Shape.of(shape), DType.I64);
  }

  static TensorSpec i32(int... shape) {
    return TensorSpec.of(Shape.of(shape), DType.I32);
  }

  static TensorSpec u8(int... shape) {
    return TensorSpec.of(Shape.of(shape), DType.U8);
  }

  static TensorSpec bool(int... shape) {
    return TensorSpec.of(Shape.of(shape), DType.BOOL);
  }

  /** An f32 matrix whose columns lie one after another. */
  static TensorSpec transposed(int rows, int columns) {
    Layout layout = Layout.contiguous(Shape.of(columns, rows)).permute(Ints.of(1, 0));
    return new TensorSpec(layout, DType.F32);
  }

  @Override
  public String toString() {
    return op + " of " + inputs;
  }
}
