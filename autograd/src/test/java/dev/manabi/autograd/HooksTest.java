package dev.manabi.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.manabi.tensor.Hook;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.Tensors;
import dev.manabi.tensor.error.ShapeException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Functions called with gradients on their way. */
class HooksTest {

  private static Tensor leaf(double... values) {
    return Tensors.of(values).requiresGrad(true);
  }

  private static double[] grad(Tensor t) {
    return Objects.requireNonNull(t.grad()).toDoubleArray();
  }

  @Test
  void aHookSeesTheWholeGradientOnce() {
    Tensor x = leaf(2);
    Tensor y = x.mul(3);
    List<Double> seen = new ArrayList<>();
    y.registerHook(
        g -> {
          seen.add(g.item());
          return null;
        });
    y.square().add(y.mul(4)).backward();
    assertEquals(List.of(16.0), seen);
    assertArrayEquals(new double[] {48}, grad(x));
  }

  @Test
  void aHookMayReplaceTheGradient() {
    Tensor x = leaf(2);
    Tensor y = x.mul(3);
    y.registerHook(g -> g.mul(10));
    y.registerHook(g -> g.add(1));
    y.mul(1).backward();
    assertArrayEquals(new double[] {33}, grad(x), "in the order they were added");
  }

  @Test
  void aHookOnALeafChangesWhatItKeeps() {
    Tensor x = leaf(2, 3);
    x.registerHook(g -> g.clamp(-1, 1));
    x.mul(5).sum().add(x.mul(-7).sum()).backward();
    assertArrayEquals(new double[] {-1, -1}, grad(x), "after both paths were added");
  }

  @Test
  void aClosedHookIsNotCalled() {
    Tensor x = leaf(2);
    Tensor y = x.mul(3);
    Hook hook = y.registerHook(g -> g.mul(100));
    Hook onLeaf = x.registerHook(g -> g.mul(1000));
    hook.close();
    onLeaf.close();
    onLeaf.close();
    y.backward();
    assertArrayEquals(new double[] {3}, grad(x));
  }

  @Test
  void closingOneOfTwoEqualHooksLeavesTheOther() {
    Tensor x = leaf(2);
    java.util.function.UnaryOperator<Tensor> twice = g -> g.mul(2);
    x.registerHook(twice);
    Hook second = x.registerHook(twice);
    second.close();
    second.close();
    x.mul(1).backward();
    assertArrayEquals(new double[] {2}, grad(x));
  }

  @Test
  void aHookMayCloseItself() {
    Tensor x = leaf(2);
    Hook[] self = new Hook[1];
    int[] calls = new int[1];
    self[0] =
        x.registerHook(
            g -> {
              calls[0]++;
              self[0].close();
              return null;
            });
    x.mul(1).backward();
    x.mul(1).backward();
    assertEquals(1, calls[0]);
  }

  @Test
  void whatAHookSawOrReturnedIsNotWrittenInto() {
    Tensor x = leaf(1, 2);
    Tensor later = x.mul(5);
    Tensor y = x.add(1);
    List<Tensor> kept = new ArrayList<>();
    y.registerHook(
        g -> {
          kept.add(g);
          return null;
        });
    y.mul(2).add(later).sum().backward();
    assertArrayEquals(new double[] {2, 2}, kept.getFirst().toDoubleArray());
    assertArrayEquals(new double[] {7, 7}, grad(x));

    Tensor mine = Tensors.of(new double[] {3, 3});
    x.setGrad(null);
    later = x.mul(5);
    y = x.add(1);
    y.registerHook(g -> mine);
    y.mul(2).add(later).sum().backward();
    assertArrayEquals(new double[] {3, 3}, mine.toDoubleArray());
    assertArrayEquals(new double[] {8, 8}, grad(x));
  }

  @Test
  void aHookThatReturnsAnotherShapeIsRefused() {
    Tensor x = leaf(1, 2);
    Tensor y = x.mul(3);
    y.registerHook(Tensor::sum);
    ShapeException e = assertThrows(ShapeException.class, () -> y.sum().backward());
    assertTrue(e.getMessage().contains("given [2] f64"), e.getMessage());
  }

  @Test
  void hooksAreCalledByGradToo() {
    Tensor x = leaf(2);
    Tensor y = x.mul(3);
    y.registerHook(g -> g.mul(10));
    assertEquals(30, Autograd.grad(y.mul(1), x).getFirst().item());
  }

  @Test
  void hooksRecordOnlyIfTheGraphIsWanted() {
    Tensor x = leaf(2);
    List<Boolean> tracked = new ArrayList<>();
    Tensor y = x.square();
    y.registerHook(
        g -> {
          Tensor changed = g.mul(x);
          tracked.add(changed.requiresGrad());
          return changed;
        });
    Tensor gradient = Autograd.gradWithGraph(y, x).getFirst();
    assertEquals(8, gradient.item());
    assertEquals(8, Autograd.grad(gradient, x).getFirst().item(), "d(2 x^2)/dx = 4 x");
    x.square().registerHook(g -> null);
    y.backward();
    assertEquals(List.of(true, false), tracked);
  }

  @Test
  void anUntrackedTensorTakesNoHook() {
    Tensor x = Tensors.of(new double[] {1});
    assertFalse(x.requiresGrad());
    IllegalStateException e =
        assertThrows(IllegalStateException.class, () -> x.registerHook(g -> g));
    assertTrue(e.getMessage().contains("fix:"), e.getMessage());
  }
}
