package dev.manabi.bench.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.manabi.kernels.cases.Arrangement;
import dev.manabi.kernels.cases.Input;
import dev.manabi.nn.BatchNorm1d;
import dev.manabi.nn.BatchNorm2d;
import dev.manabi.nn.Conv2d;
import dev.manabi.nn.ConvTranspose2d;
import dev.manabi.nn.Embedding;
import dev.manabi.nn.GroupNorm;
import dev.manabi.nn.LayerNorm;
import dev.manabi.nn.Linear;
import dev.manabi.nn.Module;
import dev.manabi.nn.MultiheadAttention;
import dev.manabi.nn.Upsample;
import dev.manabi.tensor.DType;
import dev.manabi.tensor.GradMode;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.Tensors;
import dev.manabi.tensor.op.PoolOp.Mode;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.BatchNorm1dImpl;
import org.bytedeco.pytorch.BatchNorm2dImpl;
import org.bytedeco.pytorch.BatchNormOptions;
import org.bytedeco.pytorch.Conv2dImpl;
import org.bytedeco.pytorch.Conv2dOptions;
import org.bytedeco.pytorch.ConvTranspose2dImpl;
import org.bytedeco.pytorch.ConvTranspose2dOptions;
import org.bytedeco.pytorch.DoubleArrayRef;
import org.bytedeco.pytorch.DoubleArrayRefOptional;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.EmbeddingImpl;
import org.bytedeco.pytorch.GroupNormImpl;
import org.bytedeco.pytorch.LayerNormImpl;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.LinearOptions;
import org.bytedeco.pytorch.LongArrayRefOptional;
import org.bytedeco.pytorch.LongVector;
import org.bytedeco.pytorch.MultiheadAttentionImpl;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.StringTensorDict;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Layers against libtorch's modules of the same name with the same parameters: outputs, and all
 * gradients. In f64, where formulas that differ cannot hide behind rounding.
 */
class LayerAgreementTest {
  private static final double NEAR = 1e-11;

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

  private static Tensor normal(int... dims) {
    return seeded(Arrays.hashCode(dims), dims);
  }

  private static Tensor seeded(int seed, int... dims) {
    return Input.of(dims)
        .with(DType.F64)
        .with(Arrangement.INSIDE)
        .tensor(new SplittableRandom(seed));
  }

  /** One of our layers and libtorch's, with equal parameters and buffers. */
  private static final class Twins {
    final Module ours;
    final org.bytedeco.pytorch.Module torch;
    final UnaryOperator<org.bytedeco.pytorch.Tensor> forward;

    Twins(
        Module ours,
        org.bytedeco.pytorch.Module torch,
        UnaryOperator<org.bytedeco.pytorch.Tensor> forward) {
      this.ours = ours.to(DType.F64);
      this.torch = torch;
      this.forward = forward;
      torch.to(ScalarType.Double, false);
      assertEquals(names(torch.named_parameters()), ours.namedParameters().keySet().toString());
      assertEquals(names(torch.named_buffers()), ours.namedBuffers().keySet().toString());
      // Not the initial ones: ones and zeros would hide what is multiplied and added.
      int[] seed = {1};
      ours.namedParameters()
          .forEach(
              (name, p) -> {
                Tensor value = seeded(seed[0]++, p.shape().toArray());
                GradMode.noGrad(() -> p.copy_(value));
                torch.named_parameters().get(name).detach().copy_(Peers.of(value));
              });
    }

    private static String names(StringTensorDict dict) {
      return Arrays.stream(dict.keys().get()).map(key -> key.getString()).toList().toString();
    }

    /** Compares outputs, and the gradients of {@code x} and of all parameters. */
    void assertAgreeOn(Tensor x) {
      boolean differentiable = x.dtype().isFloating();
      org.bytedeco.pytorch.Tensor peer = Peers.of(x).detach();
      if (differentiable) {
        peer.requires_grad_(true);
        x.requiresGrad(true);
      }
      ours.zeroGrad();
      torch.zero_grad(true);
      assertOutputsAgree(ours.apply(x), forward.apply(peer));
      if (differentiable) {
        assertClose("gradient of x", peer.grad(), x.grad());
      }
      ours.namedParameters()
          .forEach(
              (name, p) ->
                  assertClose(
                      "gradient of " + name, torch.named_parameters().get(name).grad(), p.grad()));
      // The C++ module's conversion to f64 does not spare the count of batches.
      ours.namedBuffers()
          .forEach(
              (name, b) ->
                  assertClose(name, torch.named_buffers().get(name).to(Peers.type(b.dtype())), b));
    }

    private static void assertOutputsAgree(Tensor y, org.bytedeco.pytorch.Tensor peer) {
      assertClose("output", peer, y);
      Tensor g = seeded(7, y.shape().toArray());
      y.backward(g);
      peer.mul(Peers.of(g)).sum().backward();
    }

    void eval() {
      ours.eval();
      torch.eval();
    }
  }

