package dev.manabi.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.Tensors;
import dev.manabi.tensor.error.ShapeException;
import dev.manabi.tensor.op.CustomOp;
import dev.manabi.tensor.run.Interpreter;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Ops from outside the engine. */
class CustomOpTest {

  /** {@code (a, b) -> (a b, a + b)}. */
  private record ProductAndSum() implements CustomOp {
    @Override
    public String name() {
      return "product_and_sum";
    }

    @Override
    public List<Tensor> forward(List<Tensor> in) {
      return List.of(in.get(0).mul(in.get(1)), in.get(0).add(in.get(1)));
    }

    @Override
    public List<@Nullable Tensor> backward(
        List<Tensor> in, List<Tensor> outputs, List<@Nullable Tensor> g) {
      Tensor a = Tensors.zerosLike(in.get(0));
      Tensor b = a;
      if (g.get(0) != null) {
        a = a.add(g.get(0).mul(in.get(1)));
        b = b.add(g.get(0).mul(in.get(0)));
      }
      if (g.get(1) != null) {
        a = a.add(g.get(1));
        b = b.add(g.get(1));
      }
      return List.of(a, b);
    }
  }

  /** Doubles its input; its backward returns what it is told to. */
  private record Twice(List<@Nullable Tensor> gradients) implements CustomOp {
    @Override
    public String name() {
      return "twice";
    }

    @Override
    public List<Tensor> forward(List<Tensor> in) {
      return List.of(in.getFirst().mul(2));
    }

    @Override
    public List<@Nullable Tensor> backward(
        List<Tensor> in, List<Tensor> outputs, List<@Nullable Tensor> g) {
      return gradients;
    }
  }

  /** Hands its input on, which a custom op must not. */
  private record Same() implements CustomOp {
    @Override
    public String name() {
      return "same";
    }

    @Override
    public List<Tensor> forward(List<Tensor> in) {
      return in;
    }

    @Override
    public List<@Nullable Tensor> backward(
        List<Tensor> in, List<Tensor> outputs, List<@Nullable Tensor> g) {
      return g;
    }
  }

  private static Tensor leaf(double... values) {
    return Tensors.of(values).requiresGrad(true);
  }

  @Test
  void itsBackwardIsUsed() {
    Tensor a = leaf(2, 3);
    Tensor b = leaf(5, 7);
    Tensor[] out = Interpreter.runAll(new ProductAndSum(), a, b);
    out[0].add(out[1].mul(10)).sum().backward();
    assertArrayEquals(new double[] {15, 17}, Objects.requireNonNull(a.grad()).toDoubleArray());
    assertArrayEquals(new double[] {12, 13}, Objects.requireNonNull(b.grad()).toDoubleArray());
  }

  @Test
  void anOutputThatNobodyUsedHasNoGradient() {
    Tensor a = leaf(2);
    Tensor b = leaf(5);
    Interpreter.runAll(new ProductAndSum(), a, b)[1].backward();
    assertEquals(1, Objects.requireNonNull(a.grad()).item());
  }

  @Test
  void writtenWithTensorMethodsItHasSecondDerivatives() {
    Tensor a = Tensors.of(new double[] {0.3, -1.2});
    Tensor b = Tensors.of(new double[] {0.7, 2});
    List<Tensor> in = List.of(a, b);
    GradCheck.STANDARD.first(CustomOpTest::run, in).orThrow();
    GradCheck.STANDARD.second(CustomOpTest::run, in).orThrow();
  }

  private static List<Tensor> run(List<Tensor> in) {
    return Arrays.asList(Interpreter.runAll(new ProductAndSum(), in.toArray(Tensor[]::new)));
  }

  @Test
  void nullMeansNoGradient() {
    Tensor x = leaf(1);
    Tensor y = Interpreter.run(new Twice(Collections.singletonList(null)), x);
    y.backward();
    assertNull(x.grad());
  }

  @Test
  void aWrongNumberOfGradientsIsRefused() {
    Tensor x = leaf(1);
    Tensor y = Interpreter.run(new Twice(List.of()), x);
    IllegalStateException e = assertThrows(IllegalStateException.class, y::backward);
    assertTrue(e.getMessage().contains("twice: backward returned 0 gradients for 1 inputs"));
  }

  @Test
  void aGradientOfAnotherShapeOrDtypeIsRefused() {
    Tensor x = leaf(1, 2);
    Tensor shape = Interpreter.run(new Twice(List.of(leaf(1, 2, 3))), x).sum();
    ShapeException e = assertThrows(ShapeException.class, shape::backward);
    assertTrue(e.getMessage().contains("twice"), e.getMessage());
    assertTrue(e.getMessage().contains("input 0 [2] f64"), e.getMessage());
    Tensor dtype = Interpreter.run(new Twice(List.of(Tensors.ones(2))), x).sum();
    assertThrows(ShapeException.class, dtype::backward);
  }

  @Test
  void aTensorItHandsOutIsNotWrittenTo() {
    Tensor constant = Tensors.of(new double[] {7});
    Tensor x = leaf(1);
    Tensor later = x.mul(2);
    Interpreter.run(new Twice(List.of(constant)), x).add(later).backward();
    assertEquals(9, Objects.requireNonNull(x.grad()).item());
    x.mul(1).backward();
    assertEquals(10, Objects.requireNonNull(x.grad()).item());
    assertEquals(7, constant.item());
  }

  @Test
  void outputsMustBeFresh() {
    IllegalStateException e =
        assertThrows(IllegalStateException.class, () -> Interpreter.run(new Same(), leaf(1)));
    assertTrue(e.getMessage().contains("same"), e.getMessage());
    assertTrue(e.getMessage().contains("copy()"), e.getMessage());
  }
}
