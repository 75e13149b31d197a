package dev.manabi.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.manabi.tensor.DType;
import dev.manabi.tensor.Index;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.Tensors;
import dev.manabi.tensor.run.Backends;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Products and convolutions against the scalar reference, over awkward sizes and strides. */
class ProductsTest {
  private final int threads = Parallel.threads();

  @BeforeEach
  void seed() {
    Tensors.manualSeed(11);
  }

  @AfterEach
  void restore() {
    Parallel.setThreads(threads);
  }

  private static Tensor on(String backend, Supplier<Tensor> work) {
    Tensor[] result = new Tensor[1];
    Backends.with(Backends.named(backend), () -> result[0] = work.get());
    return result[0];
  }

  /**
   * A sum of K products of unit normals wanders to about sqrt(K), each addition rounds by up to
   * 2^-24 of that, and K roundings wander again: about 2^-24 * K, here with room for 8 deviations.
   */
  static void agrees(int terms, Supplier<Tensor> work) {
    agrees(terms, 1, work);
  }

  /**
   * @param magnified by how much the algorithm may magnify the errors of rounding
   */
  static void agrees(int terms, int magnified, Supplier<Tensor> work) {
    float[] expected = on("reference", work).toFloatArray();
    float[] found = on("cpu", work).toFloatArray();
    double tolerance = magnified * 0x1p-21 * (terms + 4);
    assertEquals(expected.length, found.length);
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], found[i], tolerance, "element " + i);
    }
  }

  /** The same in f64, whose roundings are 2^-29 times as large. */
  static void agreesInF64(int terms, Supplier<Tensor> work) {
    double[] expected = on("reference", work).toDoubleArray();
    double[] found = on("cpu", work).toDoubleArray();
    assertArrayEquals(expected, found, 0x1p-50 * (terms + 4));
  }

  static Tensor f64(Tensor t) {
    return t.to(DType.F64);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 12, 13, 14, 31, 33, 65})
  void anySize(int m) {
    for (int n : new int[] {1, 7, 31, 32, 33, 100}) {
      for (int k : new int[] {0, 1, 5, 256, 257}) {
        Tensor a = Tensors.randn(m, k);
        Tensor b = Tensors.randn(k, n);
        agrees(k, () -> a.matmul(b));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 5, 6, 7, 49, 100})
  void anySizeInF64(int m) {
    for (int n : new int[] {1, 7, 16, 17, 100}) {
      for (int k : new int[] {0, 1, 5, 256, 257}) {
        Tensor a = f64(Tensors.randn(m, k));
        Tensor b = f64(Tensors.randn(k, n));
        agreesInF64(k, () -> a.matmul(b));
        agreesInF64(k, () -> b.t().matmul(a.t()));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 8, 9})
  void fewRowsTimesATransposedMatrix(int m) {
    for (int n : new int[] {1, 4, 7, 129}) {
      for (int k : new int[] {63, 64, 300, 2049}) {
        Tensor a = Tensors.randn(m, k);
        Tensor wide = Tensors.randn(n, 2 * k).slice(1, 0, k);
        agrees(k, () -> a.matmul(wide.transpose(0, 1)));
        Tensor bias = Tensors.randn(n);
        agrees(k, () -> a.linear(wide, bias));
      }
    }
  }

  /** All rows are one block or two, which a thread packs once for the panels that it takes. */
  @ParameterizedTest
  @ValueSource(ints = {20, 64, 192, 300})
  void fewRowsTimesManyColumns(int m) {
    for (int n : new int[] {127, 300}) {
      for (int k : new int[] {100, 513, 1100}) {
        Tensor a = Tensors.randn(m, k);
        Tensor across = Tensors.randn(k, m).t();
        Tensor weight = Tensors.randn(n, k);
        Tensor bias = Tensors.randn(n);
        Tensor right = Tensors.randn(k, n);
        agreesForAnyThreads(k, () -> a.linear(weight, bias).relu());
        agreesForAnyThreads(k, () -> across.matmul(right));
        agreesForAnyThreads(k, () -> a.add(across).matmul(right));
      }
    }
  }

  private static void agreesForAnyThreads(int terms, Supplier<Tensor> work) {
    Parallel.setThreads(1);
    float[] one = on("cpu", work).toFloatArray();
    Parallel.setThreads(3);
    assertArrayEquals(one, on("cpu", work).toFloatArray());
    agrees(2 * terms, work);
  }

  @Test
  void anyStridesInF64() {
    Tensor a = f64(Tensors.randn(2, 1, 9, 20));
    Tensor b = f64(Tensors.randn(3, 20, 11));
    Tensor bias = f64(Tensors.randn(18)).get(Index.range(null, null, -2));
    agreesInF64(20, () -> a.matmul(b));
    agreesInF64(20, () -> a.flip(3).matmul(b.get(0).flip(0, 1)));
    agreesInF64(20, () -> b.t().matmul(a.get(0).t()));
    agreesInF64(20, () -> a.linear(f64(Tensors.ones(9, 20)), bias));
    agreesInF64(20, () -> a.permute(2, 1, 0, 3).linear(f64(Tensors.ones(20, 9)).t(), bias));
  }

  @Test
  void f64ProductsAreTheSameForAnyThreads() {
    Tensor[][] pairs = {
      {f64(Tensors.randn(20, 9000)), f64(Tensors.randn(9000, 25))},
      {f64(Tensors.randn(301, 517)), f64(Tensors.randn(517, 611))},
      {f64(Tensors.randn(40, 300)), f64(Tensors.randn(300, 5000))},
    };
    for (Tensor[] pair : pairs) {
      double[] one = doublesWithThreads(1, pair[0], pair[1]);
      assertArrayEquals(one, doublesWithThreads(2, pair[0], pair[1]));
      assertArrayEquals(one, doublesWithThreads(3, pair[0], pair[1]));
      agreesInF64(pair[0].size(1), () -> pair[0].matmul(pair[1]));
    }
  }

  private static double[] doublesWithThreads(int count, Tensor a, Tensor b) {
    Parallel.setThreads(count);
    return on("cpu", () -> a.matmul(b)).toDoubleArray();
  }

  @Test
  void emptyProducts() {
    assertEquals(0, Tensors.zeros(0, 5).matmul(Tensors.zeros(5, 3)).numel());
    assertEquals(0, Tensors.zeros(4, 5).matmul(Tensors.zeros(5, 0)).numel());
    assertArrayEquals(new float[6], Tensors.zeros(2, 0).matmul(Tensors.zeros(0, 3)).toFloatArray());
  }

  @Test
  void anyStrides() {
    Tensor a = Tensors.randn(40, 70);
    Tensor b = Tensors.randn(70, 50);
    agrees(40, () -> a.t().matmul(Tensors.ones(40, 9)));
    agrees(70, () -> a.matmul(b.t().contiguous().t()));
    agrees(50, () -> b.matmul(b.t()));
    agrees(
        35,
        () -> a.get(Index.all(), Index.range(null, null, 2)).matmul(b.get(Index.range(0, 70, 2))));
    agrees(70, () -> a.flip(0, 1).matmul(b.flip(0)));
    agrees(70, () -> a.get(0).expand(6, 70).matmul(b));
  }

  @Test
  void batchesAreBroadcast() {
    Tensor a = Tensors.randn(2, 1, 9, 20);
    Tensor b = Tensors.randn(3, 20, 11);
    agrees(20, () -> a.matmul(b));
    agrees(20, () -> a.matmul(b.get(0)));
    agrees(20, () -> b.t().matmul(a.get(0).t()));
    agrees(20, () -> a.permute(2, 1, 0, 3).matmul(b));
  }

  @Test
  void longChainsAreSlicedTheSameForAnyThreads() {
    Tensor a = Tensors.randn(20, 9000);
    Tensor b = Tensors.randn(9000, 25);
    agrees(9000, () -> a.matmul(b));
    float[] one = withThreads(1, a, b);
    assertArrayEquals(one, withThreads(2, a, b));
    assertArrayEquals(one, withThreads(3, a, b));
  }

  private static float[] withThreads(int count, Tensor a, Tensor b) {
    Parallel.setThreads(count);
    return on("cpu", () -> a.matmul(b)).toFloatArray();
  }

  @Test
  void bigProductsAreTheSameForAnyThreads() {
    Tensor a = Tensors.randn(301, 517);
    Tensor b = Tensors.randn(517, 611);
    float[] one = withThreads(1, a, b);
    assertArrayEquals(one, withThreads(2, a, b));
    assertArrayEquals(one, withThreads(3, a, b));
    agrees(517, () -> a.matmul(b));
  }

  @Test
  void linearAddsItsBias() {
    Tensor w = Tensors.randn(45, 33);
    Tensor bias = Tensors.randn(90).get(Index.range(null, null, -2));
    Tensor x = Tensors.randn(4, 5, 33);
    agrees(33, () -> x.linear(w, null));
    agrees(33, () -> x.linear(w, bias));
    agrees(33, () -> x.transpose(0, 1).linear(w, bias));
    agrees(33, () -> x.get(0, 0).linear(w, bias));
    Tensor wide = Tensors.randn(14, 600);
    agrees(600, () -> wide.linear(Tensors.ones(64, 600), Tensors.ones(64)));
  }
}
