package dev.manabi.kernels.ptx;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** Kernels with the instructions of tensor cores ({@code tensor.cu}) compute what their C says. */
class TensorCoreTest {
  private static final PtxModule MODULE = PtxModule.parse(Device.text("tensor.ptx"));

  private final Device device = new Device();
  private final Random random = new Random(3);

  /** Small multiples of a quarter, which every format holds. */
  private float[] quarters(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = random.nextInt(-8, 9) / 4f;
    }
    return values;
  }

  private static short bf16(float value) {
    return (short) (Float.floatToRawIntBits(value) >>> 16);
  }

  private static float product(
      float[] a, float[] b, int i, int j, int k, int rowStep, int columnStep) {
    float sum = 0;
    for (int l = 0; l < k; l++) {
      sum += a[i * k + l] * b[l * rowStep + j * columnStep];
    }
    return sum;
  }

  @Test
  void productThroughAsynchronousCopies() {
    int m = 64;
    int n = 96;
    int k = 80;
    float[] a = quarters(m * k);
    float[] b = quarters(k * n);
    short[] a16 = new short[a.length];
    short[] b16 = new short[b.length];
    for (int i = 0; i < a.length; i++) {
      a16[i] = bf16(a[i]);
    }
    for (int i = 0; i < b.length; i++) {
      b16[i] = bf16(b[i]);
    }
    Device.Pointer c = device.allocate(4 * m * n);
    device.launch(
        MODULE.kernel("gemm_bf16"),
        Dim3.of(n / 32, m / 32),
        Dim3.of(128),
        0,
        m,
        n,
        k,
        device.upload(a16),
        device.upload(b16),
        c);
    float[] found = device.floats(c, m * n);
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        assertEquals(product(a, b, i, j, k, n, 1), found[i * n + j], i + ", " + j);
      }
    }
  }

  @Test
  void productOfHalves() {
    float[] a = quarters(16 * 8);
    float[] b = quarters(8 * 8);
    short[] a16 = new short[128];
    short[] b16 = new short[64];
    for (int i = 0; i < 128; i++) {
      a16[i] = Float.floatToFloat16(a[i]);
    }
    for (int i = 0; i < 64; i++) {
      b16[i] = Float.floatToFloat16(b[i]);
    }
    Device.Pointer d = device.allocate(256);
    device.launch(MODULE.kernel("mma_f16"), 1, 32, device.upload(a16), device.upload(b16), d);
    short[] found = device.shorts(d, 128);
    for (int i = 0; i < 16; i++) {
      for (int j = 0; j < 8; j++) {
        assertEquals(product(a, b, i, j, 8, 1, 8), Float.float16ToFloat(found[i * 8 + j]));
      }
    }
  }

  @Test
  void productOfTf32() {
    float[] a = quarters(16 * 8);
    float[] b = quarters(8 * 8);
    // Of what tf32 has no place for, half is rounded away from zero.
    a[0] = 1 + 0x1p-11f;
    float[] rounded = a.clone();
    rounded[0] = 1 + 0x1p-10f;
    Device.Pointer d = device.allocate(512);
    device.launch(MODULE.kernel("mma_tf32"), 1, 32, device.upload(a), device.upload(b), d);
    float[] found = device.floats(d, 128);
    for (int i = 0; i < 16; i++) {
      for (int j = 0; j < 8; j++) {
        assertEquals(product(rounded, b, i, j, 8, 8, 1), found[i * 8 + j]);
      }
    }
  }

  @Test
  void packedBf16() {
    short[] x = new short[200];
    short[] y = new short[200];
    for (int i = 0; i < 200; i++) {
      x[i] = bf16(random.nextFloat() - 0.5f);
      y[i] = bf16(random.nextFloat() - 0.5f);
    }
    Device.Pointer z = device.allocate(400);
    device.launch(
        MODULE.kernel("bf16_add_relu"), 2, 64, 100, device.upload(x), device.upload(y), z);
    short[] found = device.shorts(z, 200);
    for (int i = 0; i < 200; i++) {
      float sum = Float.intBitsToFloat(x[i] << 16) + Float.intBitsToFloat(y[i] << 16);
      int bits = Float.floatToRawIntBits(Math.max(sum, 0));
      assertEquals((short) ((bits + 0x7fff + (bits >>> 16 & 1)) >>> 16), found[i]);
    }
  }

  @Test
  void reductionsOfAWarp() {
    int[] x = new int[32];
    int sum = 0;
    int min = Integer.MAX_VALUE;
    int max = 0;
    int xor = 0;
    for (int i = 0; i < 32; i++) {
      x[i] = random.nextInt();
      sum += x[i];
      min = Math.min(min, x[i]);
      max = Integer.compareUnsigned(x[i], max) > 0 ? x[i] : max;
      xor ^= x[i];
    }
    Device.Pointer out = device.allocate(512);
    device.launch(MODULE.kernel("reductions"), 1, 32, device.upload(x), out);
    int[] found = device.ints(out, 128);
    for (int i = 0; i < 32; i++) {
      assertEquals(sum, found[4 * i]);
      assertEquals(min, found[4 * i + 1]);
      assertEquals(max, found[4 * i + 2]);
      assertEquals(xor, found[4 * i + 3]);
    }
  }
}
