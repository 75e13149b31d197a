package dev.manabi.bench.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.manabi.kernels.cases.Input;
import dev.manabi.kernels.cases.Values;
import dev.manabi.nn.Loss;
import dev.manabi.nn.Losses;
import dev.manabi.tensor.DType;
import dev.manabi.tensor.Tensor;
import java.util.Arrays;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.BinaryOperator;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Losses and their gradients against libtorch's, in f64 and in f32. */
class LossAgreementTest {
  /** {@code at::Reduction}. */
  private static final long MEAN = 1;

  private static final long SUM = 2;
  private static final long NO_CLASS = -100;

  private PointerScope scope;

  @BeforeAll
  static void start() {
    assumeTrue(Torch.isAvailable(), "libtorch's libraries are here for x86-64 Linux only");
    Torch.start(1);
  }

  @BeforeEach
  void openScope() {
    scope = new PointerScope();
  }

  @AfterEach
  void freeTensors() {
    scope.close();
  }

  private static Tensor make(Values values, int... dims) {
    return Input.of(dims)
        .with(DType.F64)
        .with(values)
        .tensor(new SplittableRandom(Arrays.hashCode(dims) + values.name().hashCode()));
  }

  private static Tensor classes(int classes, int... dims) {
    return make(Values.integers(0, classes), dims).to(DType.I64);
  }

  private static Tensor probabilities(int... dims) {
    return make(Values.NORMAL, dims).softmax(1);
  }

  private static void assertAgree(
      Loss ours, BinaryOperator<org.bytedeco.pytorch.Tensor> torch, Tensor output, Tensor target) {
    assertAgree(ours, torch, output, target, 1e-12);
    Tensor narrow = target.dtype().isFloating() ? target.to(DType.F32) : target;
    assertAgree(ours, torch, output.detach().to(DType.F32), narrow, 2e-6);
  }

  private static void assertAgree(
      Loss ours,
      BinaryOperator<org.bytedeco.pytorch.Tensor> torch,
      Tensor output,
      Tensor target,
      double near) {
    org.bytedeco.pytorch.Tensor peer = Peers.of(output).detach().requires_grad_(true);
    Tensor loss = ours.apply(output.requiresGrad(true), target);
    org.bytedeco.pytorch.Tensor expected = torch.apply(peer, Peers.of(target));
    assertEquals("", Compared.difference("loss", expected, loss, near));
    loss.backward();
    expected.backward();
    Tensor gradient = Objects.requireNonNull(output.grad());
    assertEquals("", Compared.difference("gradient", peer.grad(), gradient, near));
  }

