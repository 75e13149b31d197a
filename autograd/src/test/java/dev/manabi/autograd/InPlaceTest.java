package dev.manabi.autograd;

import static dev.manabi.autograd.Leaves.d;
import static dev.manabi.autograd.Leaves.grad;
import static dev.manabi.autograd.Leaves.leaf;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.manabi.tensor.GradMode;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.Tensors;
import dev.manabi.tensor.op.OptimOp;
import dev.manabi.tensor.run.Interpreter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Writes in place: which are recorded, which are refused, and which backward notices. */
class InPlaceTest {

  private static void assertRefused(Executable action, String... parts) {
    String message = assertThrows(IllegalStateException.class, action).getMessage();
    for (String part : parts) {
      assertTrue(message.contains(part), () -> "no '" + part + "' in: " + message);
    }
    assertTrue(message.contains("fix:"), message);
  }

  @Test
  void aWriteJoinsTheHistoryOfItsTarget() {
    Tensor x = leaf(1, 2);
    Tensor b = leaf(3, 4);
    Tensor y = x.mul(2);
    y.mul_(5);
    y.add_(b);
    y.square().sum().backward();
    // y = 10 x + b
    assertArrayEquals(d(2 * 13 * 10, 2 * 24 * 10), grad(x));
    assertArrayEquals(d(2 * 13, 2 * 24), grad(b));
  }

  @Test
  void bothGradientsOfAnInPlaceProductNeedTheOldValue() {
    Tensor x = leaf(1, 2);
    Tensor w = leaf(3, 4);
    Tensor y = x.add(0).mul_(w);
    assertRefused(() -> y.sum().backward(), "input 0 of mul", "modified in place");
  }

  @Test
  void oneGradientOfAnInPlaceProductDoesNot() {
    Tensor x = leaf(1, 2);
    Tensor y = x.add(0).mul_(Tensors.of(new double[] {5, 6}));
    y.sum().backward();
    assertArrayEquals(d(5, 6), grad(x));
  }

  @Test
  void opsThatReadTheirOwnResultMayRunInPlace() {
    Tensor x = leaf(-1, 2);
    Tensor y = x.mul(1).relu_();
    Tensor z = x.mul(1).exp_();
    Tensor s = x.mul(1).sigmoid_().tanh_();
    y.sum().add(z.sum()).backward();
    assertArrayEquals(d(Math.exp(-1), 1 + Math.exp(2)), grad(x), 1e-12);
    assertRefused(() -> s.sum().backward(), "output 0 of sigmoid");
  }

  @Test
  void anUntrackedTargetBecomesTracked() {
    Tensor x = leaf(2, 3);
    Tensor buffer = Tensors.of(new double[] {0, 0});
    buffer.copy_(x.mul(5));
    buffer.sum().backward();
    assertArrayEquals(d(5, 5), grad(x));
  }

  @Test
  void overwritingEverythingCutsTheOldHistory() {
    Tensor x = leaf(1, 2);
    Tensor y = x.exp();
    y.fill_(3);
    y.mul(x).sum().backward();
    assertArrayEquals(d(3, 3), grad(x));
  }

  @Test
  void aWriteAfterUseIsFoundInBackward() {
    Tensor x = leaf(1, 2);
    Tensor y = x.mul(2);
    Tensor z = y.square();
    y.add_(1);
    assertRefused(
        () -> z.sum().backward(), "input 1 of mul", "[2] f64", "version 0", "version 1", "add_");
  }

  @Test
  void aWriteThroughAViewIsFoundToo() {
    Tensor x = leaf(1, 2);
    Tensor factor = Tensors.of(new double[] {3, 4});
    Tensor y = x.mul(factor);
    factor.select(0, 1).fill_(9);
    assertRefused(() -> y.sum().backward(), "input 1 of mul");
  }

  @Test
  void aWriteToADetachedTensorIsFoundToo() {
    Tensor x = leaf(1, 2);
    Tensor y = x.exp();
    y.detach().zero_();
    assertRefused(() -> y.sum().backward(), "output 0 of exp");
  }

