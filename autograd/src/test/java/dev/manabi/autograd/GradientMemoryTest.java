package dev.manabi.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.Tensors;
import dev.manabi.tensor.memory.Memory;
import dev.manabi.tensor.memory.Region;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** How much memory backward takes, and what outlives the region it runs in. */
class GradientMemoryTest {
  private static final int N = 1 << 12;
  private static final long TENSOR = 4L * N;

  /** What is live, without what only waits to be found unreachable. */
  private static long startMeasuring() {
    Memory.collect();
    Memory.resetPeak();
    return Memory.liveBytes();
  }

  private static float[] filled(float value) {
    float[] values = new float[N];
    Arrays.fill(values, value);
    return values;
  }

  @Test
  void gradientsOutliveTheRegionTheyWereComputedIn() {
    Tensor w = Tensors.ones(N).requiresGrad(true);
    for (int step = 1; step <= 3; step++) {
      try (Region region = Region.open("step")) {
        try (Region inner = Region.open("inner")) {
          w.mul(3).mul(2).sum().backward();
        }
        w.exp().add(w).backward(Tensors.zeros(N));
      }
      assertArrayEquals(filled(6 * step), Objects.requireNonNull(w.grad()).toFloatArray());
    }
  }

  @Test
  void recordedGradientsOutliveItToo() {
    Tensor w = Tensors.ones(N).requiresGrad(true);
    try (Region region = Region.open("step")) {
      w.mul(2).sum().backward(null, false, true);
    }
    assertArrayEquals(filled(2), Objects.requireNonNull(w.grad()).toFloatArray());
  }

  @Test
  void aForgottenGradientThatNobodyWasHandedIsReleasedAtOnce() {
    Tensor w = Tensors.ones(N).requiresGrad(true);
    Tensor other = Tensors.ones(N).requiresGrad(true);
    // Both would have the same gradient, were each not given memory of its own.
    w.add(other).sum().backward();
    w.mul(2).sum().backward();
    Gradients.clipNorm(List.of(w, other), 1e9);
    long before = startMeasuring();
    w.setGrad(null);
    assertEquals(before - TENSOR, Memory.liveBytes());
    assertArrayEquals(filled(1), Objects.requireNonNull(other.grad()).toFloatArray());
  }

  @Test
  void aGradientThatWasHandedOutStays() {
    Tensor w = Tensors.ones(N).requiresGrad(true);
    w.mul(2).sum().backward();
    Tensor first = Objects.requireNonNull(w.grad());
    w.setGrad(null);
    w.mul(3).sum().backward();
    Tensor second = Objects.requireNonNull(w.grad());
    w.setData(Tensors.zeros(N));
    w.setGrad(first);
    w.setGrad(null);
    assertArrayEquals(filled(2), first.toFloatArray());
    assertArrayEquals(filled(3), second.toFloatArray());
  }

  @Test
  void gradientsOnTheirWayAreReleasedAtOnce() {
    Tensor w = Tensors.ones(N).requiresGrad(true);
    w.setGrad(Tensors.zeros(N));
    try (Region region = Region.open("step")) {
      Tensor y = w;
      for (int i = 0; i < 100; i++) {
        y = y.tanh();
      }
      Tensor sum = y.sum();
      long before = startMeasuring();
      sum.backward();
      long extra = Memory.peakBytes() - before;
      assertTrue(extra <= 8 * TENSOR, "backward of 100 ops took " + extra / TENSOR + " tensors");
      assertTrue(Memory.liveBytes() - before < TENSOR, "nothing large is left");
    }
  }

  @Test
  void aLargeBranchIsReleasedThoughItsGradientIsShared() {
    Tensor w = Tensors.ones(N).requiresGrad(true);
    w.setGrad(Tensors.zeros(N));
    try (Region region = Region.open("step")) {
      Tensor y = w.mul(2);
      for (int i = 0; i < 50; i++) {
        y = y.add(y).add(y.reshape(2, N / 2).reshape(N)).mul(0.3);
      }
      Tensor sum = y.sum();
      long before = startMeasuring();
      sum.backward();
      long extra = Memory.peakBytes() - before;
      assertTrue(extra <= 8 * TENSOR, "backward of 200 ops took " + extra / TENSOR + " tensors");
    }
    float expected = (float) (2 * Math.pow(0.9, 50));
    assertEquals(expected, Objects.requireNonNull(w.grad()).get(7).item(), 1e-4 * expected);
  }

  private static Tensor chain(Tensor x) {
    Tensor y = x;
    for (int i = 0; i < 20; i++) {
      y = y.tanh();
    }
    return y;
  }

  private static long peakOfTraining(UnaryOperator<Tensor> segment) {
    Tensor w = Tensors.ones(N).requiresGrad(true);
    w.setGrad(Tensors.zeros(N));
    long before = startMeasuring();
    try (Region region = Region.open("step")) {
      Tensor y = w;
      for (int i = 0; i < 10; i++) {
        y = segment.apply(y);
      }
      y.sum().backward();
    }
    return (Memory.peakBytes() - before) / TENSOR;
  }

  @Test
  void checkpointsKeepOneSegmentAtATimeEvenInsideARegion() {
    long plain = peakOfTraining(GradientMemoryTest::chain);
    long saving = peakOfTraining(in -> Autograd.checkpoint(GradientMemoryTest::chain, in));
    assertTrue(plain >= 200, "every output of tanh is kept: " + plain);
    assertTrue(saving <= 10 + 2 * 20 + 8, "ten ends, and twice one segment: " + saving);
  }
}
