package dev.manabi.autograd;

import static dev.manabi.autograd.Leaves.d;
import static dev.manabi.autograd.Leaves.grad;
import static dev.manabi.autograd.Leaves.leaf;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.manabi.tensor.DType;
import dev.manabi.tensor.GradMode;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.Tensors;
import dev.manabi.tensor.error.ShapeException;
import dev.manabi.tensor.op.ConvOp;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Where gradients go, how they add up, and what the graph keeps. */
class BackwardTest {

  @Test
  void gradientOfAProductIsTheOtherFactor() {
    Tensor a = leaf(2, 3);
    Tensor b = leaf(5, 7);
    a.mul(b).sum().backward();
    assertArrayEquals(d(5, 7), grad(a));
    assertArrayEquals(d(2, 3), grad(b));
  }

  @Test
  void gradientsOfSeveralBackwardCallsAddUp() {
    Tensor x = leaf(1, 2);
    x.mul(3).sum().backward();
    x.mul(x).sum().backward();
    assertArrayEquals(d(5, 7), grad(x));
    x.setGrad(null);
    x.mul(3).sum().backward();
    assertArrayEquals(d(3, 3), grad(x));
  }

  @Test
  void aDiamondAddsBothBranches() {
    Tensor x = leaf(3);
    Tensor y = x.mul(2);
    Tensor left = y.square();
    Tensor right = y.exp();
    left.add(right).sum().backward();
    assertArrayEquals(d(2 * (2 * 6 + Math.exp(6))), grad(x), 1e-9);
  }

  @Test
  void aTensorUsedManyTimesCollectsEveryUse() {
    Tensor x = leaf(1.5);
    Tensor y = x.mul(1);
    Tensor sum = y;
    for (int i = 0; i < 99; i++) {
      sum = sum.add(y);
    }
    sum.backward();
    assertArrayEquals(d(100), grad(x));
  }

  @Test
  void bothOperandsMayBeTheSameTensor() {
    Tensor x = leaf(3, 4);
    x.add(x).sum().backward();
    assertArrayEquals(d(2, 2), grad(x));
  }

  @Test
  void leavesNeverShareTheMemoryOfTheirGradients() {
    Tensor a = leaf(1, 2);
    Tensor b = leaf(3, 4);
    Tensor flow = Tensors.of(new double[] {1, 1});
    a.add(b).backward(flow);
    Tensor gradA = Objects.requireNonNull(a.grad());
    Tensor gradB = Objects.requireNonNull(b.grad());
    assertNotSame(gradA.storage(), gradB.storage());
    assertNotSame(gradA.storage(), flow.storage());
    gradA.mul_(10);
    assertArrayEquals(d(1, 1), grad(b));
    assertArrayEquals(d(1, 1), flow.toDoubleArray());
  }

  @Test
  void aStretchedGradientIsNotWrittenInto() {
    Tensor x = leaf(1, 2, 3);
    Tensor w = Tensors.of(new double[] {10, 20, 30});
    Tensor product = x.mul(w).sum();
    x.sum().mul(2).add(product).backward();
    assertArrayEquals(d(12, 22, 32), grad(x));
  }

  @Test
  void aRetainedGradientIsNotWrittenInto() {
    Tensor x = leaf(1, 2);
    Tensor later = x.mul(5);
    Tensor y = x.add(1).retainGrad();
    y.mul(2).add(later).sum().backward();
    assertArrayEquals(d(2, 2), grad(y));
    assertArrayEquals(d(7, 7), grad(x));
  }

  @Test
  void aReturnedGradientIsNotWrittenInto() {
    Tensor x = leaf(1, 2);
    Tensor later = x.mul(5);
    Tensor y = x.add(1);
    List<Tensor> grads = Autograd.grad(y.mul(2).add(later).sum(), y, x);
    assertArrayEquals(d(2, 2), grads.get(0).toDoubleArray());
    assertArrayEquals(d(7, 7), grads.get(1).toDoubleArray());
  }

  @Test
  void broadcastOperandsGetTheirOwnShapeBack() {
    Tensor matrix = Tensors.ones(DType.F64, 4, 2, 3).requiresGrad(true);
    Tensor column = Tensors.ones(DType.F64, 2, 1).requiresGrad(true);
    Tensor scalar = Tensors.full(2, DType.F64).requiresGrad(true);
    matrix.mul(column).mul(scalar).sum().backward();
    assertArrayEquals(d(24, 24), grad(column));
    assertEquals(column.shape(), Objects.requireNonNull(column.grad()).shape());
    assertArrayEquals(d(24), grad(scalar));
    assertEquals(0, Objects.requireNonNull(scalar.grad()).rank());
    assertEquals(matrix.shape(), Objects.requireNonNull(matrix.grad()).shape());
  }