  @Test
  void aWriteToWhatNobodySavedIsAllowed() {
    Tensor x = leaf(1, 2);
    Tensor y = x.mul(2);
    Tensor z = y.add(5);
    y.add_(1);
    z.sum().add(y.sum()).backward();
    assertArrayEquals(d(4, 4), grad(x));
  }

  @Test
  void aWriteBeforeUseIsAllowed() {
    Tensor x = leaf(1, 2);
    Tensor factor = Tensors.of(new double[] {3, 4});
    factor.add_(1);
    x.mul(factor).sum().backward();
    assertArrayEquals(d(4, 5), grad(x));
  }

  @Test
  void aLeafThatRequiresGradIsWrittenInsideNoGradOnly() {
    Tensor x = leaf(1, 2);
    assertRefused(() -> x.add_(1), "add_", "leaf", "noGrad");
    GradMode.noGrad(
        () -> {
          x.add_(1);
        });
    x.square().sum().backward();
    assertArrayEquals(d(4, 6), grad(x));
  }

  @Test
  void anOptimizerStepBetweenTwoBackwardsIsFound() {
    Tensor w = leaf(2);
    Tensor loss = w.square();
    loss.backward(null, true, false);
    GradMode.noGrad(
        () -> {
          w.sub_(0.1);
        });
    assertRefused(loss::backward, "of mul", "modified in place");
  }

  @Test
  void aTrackedViewIsNotWritten() {
    Tensor y = leaf(1, 2, 3).mul(2);
    assertRefused(() -> y.slice(0, 0, 2).zero_(), "fill_", "view", "where", "scatter");
    assertRefused(() -> y.reshape(3, 1).relu_(), "relu_", "view");
  }

  @Test
  void aTrackedValueIsNotWrittenThroughAView() {
    Tensor x = leaf(1);
    Tensor buffer = Tensors.of(new double[] {0, 0, 0});
    assertRefused(() -> buffer.slice(0, 1, 2).copy_(x), "copy_", "view");
  }

  @Test
  void aViewMadeBeforeAWriteIsStale() {
    Tensor x = leaf(1, 2);
    Tensor y = x.mul(2);
    Tensor view = y.reshape(2, 1);
    y.add_(1);
    assertRefused(() -> view.sum(), "sum", "reshape", "view");
    y.reshape(2, 1).sum().backward();
    assertArrayEquals(d(2, 2), grad(x));
  }

  @Test
  void gradientsMadeBeforeTheWriteStillFlowThroughTheView() {
    Tensor x = leaf(1, 2);
    Tensor y = x.mul(2);
    Tensor sum = y.reshape(2, 1).sum();
    y.add_(1);
    sum.add(y.sum()).backward();
    assertArrayEquals(d(4, 4), grad(x));
  }

  @Test
  void hooksStayWithTheValueTheyWereSetOn() {
    Tensor x = leaf(1);
    Tensor y = x.mul(2);
    double[] seen = new double[2];
    y.registerHook(
        g -> {
          seen[0] = g.item();
          return null;
        });
    y.mul_(10);
    y.registerHook(
        g -> {
          seen[1] = g.item();
          return null;
        });
    y.retainGrad();
    y.mul(3).backward();
    assertArrayEquals(d(30, 3), seen);
    assertArrayEquals(d(3), grad(y));
  }

  @Test
  void optimizerUpdatesAreNotRecorded() {
    Tensor w = leaf(1, 2);
    Tensor g = Tensors.of(new double[] {1, 1});
    var sgd = new OptimOp.Sgd(0.1, 0, 0, 0, false, false);
    assertRefused(
        () -> Interpreter.runInto(sgd, new Tensor[] {w, g}, w), "sgd", "not differentiable");
    assertArrayEquals(d(1, 2), w.toDoubleArray());
    GradMode.noGrad(() -> Interpreter.runInto(sgd, new Tensor[] {w, g}, w));
    assertArrayEquals(d(0.9, 1.9), w.toDoubleArray(), 1e-12);
  }
}