  private static void assertClose(
      String what, org.bytedeco.pytorch.Tensor expected, @Nullable Tensor actual) {
    if (actual == null) {
      throw new AssertionError(what + " is missing");
    }
    assertEquals("", Compared.difference(what, expected, actual, NEAR));
  }

  @ParameterizedTest
  @CsvSource({"true", "false"})
  void linear(boolean bias) {
    LinearOptions options = new LinearOptions(5, 7);
    options.bias().put(bias);
    LinearImpl peer = new LinearImpl(options);
    Twins twins = new Twins(new Linear(5, 7, bias), peer, peer::forward);
    twins.assertAgreeOn(normal(4, 5));
    twins.assertAgreeOn(normal(2, 3, 5));
    twins.assertAgreeOn(normal(5));
  }

  @ParameterizedTest
  @CsvSource({
    // in, out, kernel h and w, stride h and w, padding h and w, dilation, groups, bias
    "3, 4, 3, 3, 1, 1, 0, 0, 1, 1, true",
    "4, 6, 3, 3, 2, 2, 1, 1, 1, 2, false",
    "2, 3, 1, 5, 1, 3, 0, 2, 1, 1, true",
    "3, 3, 2, 3, 1, 1, 2, 1, 2, 3, true",
  })
  void conv2d(
      int in,
      int out,
      int kh,
      int kw,
      int sh,
      int sw,
      int ph,
      int pw,
      int dilation,
      int groups,
      boolean bias) {
    Conv2dOptions options = new Conv2dOptions(in, out, new LongPointer(kh, kw));
    options.stride().put(new long[] {sh, sw});
    options.padding().put(new LongPointer(ph, pw));
    options.dilation().put(new long[] {dilation, dilation});
    options.groups().put(groups);
    options.bias().put(bias);
    Conv2dImpl peer = new Conv2dImpl(options);
    Conv2d ours =
        new Conv2d(
            in,
            out,
            kh,
            o ->
                o.kernel(kh, kw)
                    .stride(sh, sw)
                    .padding(ph, pw)
                    .dilation(dilation)
                    .groups(groups)
                    .bias(bias));
    Twins twins = new Twins(ours, peer, peer::forward);
    twins.assertAgreeOn(normal(2, in, 7, 9));
    twins.assertAgreeOn(normal(1, in, 6, 7));
  }

  @ParameterizedTest
  @CsvSource({
    // in, out, kernel, stride, padding, output padding, dilation, groups
    "3, 4, 3, 1, 0, 0, 1, 1",
    "4, 2, 4, 2, 1, 0, 1, 1",
    "4, 6, 3, 2, 1, 1, 1, 2",
    "3, 3, 2, 3, 0, 2, 2, 3",
  })
  void convTranspose2d(
      int in,
      int out,
      int kernel,
      int stride,
      int padding,
      int outputPadding,
      int dilation,
      int groups) {
    ConvTranspose2dOptions options =
        new ConvTranspose2dOptions(in, out, new LongPointer(kernel, kernel));
    options.stride().put(new long[] {stride, stride});
    options.padding().put(new long[] {padding, padding});
    options.output_padding().put(new long[] {outputPadding, outputPadding});
    options.dilation().put(new long[] {dilation, dilation});
    options.groups().put(groups);
    ConvTranspose2dImpl peer = new ConvTranspose2dImpl(options);
    ConvTranspose2d ours =
        new ConvTranspose2d(
            in,
            out,
            kernel,
            o ->
                o.stride(stride)
                    .padding(padding)
                    .outputPadding(outputPadding)
                    .dilation(dilation)
                    .groups(groups));
    new Twins(ours, peer, peer::forward).assertAgreeOn(normal(2, in, 4, 5));
  }

  @Test
  void batchNorm1dTrainsOnItsBatchesAndThenUsesTheirStatistics() {
    BatchNorm1dImpl peer = new BatchNorm1dImpl(new BatchNormOptions(3));
    Twins twins = new Twins(new BatchNorm1d(3), peer, peer::forward);
    for (int batch = 0; batch < 4; batch++) {
      twins.assertAgreeOn(seeded(batch, 5, 3));
      twins.assertAgreeOn(seeded(batch, 2, 3, 4).add(batch));
    }
    twins.eval();
    twins.assertAgreeOn(normal(1, 3));
    twins.assertAgreeOn(normal(2, 3, 1));
  }

  @Test
  void batchNorm2dTrainsOnItsBatchesAndThenUsesTheirStatistics() {
    BatchNormOptions options = new BatchNormOptions(4);
    options.eps().put(1e-3);
    options.momentum().put(new DoubleOptional(0.3));
    BatchNorm2dImpl peer = new BatchNorm2dImpl(options);
    Twins twins = new Twins(new BatchNorm2d(4, 1e-3, 0.3), peer, peer::forward);
    for (int batch = 0; batch < 5; batch++) {
      twins.assertAgreeOn(seeded(batch, 3, 4, 5, 2).mul(batch + 1).sub(batch));
    }
    twins.eval();
    twins.assertAgreeOn(normal(2, 4, 3, 3));
  }