  private static BinaryOperator<org.bytedeco.pytorch.Tensor> crossEntropy(
      double smoothing, long ignored) {
    return (x, t) -> torch.cross_entropy_loss(x, t, new TensorOptional(), MEAN, ignored, smoothing);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.1, 0.7})
  void crossEntropyOfClasses(double smoothing) {
    assertAgree(
        Losses.crossEntropy(smoothing),
        crossEntropy(smoothing, NO_CLASS),
        make(Values.NORMAL, 7, 5),
        classes(5, 7));
    // One class per pixel.
    assertAgree(
        Losses.crossEntropy(smoothing),
        crossEntropy(smoothing, NO_CLASS),
        make(Values.uniform(-9, 9), 2, 5, 3, 4),
        classes(5, 2, 3, 4));
    assertAgree(
        Losses.crossEntropy(smoothing),
        crossEntropy(smoothing, NO_CLASS),
        make(Values.uniform(-9, 9), 2, 5, 3),
        classes(5, 2, 3));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.2})
  void crossEntropyLeavesOutIgnoredPlaces(double smoothing) {
    assertAgree(
        Losses.crossEntropy(smoothing, 3),
        crossEntropy(smoothing, 3),
        make(Values.NORMAL, 20, 5),
        classes(5, 20));
    assertAgree(
        Losses.crossEntropy(smoothing, 0),
        crossEntropy(smoothing, 0),
        make(Values.NORMAL, 2, 5, 3, 4),
        classes(5, 2, 3, 4));
  }

  @Test
  void crossEntropyLeavesOutMinusHundredUnlessToldOtherwise() {
    Tensor target = classes(5, 20);
    target.set_(NO_CLASS, dev.manabi.tensor.Index.range(null, null, 3));
    assertAgree(
        Losses.crossEntropy(), crossEntropy(0, NO_CLASS), make(Values.NORMAL, 20, 5), target);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.1})
  void crossEntropyOfSoftTargets(double smoothing) {
    assertAgree(
        Losses.crossEntropy(smoothing),
        crossEntropy(smoothing, NO_CLASS),
        make(Values.NORMAL, 7, 5),
        probabilities(7, 5));
    assertAgree(
        Losses.crossEntropy(smoothing),
        crossEntropy(smoothing, NO_CLASS),
        make(Values.NORMAL, 2, 5, 3, 4),
        probabilities(2, 5, 3, 4));
  }

  @Test
  void negativeLogLikelihood() {
    assertAgree(
        Losses.nll(),
        (x, t) -> torch.nll_loss(x, t),
        make(Values.NORMAL, 7, 5).logSoftmax(1).detach(),
        classes(5, 7));
  }

  @Test
  void meanSquaredError() {
    assertAgree(
        Losses.mse(),
        (x, t) -> torch.mse_loss(x, t),
        make(Values.NORMAL, 3, 4, 5),
        make(Values.POSITIVE, 3, 4, 5));
  }

  @Test
  void meanAbsoluteError() {
    assertAgree(
        Losses.l1(),
        (x, t) -> torch.l1_loss(x, t),
        make(Values.NORMAL, 3, 4, 5),
        make(Values.POSITIVE, 3, 4, 5));
    // Where output and target are equal the slope is 0.
    assertAgree(
        Losses.l1(),
        (x, t) -> torch.l1_loss(x, t),
        make(Values.TIES, 40),
        make(Values.integers(0, 2), 40));
  }

  @ParameterizedTest
  @ValueSource(doubles = {1, 0.3, 2.5})
  void smoothL1(double beta) {
    assertAgree(
        Losses.smoothL1(beta),
        (x, t) -> torch.smooth_l1_loss(x, t, MEAN, beta),
        make(Values.NORMAL, 9, 5),
        make(Values.POSITIVE, 9, 5));
  }

  @Test
  void binaryCrossEntropy() {
    assertAgree(
        Losses.bce(),
        (x, t) -> torch.binary_cross_entropy(x, t),
        make(Values.uniform(0.01, 0.99), 9, 5),
        make(Values.uniform(0, 1), 9, 5));
  }

  @Test
  void binaryCrossEntropyIsCutAtMinusHundred() {
    Tensor certain = make(Values.pick("certain", 0, 1), 30);
    Tensor target = make(Values.pick("yes or no", 0, 1, 0.5), 30);
    org.bytedeco.pytorch.Tensor expected =
        torch.binary_cross_entropy(Peers.of(certain), Peers.of(target));
    assertEquals(
        "", Compared.difference("loss", expected, Losses.bce().apply(certain, target), 1e-12));
  }

  @Test
  void binaryCrossEntropyOfLogits() {
    assertAgree(
        Losses.bceWithLogits(),
        (x, t) -> torch.binary_cross_entropy_with_logits(x, t),
        make(Values.uniform(-60, 60), 9, 5),
        make(Values.uniform(0, 1), 9, 5));
  }

  @Test
  void divergenceOverTheBatch() {
    assertAgree(
        Losses.klDiv(),
        (x, t) -> torch.kl_div(x, t, SUM, false).div(new Scalar(x.size(0))),
        make(Values.NORMAL, 6, 5).logSoftmax(1).detach(),
        probabilities(6, 5));
    // Where the target is 0 nothing is added.
    assertAgree(
        Losses.klDiv(),
        (x, t) -> torch.kl_div(x, t, SUM, false).div(new Scalar(x.size(0))),
        make(Values.NORMAL, 6, 5).logSoftmax(1).detach(),
        make(Values.pick("sparse", 0, 0, 0.5), 6, 5));
  }

  @Test
  void distillation() {
    Tensor student = make(Values.NORMAL, 6, 5);
    Tensor teacher = make(Values.uniform(-3, 3), 6, 5);
    Tensor target = classes(5, 6);
    double t = 4;
    double alpha = 0.7;
    assertAgree(
        (x, y) -> Losses.distillation(x, teacher.to(x.dtype()), y, t, alpha),
        (x, y) -> {
          Scalar temperature = new Scalar(t);
          org.bytedeco.pytorch.Tensor soft =
              Peers.of(teacher).div(temperature).softmax(1).to(x.scalar_type());
          return torch
              .kl_div(x.div(temperature).log_softmax(1), soft, SUM, false)
              .mul(new Scalar(alpha * t * t / 6))
              .add(torch.cross_entropy_loss(x, y).mul(new Scalar(1 - alpha)));
        },
        student,
        target);
  }
}