  @Test
  void aLongChainDoesNotOverflowTheStack() {
    Tensor x = leaf(1);
    Tensor y = x;
    for (int i = 0; i < 10_000; i++) {
      y = y.add(1);
    }
    y.backward();
    assertArrayEquals(d(1), grad(x));
    Tensor z = x;
    for (int i = 0; i < 10_000; i++) {
      z = z.mul(1.0001);
    }
    assertEquals(Math.pow(1.0001, 10_000), Autograd.grad(z, x).getFirst().item(), 1e-9);
  }

  @Test
  void severalOutputsOfOneOpAllGetTheirGradient() {
    Tensor x = leaf(1, 2, 4, 8).reshape(1, 4);
    Tensor base = x.detach().requiresGrad(true);
    List<Tensor> parts = base.mul(2).chunk(2, 1);
    parts.get(0).sum().add(parts.get(1).mul(3).sum()).backward();
    assertArrayEquals(d(2, 2, 6, 6), grad(base));
  }

  @Test
  void aRootOfManyElementsNeedsAGradient() {
    Tensor x = leaf(1, 2);
    Tensor y = x.mul(3);
    IllegalStateException e = assertThrows(IllegalStateException.class, y::backward);
    assertTrue(e.getMessage().contains("[2] f64"), e.getMessage());
    assertTrue(e.getMessage().contains("fix:"), e.getMessage());
    y.backward(Tensors.of(new double[] {1, 10}));
    assertArrayEquals(d(3, 30), grad(x));
  }

  @Test
  void aGradientOfAnotherShapeIsRefused() {
    Tensor y = leaf(1, 2).mul(3);
    ShapeException e =
        assertThrows(ShapeException.class, () -> y.backward(Tensors.of(new double[] {1, 2, 3})));
    assertTrue(e.getMessage().contains("root [2] f64"), e.getMessage());
  }

  @Test
  void aRootWithoutHistoryIsRefused() {
    Tensor x = Tensors.of(new double[] {1});
    IllegalStateException e = assertThrows(IllegalStateException.class, x::backward);
    assertTrue(e.getMessage().contains("does not require grad"), e.getMessage());
  }

  @Test
  void aLeafCanBeTheRoot() {
    Tensor x = leaf(5);
    x.backward();
    assertArrayEquals(d(1), grad(x));
  }

  @Test
  void noGradRecordsNothing() {
    Tensor x = leaf(2);
    Tensor y = GradMode.noGrad(() -> x.mul(3));
    assertFalse(y.requiresGrad());
    assertTrue(x.mul(3).requiresGrad());
  }

  @Test
  void detachCutsTheGraph() {
    Tensor x = leaf(2);
    x.mul(x.detach()).backward();
    assertArrayEquals(d(2), grad(x));
    assertFalse(x.mul(2).detach().requiresGrad());
  }

  @Test
  void frozenLeavesGetNoGradientAndTheOthersDo() {
    Tensor frozen = Tensors.of(new double[] {2});
    Tensor x = leaf(3);
    x.mul(frozen).backward();
    assertArrayEquals(d(2), grad(x));
    assertNull(frozen.grad());
  }

  @Test
  void integersAndBoolsAreNotTracked() {
    Tensor x = leaf(3, 1, 2);
    assertFalse(x.gt(1).requiresGrad());
    assertFalse(x.argmax(0).requiresGrad());
    assertFalse(x.argsort(0, false).requiresGrad());
    assertFalse(x.to(DType.I64).requiresGrad());
    assertFalse(x.isNan().requiresGrad());
    assertTrue(x.to(DType.F32).requiresGrad());
  }

  @Test
  void onlyOneOutputOfMaxPoolingIsTracked() {
    Tensor x = Tensors.ones(DType.F64, 1, 1, 2, 2).requiresGrad(true);
    var pooled = x.maxPool2dWithIndices(new dev.manabi.tensor.op.PoolOp.Adaptive(1, 1));
    assertTrue(pooled.values().requiresGrad());
    assertFalse(pooled.indices().requiresGrad());
  }

  @Test
  void theGraphIsFreedByBackward() {
    Tensor x = leaf(2);
    Tensor y = x.exp();
    y.backward();
    IllegalStateException e = assertThrows(IllegalStateException.class, y::backward);
    assertTrue(e.getMessage().contains("exp"), e.getMessage());
    assertTrue(e.getMessage().contains("retainGraph"), e.getMessage());
    assertEquals(0, Autograd.savedBytes(y));
  }