  @Test
  void layerNorm() {
    LayerNormImpl last = new LayerNormImpl(new LongVector(new long[] {6}));
    new Twins(new LayerNorm(6), last, last::forward).assertAgreeOn(normal(2, 3, 6));
    LayerNormImpl lastTwo = new LayerNormImpl(new LongVector(new long[] {3, 6}));
    new Twins(new LayerNorm(3, 6), lastTwo, lastTwo::forward).assertAgreeOn(normal(2, 3, 6));
  }

  @Test
  void groupNorm() {
    GroupNormImpl peer = new GroupNormImpl(2, 6);
    Twins twins = new Twins(new GroupNorm(2, 6), peer, peer::forward);
    twins.assertAgreeOn(normal(3, 6, 4, 5));
    twins.assertAgreeOn(normal(3, 6));
    GroupNormImpl perChannel = new GroupNormImpl(4, 4);
    new Twins(new GroupNorm(4, 4), perChannel, perChannel::forward)
        .assertAgreeOn(normal(2, 4, 3, 3));
  }

  @Test
  void embeddingSumsTheGradientsOfRepeatedRows() {
    EmbeddingImpl peer = new EmbeddingImpl(7, 3);
    Twins twins = new Twins(new Embedding(7, 3), peer, peer::forward);
    twins.assertAgreeOn(Tensors.of(new long[] {1, 6, 1, 0, 1, 6}, 2, 3));
  }

  @Test
  void selfAttention() {
    MultiheadAttentionImpl peer = new MultiheadAttentionImpl(8, 2);
    Twins twins =
        new Twins(
            new MultiheadAttention(8, 2),
            peer,
            x -> {
              // libtorch's module takes the sequence first, then the batch.
              org.bytedeco.pytorch.Tensor t = x.transpose(0, 1);
              return peer.forward(t, t, t).get0().transpose(0, 1);
            });
    twins.assertAgreeOn(normal(3, 5, 8));
    twins.assertAgreeOn(normal(1, 1, 8));
  }

  @Test
  void attentionOverAnotherSequenceUnderAMask() {
    MultiheadAttentionImpl peer = new MultiheadAttentionImpl(6, 3);
    MultiheadAttention ours = new MultiheadAttention(6, 3);
    Twins twins = new Twins(ours, peer, x -> x);
    Tensor query = normal(2, 3, 6);
    Tensor keys = normal(2, 4, 6);
    Tensor values = seeded(11, 2, 4, 6);
    Tensor mask = Tensors.arange(4).gt(Tensors.arange(3).unsqueeze(1));

    Tensor y = ours.attend(query, keys, values, mask);
    org.bytedeco.pytorch.Tensor expected =
        peer.forward(
                Peers.of(query).transpose(0, 1),
                Peers.of(keys).transpose(0, 1),
                Peers.of(values).transpose(0, 1),
                new org.bytedeco.pytorch.Tensor(),
                false,
                // The C++ module adds its mask to the scores.
                torch.zeros(3, 4).masked_fill(Peers.of(mask), new Scalar(-1.0 / 0.0)),
                true)
            .get0()
            .transpose(0, 1);

    assertClose("output", expected, y);
    y.sum().backward();
    expected.sum().backward();
    twins
        .ours
        .namedParameters()
        .forEach(
            (name, p) -> assertClose(name, peer.named_parameters().get(name).grad(), p.grad()));
  }

  @ParameterizedTest
  @CsvSource({"NEAREST, 2, false", "NEAREST, 3, false", "BILINEAR, 2, false", "BILINEAR, 3, true"})
  void upsample(Mode mode, int scale, boolean corners) {
    Tensor x = normal(2, 3, 4, 5).requiresGrad(true);
    org.bytedeco.pytorch.Tensor peer = Peers.of(x).detach().requires_grad_(true);
    LongArrayRefOptional noSize = new LongArrayRefOptional();
    DoubleArrayRefOptional scales =
        new DoubleArrayRefOptional(new DoubleArrayRef(new DoublePointer(scale, scale), 2));

    Tensor y = new Upsample(scale, mode, corners).apply(x);
    org.bytedeco.pytorch.Tensor expected =
        switch (mode) {
          case NEAREST -> torch.upsample_nearest2d(peer, noSize, scales);
          case BILINEAR -> torch.upsample_bilinear2d(peer, noSize, corners, scales);
        };

    assertClose("output", expected, y);
    Tensor g = normal(y.shape().toArray());
    y.backward(g);
    assertClose("gradient", Torch.grad(expected, Peers.of(g), false, peer).getFirst(), x.grad());
  }

  @Test
  void upsampleByAFractionGoesByTheRatioOfSizes() {
    Tensor x = normal(2, 3, 5, 7);
    Tensor y = new Upsample(1.5, Mode.BILINEAR).apply(x);
    assertClose("output", torch.upsample_bilinear2d(Peers.of(x), new long[] {7, 10}, false), y);
  }
}
