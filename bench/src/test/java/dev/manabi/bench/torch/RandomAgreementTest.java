package dev.manabi.bench.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.manabi.autograd.Autograd;
import dev.manabi.nn.Conv2d;
import dev.manabi.nn.ConvTranspose2d;
import dev.manabi.nn.Embedding;
import dev.manabi.nn.Linear;
import dev.manabi.nn.Module;
import dev.manabi.nn.MultiheadAttention;
import dev.manabi.tensor.DType;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.Tensors;
import java.util.Arrays;
import java.util.Map;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Conv2dImpl;
import org.bytedeco.pytorch.ConvTranspose2dImpl;
import org.bytedeco.pytorch.EmbeddingImpl;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.MultiheadAttentionImpl;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random numbers cannot equal libtorch's, but must be distributed as those are: those of the
 * creation ops, of dropout, and the initial parameters of layers. All seeds are fixed.
 */
class RandomAgreementTest {
  private static final int MANY = 100_000;

  private PointerScope scope;

  @BeforeAll
  static void start() {
    assumeTrue(Torch.isAvailable(), "libtorch's libraries are here for x86-64 Linux only");
    Torch.start(1);
  }

  @BeforeEach
  void openScope() {
    scope = new PointerScope();
    Tensors.manualSeed(3);
    torch.manual_seed(5);
  }

  @AfterEach
  void freeTensors() {
    scope.close();
  }

  private static void assertAlike(String what, org.bytedeco.pytorch.Tensor torch, Tensor ours) {
    String difference = Distributions.difference(what, Torch.doubles(torch), ours.toDoubleArray());
    assertTrue(difference.isEmpty(), difference);
  }

  @Test
  void theTestTellsDistributionsApart() {
    double[] normal = Torch.doubles(torch.randn(MANY));
    double[] shifted = Arrays.stream(normal).map(x -> x + 0.04).toArray();
    double[] wider = Arrays.stream(normal).map(x -> x * 1.07).toArray();
    double[] fresh = Torch.doubles(torch.randn(MANY));
    assertTrue(Distributions.difference("fresh", normal, fresh).isEmpty());
    assertFalse(Distributions.difference("shifted", fresh, shifted).isEmpty());
    assertFalse(Distributions.difference("wider", fresh, wider).isEmpty());
  }

  @Test
  void uniformNormalAndIntegerNumbers() {
    assertAlike("rand", torch.rand(MANY), Tensors.rand(MANY));
    assertAlike("randn", torch.randn(MANY), Tensors.randn(MANY));
    assertAlike("randint", torch.randint(-3, 8, new long[] {MANY}), Tensors.randint(-3, 8, MANY));
    assertAlike(
        "uniform_ f64",
        torch.rand(MANY).mul(new org.bytedeco.pytorch.Scalar(3)),
        Tensors.zeros(DType.F64, MANY).uniform_(0, 3));
    assertAlike("normal_ f16", torch.randn(MANY), Tensors.zeros(DType.F16, MANY).normal_(0, 1));
  }

  @Test
  void permutationsHoldEveryNumberOnceAndNoneStaysPut() {
    long[] numbers = Tensors.randperm(10_000).toLongArray();
    long inPlace =
        java.util.stream.IntStream.range(0, numbers.length).filter(i -> numbers[i] == i).count();
    long[] sorted = numbers.clone();
    Arrays.sort(sorted);
    assertArrayEquals(java.util.stream.LongStream.range(0, 10_000).toArray(), sorted);
    assertTrue(inPlace < 10, inPlace + " of 10,000 stayed in place, expected about 1");
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.1, 0.5, 0.9})
  void dropoutDropsAndScalesAsLibtorchDoes(double p) {
    Tensor x = Tensors.randn(MANY).requiresGrad(true);
    Tensor y = x.dropout(p);
    double[] ours = y.toDoubleArray();
    double[] torchs = Torch.doubles(torch.dropout(Peers.of(x), p, true));
    double[] before = x.toDoubleArray();

    double sigma = Math.sqrt(p * (1 - p) / MANY);
    assertEquals(p, zeros(ours) / MANY, 5 * sigma);
    assertEquals(p, zeros(torchs) / MANY, 5 * sigma);
    double runs = 0;
    for (int i = 0; i < MANY; i++) {
      assertEquals(ours[i] == 0 ? 0 : before[i] / (1 - p), ours[i], 1e-5 * Math.abs(ours[i]));
      runs += i > 0 && ours[i] == 0 && ours[i - 1] == 0 ? 1 : 0;
    }
    assertEquals(p * p, runs / MANY, 10 * sigma, "neighbours are dropped independently");
    double[] gradient = Autograd.grad(y.sum(), x).getFirst().toDoubleArray();
    for (int i = 0; i < MANY; i++) {
      assertEquals(ours[i] == 0 ? 0 : 1 / (1 - p), gradient[i], 1e-5 / (1 - p));
    }
  }

  private static double zeros(double[] values) {
    return Arrays.stream(values).filter(v -> v == 0).count();
  }

  @Test
  void layersStartAsLibtorchsDo() {
    assertStartAlike(new Linear(300, 200), new LinearImpl(300, 200));
    assertStartAlike(
        new Conv2d(16, 64, 3, o -> o.kernel(3, 5)), new Conv2dImpl(16, 64, new LongPointer(3, 5)));
    assertStartAlike(
        new ConvTranspose2d(24, 40, 3), new ConvTranspose2dImpl(24, 40, new LongPointer(3, 3)));
    assertStartAlike(new Embedding(500, 40), new EmbeddingImpl(500, 40));
    assertStartAlike(new MultiheadAttention(64, 4), new MultiheadAttentionImpl(64, 4));
  }

  private static void assertStartAlike(Module ours, org.bytedeco.pytorch.Module torch) {
    Map<String, Tensor> parameters = ours.namedParameters();
    parameters.forEach(
        (name, p) -> {
          String what = ours.getClass().getSimpleName() + "." + name;
          org.bytedeco.pytorch.Tensor peer = torch.named_parameters().get(name);
          assertArrayEquals(Torch.shape(peer), Peers.longs(p.shape()), what);
          assertAlike(what, peer, p);
        });
  }

  @Test
  void uniformStartsReachTheirBoundAndNoFarther() {
    double bound = 1 / Math.sqrt(16 * 9);
    double ours = new Conv2d(16, 64, 3).weight().abs().max().item();
    double torchs =
        Torch.doubles(new Conv2dImpl(16, 64, new LongPointer(3, 3)).weight().abs().max())[0];
    assertEquals(bound, ours, bound * 1e-3);
    assertEquals(bound, torchs, bound * 1e-3);
    assertTrue(ours <= bound, ours + " is beyond " + bound);
  }
}
