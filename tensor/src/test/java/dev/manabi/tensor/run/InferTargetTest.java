package dev.manabi.tensor.run;

import static dev.manabi.tensor.run.Misuse.f32;
import static dev.manabi.tensor.run.Misuse.f64;
import static dev.manabi.tensor.run.Misuse.transposed;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.manabi.tensor.Shape;
import dev.manabi.tensor.TensorSpec;
import dev.manabi.tensor.error.ShapeException;
import dev.manabi.tensor.op.ElementwiseOp.Binary;
import dev.manabi.tensor.op.ElementwiseOp.BinaryFn;
import org.junit.jupiter.api.Test;

class InferTargetTest {
  private static final Binary ADD = new Binary(BinaryFn.ADD);

  private static String refusal(TensorSpec made, TensorSpec target) {
    return assertThrows(ShapeException.class, () -> Infer.checkTarget(ADD, made, target))
        .getMessage();
  }

  @Test
  void targetOfAnotherShapeIsRefused() {
    assertEquals(
        """
        add_: the result has another shape than the target
          result [4, 3] f32
          target [3] f32
          fix: use add, which makes a new tensor, or give the target the shape [4, 3]""",
        refusal(f32(4, 3), f32(3)));
  }

  @Test
  void targetOfAnotherDtypeIsRefused() {
    assertEquals(
        """
        add_: the result is f64, but the target is f32
          result [3] f64
          target [3] f32
          fix: use add, which makes a new tensor, or cast the operand to the target's dtype""",
        refusal(f64(3), f32(3)));
  }

  @Test
  void expandedTargetIsRefused() {
    TensorSpec expanded = new TensorSpec(f32(3).layout().expand(Shape.of(4, 3)), f32(3).dtype());
    assertEquals(
        """
        add_: elements of the expanded target share memory
          result [4, 3] f32
          target [4, 3] f32
          fix: copy the target first: target.contiguous()""",
        refusal(f32(4, 3), expanded));
  }

  @Test
  void stridedTargetIsTaken() {
    assertDoesNotThrow(() -> Infer.checkTarget(ADD, f32(4, 3), transposed(4, 3)));
  }
}
