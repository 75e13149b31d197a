package dev.manabi.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.manabi.tensor.GradMode;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.Tensors;
import dev.manabi.tensor.op.CustomOp;
import dev.manabi.tensor.run.Interpreter;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The check passes what is right and finds what is wrong. */
class GradCheckTest {
  private final Tensor x = Tensors.of(new double[] {0.4, -1.3, 2.2, 0.9}, 2, 2);

  /** A function with whatever slope it claims. */
  private record Claim(UnaryOperator<Tensor> fn, UnaryOperator<Tensor> slope) implements CustomOp {
    @Override
    public String name() {
      return "claim";
    }

    @Override
    public List<Tensor> forward(List<Tensor> in) {
      return List.of(fn.apply(in.getFirst()));
    }

    @Override
    public List<@Nullable Tensor> backward(
        List<Tensor> in, List<Tensor> outputs, List<@Nullable Tensor> g) {
      return List.of(Objects.requireNonNull(g.getFirst()).mul(slope.apply(in.getFirst())));
    }
  }

  private static UnaryOperator<Tensor> claim(UnaryOperator<Tensor> fn, UnaryOperator<Tensor> d) {
    return t -> Interpreter.run(new Claim(fn, d), t);
  }

  private static List<Tensor> cube(List<Tensor> in) {
    return List.of(in.getFirst().pow(3));
  }

  @Test
  void aRightGradientPasses() {
    GradCheck.checkTwice(claim(t -> t.pow(3), t -> t.square().mul(3)), x);
    assertEquals(4, GradCheck.STANDARD.first(GradCheckTest::cube, List.of(x)).compared());
    assertEquals(
        8,
        GradCheck.STANDARD.second(GradCheckTest::cube, List.of(x)).compared(),
        "with respect to the input and to the weights of the projection");
  }

  @Test
  void aGradientThatIsSlightlyWrongFails() {
    UnaryOperator<Tensor> wrong = claim(t -> t.pow(3), t -> t.square().mul(3.00001));
    AssertionError e = assertThrows(AssertionError.class, () -> GradCheck.check(wrong, x));
    assertTrue(e.getMessage().startsWith("4 of 4 gradients are wrong"), e.getMessage());
  }

  @Test
  void theReportNamesInputElementAndBothValues() {
    Tensor mask = Tensors.of(new double[] {1, 1, 1, 2}, 2, 2);
    UnaryOperator<Tensor> wrong = claim(t -> t.mul(5), t -> mask.mul(5));
    GradCheck.Report report =
        GradCheck.STANDARD.first(in -> List.of(wrong.apply(in.get(1))), List.of(mask, x));
    assertFalse(report.passed());
    assertEquals(1, report.failed());
    GradCheck.Entry worst = Objects.requireNonNull(report.worst());
    assertEquals(1, worst.input());
    assertEquals("element [1, 1]", worst.along());
    assertEquals(2, worst.analytic() / worst.numeric(), 1e-6);
    assertTrue(
        report.toString().contains("input 1, [2, 2] f64, along element [1, 1]"), report.toString());
  }

  @Test
  void largeInputsAreMovedAlongRandomDirections() {
    GradCheck coarse = new GradCheck(1e-5, 1e-6, 1e-8, 3);
    assertEquals(3, coarse.first(GradCheckTest::cube, List.of(x)).compared());
    assertTrue(coarse.second(GradCheckTest::cube, List.of(x)).passed());
    Tensor mask = Tensors.of(new double[] {1, 1, 1, 1.001}, 2, 2);
    UnaryOperator<Tensor> wrong = claim(t -> t.mul(5), t -> mask.mul(5));
    GradCheck.Report report = coarse.first(in -> List.of(wrong.apply(in.getFirst())), List.of(x));
    assertEquals(3, report.failed());
    assertTrue(report.toString().contains("along random direction"), report.toString());
  }

  @Test
  void aWrongSecondDerivativeFailsOnlyTheSecondCheck() {
    UnaryOperator<Tensor> wrong = claim(t -> t.pow(3), t -> t.square().mul(3).detach());
    GradCheck.check(wrong, x);
    assertThrows(AssertionError.class, () -> GradCheck.checkTwice(wrong, x));
  }

  @Test
  void nanFails() {
    assertThrows(
        AssertionError.class,
        () -> GradCheck.check(claim(t -> t.mul(2), t -> t.sub(t).div(t.sub(t))), x));
  }

  @Test
  void aGradientThatIsMissingFails() {
    assertThrows(AssertionError.class, () -> GradCheck.check(t -> t.mul(t.detach()), x));
    assertThrows(
        AssertionError.class,
        () -> GradCheck.check((a, b) -> a.mul(GradMode.noGrad(() -> b.mul(2))), x, x));
  }

  @Test
  void randomFunctionsDrawTheSameNumbers() {
    Tensors.manualSeed(3);
    double before = Tensors.rand(1).item();
    Tensors.manualSeed(3);
    GradCheck.checkTwice(t -> t.mul(t).dropout(0.5), x);
    assertEquals(before, Tensors.rand(1).item(), "and leave no trace");
  }

  @Test
  void otherInputsThanF64AreRefused() {
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class, () -> GradCheck.check(Tensor::exp, Tensors.ones(2)));
    assertTrue(e.getMessage().contains("F64"), e.getMessage());
  }

  @Test
  void theCallersTensorsAreLeftAsTheyWere() {
    double[] before = x.toDoubleArray();
    GradCheck.checkTwice(Tensor::exp, x);
    assertArrayEquals(before, x.toDoubleArray());
    assertFalse(x.requiresGrad());
  }
}
