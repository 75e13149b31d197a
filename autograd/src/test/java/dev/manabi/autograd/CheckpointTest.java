package dev.manabi.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.manabi.tensor.GradMode;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Computing again in backward what forward did not keep. */
class CheckpointTest {
  private Tensor x;
  private Tensor w1;
  private Tensor w2;

  @BeforeEach
  void makeTensors() {
    Tensors.manualSeed(5);
    x = Tensors.randn(6, 8).requiresGrad(true);
    w1 = Tensors.randn(16, 8).requiresGrad(true);
    w2 = Tensors.randn(8, 16).requiresGrad(true);
  }

  private Tensor block(Tensor in) {
    return in.linear(w1, null).gelu().dropout(0.3).linear(w2, null).dropout(0.2).tanh();
  }

  /** Everything that a pass leaves behind, with the next random number as the last. */
  private List<Tensor> run(UnaryOperator<Tensor> first, UnaryOperator<Tensor> second) {
    Tensors.manualSeed(77);
    List<Tensor> leaves = List.of(x, w1, w2);
    leaves.forEach(t -> t.setGrad(null));
    Tensor y = second.apply(first.apply(x));
    y.square().sum().backward();
    List<Tensor> left = new ArrayList<>(List.of(y));
    leaves.forEach(t -> left.add(Objects.requireNonNull(t.grad())));
    left.add(Tensors.rand(1));
    return left;
  }

  private static void assertSame(List<Tensor> expected, List<Tensor> actual) {
    for (int i = 0; i < expected.size(); i++) {
      assertArrayEquals(
          expected.get(i).toFloatArray(), actual.get(i).toFloatArray(), "result " + i);
    }
  }

  private Tensor checkpointed(Tensor in) {
    return Autograd.checkpoint(this::block, in);
  }

  @Test
  void equalsThePlainCallBitForBit() {
    List<Tensor> plain = run(this::block, this::block);
    assertSame(plain, run(this::checkpointed, this::checkpointed));
    assertSame(plain, run(this::checkpointed, this::block));
    assertSame(plain, run(this::block, this::checkpointed));
  }

  @Test
  void nestsAsPartOfTheOuterOne() {
    List<Tensor> plain = run(this::block, this::block);
    UnaryOperator<Tensor> nested = in -> Autograd.checkpoint(mid -> checkpointed(block(mid)), in);
    assertSame(plain, run(nested, in -> in));
  }

  @Test
  void keepsNothingOfTheInside() {
    Tensor plain = block(x);
    Tensor saving = checkpointed(x);
    assertTrue(Autograd.savedBytes(plain) > 0);
    assertEquals(0, Autograd.savedBytes(saving));
  }

  @Test
  void runsTheFunctionAgainOnceAndOnlyInBackward() {
    int[] calls = new int[1];
    Tensor y =
        Autograd.checkpoint(
            in -> {
              calls[0]++;
              return in.exp().sin().exp();
            },
            x);
    assertEquals(1, calls[0]);
    y.sum().backward();
    assertEquals(2, calls[0]);
  }

  @Test
  void takesSeveralInputsAndOutputs() {
    Tensor a = Tensors.of(new double[] {2}).requiresGrad(true);
    Tensor b = Tensors.of(new double[] {3}).requiresGrad(true);
    List<Tensor> out =
        Autograd.checkpoint(
            in -> List.of(in.get(0).mul(in.get(1)), in.get(0).exp()), List.of(a, b));
    out.get(0).square().add(out.get(1)).backward();
    assertEquals(2 * 6 * 3 + Math.exp(2), Objects.requireNonNull(a.grad()).item(), 1e-12);
    assertEquals(2 * 6 * 2, Objects.requireNonNull(b.grad()).item(), 1e-12);
  }

  @Test
  void hasSecondDerivatives() {
    Tensor at = Tensors.of(new double[] {0.3, -0.8, 1.1});
    GradCheck.checkTwice(t -> Autograd.checkpoint(in -> in.sin().mul(in.exp()), t), at);
  }

  @Test
  void worksWithRetainGraph() {
    Tensor y = checkpointed(x).sum();
    y.backward(null, true, false);
    float[] once = Objects.requireNonNull(x.grad()).toFloatArray();
    x.setGrad(null);
    y.backward();
    assertArrayEquals(once, Objects.requireNonNull(x.grad()).toFloatArray());
    assertThrows(IllegalStateException.class, y::backward);
  }

  @Test
  void recordsNothingInsideNoGrad() {
    assertFalse(GradMode.noGrad(() -> checkpointed(x)).requiresGrad());
  }

  @Test
  void aFunctionThatChangesIsRefused() {
    boolean[] first = {true};
    Tensor y =
        Autograd.checkpoint(
            in -> {
              Tensor out = first[0] ? in.exp() : in.sin();
              first[0] = false;
              return out;
            },
            x);
    Tensor sum = y.sum();
    IllegalStateException e = assertThrows(IllegalStateException.class, sum::backward);
    assertTrue(e.getMessage().contains("op 0 was exp, and is now sin"), e.getMessage());
  }

  @Test
  void aFunctionThatDoesLessIsRefused() {
    boolean[] first = {true};
    Tensor y =
        Autograd.checkpoint(
            in -> {
              Tensor out = first[0] ? in.exp().exp() : in.exp();
              first[0] = false;
              return out;
            },
            x);
    Tensor sum = y.sum();
    IllegalStateException e = assertThrows(IllegalStateException.class, sum::backward);
    assertTrue(e.getMessage().contains("2 ops the first time, 1 the second"), e.getMessage());
  }

  @Test
  void anInputWrittenInPlaceMeanwhileIsRefused() {
    Tensor in = x.mul(2);
    Tensor y = checkpointed(in).sum();
    in.add_(1);
    IllegalStateException e = assertThrows(IllegalStateException.class, y::backward);
    assertTrue(e.getMessage().contains("modified in place"), e.getMessage());
  }
}