  @Test
  void aFailedBackwardLeavesNoPartOfAGradientBehind() {
    Tensor x = leaf(2);
    Tensor once = x.exp();
    once.backward();
    x.setGrad(null);
    assertThrows(IllegalStateException.class, () -> once.add(x.mul(3)).backward());
    assertNull(x.grad());
  }

  @Test
  void retainGraphAllowsASecondBackward() {
    Tensor x = leaf(2);
    Tensor y = x.exp();
    y.backward(null, true, false);
    y.backward();
    assertArrayEquals(d(2 * Math.exp(2)), grad(x), 1e-12);
  }

  @Test
  void opsThatSaveNothingCanBePassedAgain() {
    Tensor x = leaf(1, 2);
    Tensor y = x.add(1).reshape(2, 1);
    y.sum().backward();
    y.sum().backward();
    assertArrayEquals(d(2, 2), grad(x));
  }

  @Test
  void onlyWhatBackwardReadsIsSaved() {
    Tensor x = Tensors.ones(100).requiresGrad(true);
    assertEquals(0, Autograd.savedBytes(x.add(x).neg().reshape(10, 10).sum()));
    assertEquals(400, Autograd.savedBytes(x.neg().relu()), "the output of relu, and no input");
    Tensor weight = Tensors.ones(100);
    assertEquals(400, Autograd.savedBytes(x.add(1).mul(weight)), "the factor that is not tracked");
  }

  @Test
  void theFirstGradientTakesTheLayoutOfTheLeaf() {
    Tensor image = Tensors.randn(2, 3, 4, 4).channelsLast().requiresGrad(true);
    Tensor weight = Tensors.randn(5, 3, 3, 3).requiresGrad(true);
    image.conv2d(weight, null, ConvOp.Params.DEFAULT).sum().backward();
    assertTrue(Objects.requireNonNull(image.grad()).layout().isChannelsLast());
    assertTrue(Objects.requireNonNull(weight.grad()).layout().isContiguous());
    Tensor transposed = Tensors.zeros(3, 2).t().requiresGrad(true);
    transposed.sum().backward();
    Tensor grad = Objects.requireNonNull(transposed.grad());
    assertEquals(transposed.layout(), grad.layout());
    assertArrayEquals(d(1, 1, 1, 1, 1, 1), grad.toDoubleArray());
  }

  @Test
  void theGradientOfACopyLiesAsItsSource() {
    Tensor x = Tensors.randn(2, 3, 4, 4).channelsLast().requiresGrad(true);
    boolean[] channelsLast = new boolean[1];
    Tensor y = x.mul(2);
    y.registerHook(
        g -> {
          channelsLast[0] = g.layout().isChannelsLast();
          return null;
        });
    y.flatten(1, -1).mul(Tensors.randn(2, 48)).sum().backward();
    assertTrue(y.layout().isChannelsLast());
    assertTrue(channelsLast[0]);
  }

  @Test
  void gradientsKeepTheDtypeOfTheirTensor() {
    Tensor half = Tensors.ones(3).to(DType.BF16).requiresGrad(true);
    half.to(DType.F32).mul(2).sum().backward();
    assertEquals(DType.BF16, Objects.requireNonNull(half.grad()).dtype());
    assertArrayEquals(d(2, 2, 2), grad(half));
  }

  @Test
  void retainGradKeepsTheGradientOfAnIntermediate() {
    Tensor x = leaf(1, 2);
    Tensor y = x.mul(2).retainGrad();
    Tensor other = x.mul(5);
    y.square().add(other).sum().backward(null, true, false);
    assertArrayEquals(d(4, 8), grad(y));
    assertNull(other.grad());
    y.mul(1).sum().backward();
    assertArrayEquals(d(5, 9), grad(y), "a second backward adds to it");
  }

  @Test
  void accumulatingWritesIntoTheSameGradient() {
    Tensor x = leaf(1, 2);
    x.exp().sum().backward();
    Tensor first = Objects.requireNonNull(x.grad());
    x.exp().sum().backward();
    assertSame(first, x.grad());
    assertArrayEquals(Arrays.stream(d(1, 2)).map(v -> 2 * Math.exp(v)).toArray(), grad(x), 1e-12);
  }

  @Test
  void theNodeSaysWhichOpItIs() {
    assertEquals("exp", Objects.requireNonNull(leaf(1).exp().gradFn()).name());
    assertNull(leaf(1).gradFn());
  }
}
