package dev.manabi.kernels.ptx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Kernels that nvcc compiled ({@code plain.cu}) compute what their C says. */
class KernelTest {
  private static final PtxModule MODULE = PtxModule.parse(Device.text("plain.ptx"));

  private final Device device = new Device();
  private final Random random = new Random(7);

  private float[] floats(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = random.nextInt(-8, 9) / 4f;
    }
    return values;
  }

  private static PtxKernel kernel(String name) {
    return MODULE.kernel(name);
  }

  @Test
  void vectorAdd() {
    float[] a = floats(1000);
    float[] b = floats(1000);
    Device.Pointer c = device.allocate(4000);
    device.launch(kernel("vector_add"), 8, 128, 1000, device.upload(a), device.upload(b), c);
    float[] sum = device.floats(c, 1000);
    for (int i = 0; i < 1000; i++) {
      assertEquals(a[i] + b[i], sum[i]);
    }
  }

  @Test
  void copyOfAnyStrides() {
    float[] x = floats(5 * 7 * 3);
    // The transpose of [5, 7, 3] to [3, 5, 7], its dimensions in a structure passed by value.
    var strides = ByteBuffer.allocate(104).order(ByteOrder.LITTLE_ENDIAN);
    strides.putInt(0, 3);
    long[] shape = {3, 5, 7};
    long[] steps = {1, 21, 3};
    for (int d = 0; d < 3; d++) {
      strides.putLong(8 + 8 * d, shape[d]).putLong(56 + 8 * d, steps[d]);
    }
    Device.Pointer to = device.allocate(4 * x.length);
    device.launch(
        kernel("strided_copy"), 1, 64, (long) x.length, device.upload(x), to, strides.array());
    float[] copy = device.floats(to, x.length);
    for (int c = 0; c < 3; c++) {
      for (int r = 0; r < 35; r++) {
        assertEquals(x[r * 3 + c], copy[c * 35 + r]);
      }
    }
  }

  @Test
  void sumOverBlocks() {
    float[] x = floats(5000);
    Device.Pointer out = device.zeros(4);
    device.launch(kernel("block_sum"), 6, 256, x.length, device.upload(x), out);
    double sum = IntStream.range(0, x.length).mapToDouble(i -> x[i]).sum();
    // Quarters add up without rounding.
    assertEquals(sum, device.floats(out, 1)[0]);
  }

  @Test
  void transposeThroughSharedMemory() {
    int rows = 70;
    int columns = 45;
    float[] x = floats(rows * columns);
    long[] conflicts = new long[2];
    for (int padded = 0; padded < 2; padded++) {
      var profiled = new Device(Machine.Options.strict().withProfile(true));
      Device.Pointer to = profiled.allocate(4 * x.length);
      LaunchReport report =
          profiled.launch(
              kernel("transpose"),
              Dim3.of(2, 3),
              Dim3.of(32, 8),
              0,
              rows,
              columns,
              profiled.upload(x),
              to,
              padded);
      conflicts[padded] = report.conflicts();
      float[] y = profiled.floats(to, x.length);
      for (int r = 0; r < rows; r++) {
        for (int c = 0; c < columns; c++) {
          assertEquals(x[r * columns + c], y[c * rows + r]);
        }
      }
    }
    assertTrue(conflicts[0] > 1000, "conflicts " + conflicts[0]);
    assertEquals(0, conflicts[1]);
  }

  @Test
  void matrixProduct() {
    int m = 37;
    int n = 50;
    int k = 29;
    float[] a = floats(m * k);
    float[] b = floats(k * n);
    Device.Pointer c = device.allocate(4 * m * n);
    device.launch(
        kernel("sgemm"),
        Dim3.of(4, 3),
        Dim3.of(16, 16),
        2048,
        m,
        n,
        k,
        device.upload(a),
        device.upload(b),
        c);
    float[] product = device.floats(c, m * n);
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        float sum = 0;
        for (int l = 0; l < k; l++) {
          sum += a[i * k + l] * b[l * n + j];
        }
        assertEquals(sum, product[i * n + j]);
      }
    }
  }

  @Test
  void softmax() {
    int columns = 77;
    float[] x = floats(5 * columns);
    Device.Pointer y = device.allocate(4 * x.length);
    device.launch(kernel("softmax"), 5, 32, columns, device.upload(x), y);
    float[] result = device.floats(y, x.length);
    for (int r = 0; r < 5; r++) {
      double sum = 0;
      for (int c = 0; c < columns; c++) {
        sum += Math.exp(x[r * columns + c]);
      }
      for (int c = 0; c < columns; c++) {
        assertEquals(Math.exp(x[r * columns + c]) / sum, result[r * columns + c], 1e-8);
      }
    }
  }

  @Test
  void histogram() {
    byte[] x = new byte[3000];
    random.nextBytes(x);
    short[] pairs = new short[1500];
    ByteBuffer.wrap(x).order(ByteOrder.LITTLE_ENDIAN).asShortBuffer().get(pairs);
    int[] expected = new int[256];
    for (byte b : x) {
      expected[b & 255]++;
    }
    Device.Pointer counts = device.zeros(1024);
    device.launch(kernel("histogram"), 3, 256, x.length, device.upload(pairs), counts);
    assertArrayEquals(expected, device.ints(counts, 256));
  }

  @Test
  void maxPoolWithIndices() {
    float[] x = floats(2 * 9 * 7);
    x[20] = Float.NaN;
    int total = 2 * 5 * 4;
    Device.Pointer y = device.allocate(4 * total);
    Device.Pointer index = device.allocate(4 * total);
    device.launch(kernel("max_pool"), 2, 32, total, device.upload(x), 9, 7, 5, 4, y, index);
    float[] most = device.floats(y, total);
    int[] at = device.ints(index, total);
    for (int i = 0; i < total; i++) {
      int plane = i / 20;
      float expected = Float.NEGATIVE_INFINITY;
      for (int r = Math.max(0, 2 * (i / 4 % 5) - 1); r <= Math.min(8, 2 * (i / 4 % 5) + 1); r++) {
        for (int c = Math.max(0, 2 * (i % 4) - 1); c <= Math.min(6, 2 * (i % 4) + 1); c++) {
          expected = Math.max(expected, x[plane * 63 + r * 7 + c]);
        }
      }
      assertEquals(expected, most[i]);
      assertEquals(expected, x[plane * 63 + at[i]]);
    }
  }

  @Test
  void philox() {
    // The known answers of Salmon et al., "Parallel random numbers: as easy as 1, 2, 3".
    Device.Pointer out = device.allocate(16);
    device.launch(kernel("philox"), 1, 32, 1, 0L, out);
    assertArrayEquals(
        new int[] {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}, device.ints(out, 4));
  }

  @Test
  void loopsOfDifferentLength() {
    int[] x = IntStream.rangeClosed(1, 100).toArray();
    Device.Pointer steps = device.allocate(400);
    LaunchReport report = device.launch(kernel("collatz"), 1, 128, 100, device.upload(x), steps);
    int[] counts = device.ints(steps, 100);
    for (int i = 0; i < 100; i++) {
      int count = 0;
      for (int v = x[i]; v != 1; count++) {
        v = (v & 1) != 0 ? 3 * v + 1 : v / 2;
      }
      assertEquals(count, counts[i], "steps from " + x[i]);
    }
    assertTrue(report.laneInstructions() < 32 * report.warpInstructions());
  }

  @Test
  void branchByIndex() {
    int[] x = IntStream.range(-20, 44).map(i -> i * 31).toArray();
    Device.Pointer pointer = device.upload(x);
    device.launch(kernel("choose"), 1, 64, pointer, 5);
    int[] y = device.ints(pointer, 64);
    for (int i = 0; i < 64; i++) {
      int v = x[i];
      int expected =
          switch (v & 7) {
            case 0 -> 5 * v;
            case 1 -> v + 35;
            case 2 -> v ^ 5;
            case 3 -> v / 5;
            case 4 -> ~v;
            case 5 -> Integer.numberOfLeadingZeros(v);
            case 6 -> Integer.bitCount(v) * 5;
            default -> Integer.reverse(v);
          };
      assertEquals(expected, y[i]);
    }
  }

  @Test
  void callOfAFunctionFromSomeLanes() {
    float[] x = floats(64);
    Device.Pointer pointer = device.upload(x);
    device.launch(kernel("call"), 1, 64, pointer);
    float[] y = device.floats(pointer, 64);
    for (int i = 0; i < 64; i++) {
      float expected = x[i];
      if (i % 3 != 0) {
        expected = 0;
        for (int d = i; d >= 0; d--) {
          expected = Math.fma(expected, x[i], d + 1);
        }
      }
      assertEquals(expected, y[i]);
    }
  }

  @Test
  void functionsOfTheLibrary() {
    double[] x = {0, 1, -2.5, 100, 1e6, -1e10, 3e15, 0.001};
    float[] u = {0, 1, -2.5f, 100, 1e6f, -1e10f, 3e15f, 0.001f};
    Device.Pointer y = device.allocate(8 * 32);
    Device.Pointer v = device.allocate(4 * 32);
    device.launch(kernel("library"), 1, 32, 8, device.upload(x), y, device.upload(u), v);
    double[] wide = device.doubles(y, 32);
    float[] single = device.floats(v, 32);
    for (int i = 0; i < 8; i++) {
      near(Math.sin(x[i]), wide[4 * i], 1e-15);
      near(Math.pow(x[i] * x[i] + 1, 1.25), wide[4 * i + 1], 1e-14);
      near(Math.exp(x[i] / 100), wide[4 * i + 2], 1e-14);
      near(Math.log(Math.abs(x[i]) + 1), wide[4 * i + 3], 1e-14);
      near(Math.sin(u[i]), single[4 * i], 3e-7);
      near(Math.tanh(u[i]), single[4 * i + 2], 3e-7);
      near(Math.log1p(Math.abs(u[i])), single[4 * i + 3], 3e-7);
    }
    near(0.8427007929497149, single[5], 3e-7);
    near(-0.9995930479825550, single[9], 3e-7);
  }

  private static void near(double expected, double found, double tolerance) {
    if (expected != found) {
      assertEquals(expected, found, tolerance * Math.max(1, Math.abs(expected)));
    }
  }

  @Test
  void packedHalves() {
    short[] a = new short[64];
    short[] b = new short[64];
    for (int i = 0; i < 64; i++) {
      a[i] = Float.floatToFloat16(random.nextFloat() * 4 - 2);
      b[i] = Float.floatToFloat16(random.nextFloat() * 4 - 2);
    }
    Device.Pointer c = device.allocate(128);
    device.launch(kernel("halves"), 1, 32, 32, device.upload(a), device.upload(b), c);
    short[] found = device.shorts(c, 64);
    for (int i = 0; i < 64; i++) {
      float x = Float.float16ToFloat(a[i]);
      float y = Float.float16ToFloat(b[i]);
      float half = Float.float16ToFloat(Float.floatToFloat16(x + y)) * 0.5f;
      float product = Float.float16ToFloat(Float.floatToFloat16(half));
      assertEquals(Float.floatToFloat16((float) ((double) x * y + product)), found[i]);
    }
  }

  @Test
  void variablesOfTheModule() {
    Device.Pointer out = device.allocate(128);
    for (int launch = 0; launch < 2; launch++) {
      device.launch(kernel("variables"), 1, 32, out);
      float[] found = device.floats(out, 32);
      for (int i = 1; i < 32; i++) {
        int weight = (i % 8 + 1) * (i % 2 == 0 ? 1 : -1);
        assertEquals(weight + 40 + launch, found[i]);
      }
    }
    assertEquals(
        42, device.ints(new Device.Pointer(device.machine.address(MODULE, "launches")), 1)[0]);
  }

  @Test
  void votesAndMatches() {
    int[] x = IntStream.range(0, 64).map(i -> i * 7 % 23).toArray();
    Device.Pointer out = device.allocate(64 * 16);
    device.launch(kernel("votes"), 1, 64, device.upload(x), out);
    int[] found = device.ints(out, 256);
    for (int i = 0; i < 64; i++) {
      int first = i / 32 * 32;
      int ballot = 0;
      int match = 0;
      int any = 0;
      for (int l = 0; l < 32; l++) {
        ballot |= x[first + l] > 10 ? 1 << l : 0;
        match |= (x[first + l] & 3) == (x[i] & 3) ? 1 << l : 0;
        any |= x[first + l] == 7 ? 2 : 0;
      }
      assertEquals(ballot, found[4 * i]);
      assertEquals(match, found[4 * i + 1]);
      assertEquals(IntStream.of(x).filter(v -> v > 10).count(), found[4 * i + 2]);
      assertEquals(any + 1, found[4 * i + 3]);
    }
  }

  @Test
  void longArithmetic() {
    long[] awkward = {0, 1, -1, 7, -13, Long.MAX_VALUE, Long.MIN_VALUE + 1, 1L << 40};
    long[] a = new long[64];
    long[] b = new long[64];
    for (int i = 0; i < 64; i++) {
      a[i] = awkward[i / 8];
      b[i] = awkward[i % 8];
    }
    Device.Pointer c = device.allocate(64 * 48);
    device.launch(kernel("longs"), 1, 64, 64, device.upload(a), device.upload(b), c);
    long[] found = device.longs(c, 384);
    for (int i = 0; i < 64; i++) {
      assertEquals(a[i] * b[i], found[6 * i]);
      assertEquals(b[i] == 0 ? 0 : a[i] / b[i], found[6 * i + 1]);
      assertEquals(b[i] == 0 ? 0 : a[i] % b[i], found[6 * i + 2]);
      assertEquals(Math.multiplyHigh(a[i], b[i]), found[6 * i + 3]);
      assertEquals(a[i] >>> b[i], found[6 * i + 4]);
      assertEquals(Math.min(a[i], b[i]), found[6 * i + 5]);
    }
  }

  @Test
  void blocksOnSeveralThreadsComputeTheSame() {
    float[] x = floats(20_000);
    var parallel = new Device(Machine.Options.strict().withThreads(3));
    Device.Pointer out = parallel.zeros(4);
    LaunchReport report =
        parallel.launch(kernel("block_sum"), 40, 64, x.length, parallel.upload(x), out);
    Device.Pointer alone = device.zeros(4);
    LaunchReport expected =
        device.launch(kernel("block_sum"), 40, 64, x.length, device.upload(x), alone);
    assertEquals(device.floats(alone, 1)[0], parallel.floats(out, 1)[0]);
    assertEquals(expected.byOpcode(), report.byOpcode());
  }

  @Test
  void coalescingIsCounted() {
    var profiled = new Device(Machine.Options.strict().withProfile(true));
    Device.Pointer x = profiled.zeros(4096);
    LaunchReport report =
        profiled.launch(kernel("vector_add"), 2, 128, 256, x, x, profiled.allocate(1024));
    for (LaunchReport.Line line : report.lines()) {
      if (line.accesses() > 0) {
        assertEquals(8, line.accesses());
        assertEquals(4, line.sectorsPerAccess(), line.text());
      }
    }
    assertEquals(3 * 8 * 4, report.sectors());
  }
}
