package dev.manabi.kernels.cpu;

import static dev.manabi.kernels.cpu.Simd.BYTES;
import static java.lang.constant.ConstantDescs.CD_int;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.foreign.Arena;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntConsumer;

/**
 * Writes the {@link DepthwiseKernel}s. As in {@link Tiles}, every sum has a local variable; the
 * distances of pixels are parameters, so that one kernel serves any number of channels.
 * Neighbouring outputs read the same pixels, so each vector of a row of pixels is loaded once and
 * meets all taps that want it. In Java, two outputs of one vector of channels, of a kernel of width
 * 2, would read:
 *
 * <pre>{@code
 * for (int p = 0; p < outputs; p += 2) {
 *   int first = min(p, outputs - 2); // the last tile begins early rather than end late
 *   long at = x + first * xStep, tap = weights;
 *   FloatVector s0 = load(start), s1 = s0;
 *   for (int i = rows; i > 0; i--) {
 *     FloatVector w0 = load(tap), v = load(at);
 *     s0 = v.fma(w0, s0);
 *     FloatVector w1 = load(tap + BYTES);
 *     v = load(at + xStep);
 *     s0 = v.fma(w1, s0); s1 = v.fma(w0, s1);
 *     v = load(at + 2 * xStep);
 *     s1 = v.fma(w1, s1);
 *     at += xDown; tap += wDown;
 *   }
 *   store(s0, y + first * yStep); store(s1, ...);
 * }
 * }</pre>
 *
 * @param width taps of a row of the kernel
 * @param stride pixels from window to window
 * @param dilation pixels from tap to tap
 */
record DepthwiseKernels(int width, int stride, int dilation) {
  /** Most outputs of a tile: their sums, and as many weights, stay in registers. */
  private static final int TILE = 7;

  /** Most multiplications in a tile's row, lest the method grow too large for the JIT. */
  private static final int PRODUCTS = 96;

  /** Most gradients that are summed in registers. */
  private static final int GRADIENTS = 10;

  /** A kernel: it has {@code rows} rows of gradients, or as many outputs in a tile. */
  private record Key(DepthwiseKernels shape, boolean gradient, int size) {}

  private static final ConcurrentHashMap<Key, DepthwiseKernel> MADE = new ConcurrentHashMap<>();

  /** The bits of a distance between pixels: with so few the JIT knows that no sum overflows. */
  private static final long NEAR = (1L << 40) - 1;

  // Local variables: this, then the parameters of DepthwiseKernel.run, then our own.
  private static final int X = 1;
  private static final int X_STEP = 3;
  private static final int X_DOWN = 5;
  private static final int START = 7;
  private static final int WEIGHTS = 9;
  private static final int W_DOWN = 11;
  private static final int W_VECTOR = 13;
  private static final int Y = 15;
  private static final int Y_STEP = 17;
  private static final int ROWS = 19;
  private static final int OUTPUTS = 20;
  private static final int CHANNELS = 21;
  private static final int P = 22;
  private static final int FIRST = 23;
  private static final int LEFT = 24;
  private static final int ROW = 25;
  private static final int FROM = 26;
  private static final int TAPS = 28;
  private static final int BEGIN = 30;
  private static final int TO = 32;
  private static final int AT = 34;
  private static final int TAP = 36;
  private static final int PIXEL = 38;
  private static final int V = 40;
  private static final int VECTORS = 41;

  /** The kernel that computes rows of so many outputs. */
  DepthwiseKernel sums(int outputs) {
    int most = Math.clamp(PRODUCTS / Math.max(1, width), 1, TILE);
    int tile = Math.ceilDiv(outputs, Math.ceilDiv(outputs, most));
    return MADE.computeIfAbsent(new Key(this, false, tile), DepthwiseKernels::make);
  }

  /** Rows of a kernel of so many whose gradients are summed together. */
  int rowsTogether(int rows) {
    return Math.clamp(GRADIENTS / Math.max(1, width), 1, Math.max(1, rows));
  }

  /** The kernel that sums the gradients of so many rows of weights. */
  DepthwiseKernel gradients(int rows) {
    return MADE.computeIfAbsent(new Key(this, true, rows), DepthwiseKernels::make);
  }

  private static DepthwiseKernel make(Key key) {
    DepthwiseKernels shape = key.shape;
    String name =
        (key.gradient ? "DepthwiseGradient" : "DepthwiseSums")
            + (key.size + "x" + shape.width + "_" + shape.stride + "_" + shape.dilation);
    DepthwiseKernel kernel =
        VectorCode.define(
            DepthwiseKernel.class,
            name,
            code -> {
              if (key.gradient) {
                shape.gradients(code, key.size);
              } else {
                shape.sums(code, key.size);
              }
            });
    int rows = key.gradient ? key.size : 1;
    int outputs = key.gradient ? 1 : key.size;
    int pixels = outputs * shape.stride + shape.width * shape.dilation;
    try (Arena arena = Arena.ofConfined()) {
      long x = arena.allocate((long) pixels * BYTES, 64).address();
      long weights = arena.allocate((1L + rows * shape.width) * BYTES, 64).address();
      long y = arena.allocate((long) outputs * BYTES, 64).address();
      Rehearsal.of(
          () -> kernel.run(x, BYTES, 0, weights, weights, 0, 0, y, BYTES, rows, outputs, 1),
          () -> kernel.run(x, BYTES, 0, weights, weights, 0, 0, y, BYTES, rows, 0, 1));
    }
    return kernel;
  }

  private void sums(CodeBuilder code, int tile) {
    VectorCode vectors = new VectorCode(code);
    vectors.returnUnless(OUTPUTS);
    near(code, X_STEP);
    near(code, Y_STEP);
    Label nextTile = code.newLabel();
    Label done = code.newLabel();
    code.iconst_0().istore(P).labelBinding(nextTile).iload(P).iload(OUTPUTS).if_icmpge(done);
    code.iload(P).iload(OUTPUTS).loadConstant(tile).isub();
    MethodTypeDesc ofTwo = MethodTypeDesc.of(CD_int, CD_int, CD_int);
    code.invokestatic(ClassDesc.of("java.lang.Math"), "min", ofTwo).istore(FIRST);
    code.iload(FIRST).i2l().loadConstant((long) stride).lmul();
    code.lload(X_STEP).lmul().lload(X).ladd().lstore(FROM);
    code.iload(FIRST).i2l().lload(Y_STEP).lmul().lload(Y).ladd().lstore(TO);
    code.lload(START).lstore(BEGIN).lload(WEIGHTS).lstore(TAPS);
    Label nextVector = code.newLabel();
    code.iload(CHANNELS).istore(LEFT).labelBinding(nextVector);
    vector(code, vectors, tile);
    vectors.moveBy(FROM, FROM, BYTES);
    vectors.moveBy(TO, TO, BYTES);
    vectors.move(BEGIN, BEGIN, W_VECTOR);
    vectors.move(TAPS, TAPS, W_VECTOR);
    code.iinc(LEFT, -1).iload(LEFT).ifgt(nextVector);
    code.iinc(P, tile).goto_(nextTile).labelBinding(done).return_();
  }

  /** A tile of outputs of one vector of channels. */
  private void vector(CodeBuilder code, VectorCode vectors, int tile) {
    int sums = VECTORS + width;
    vectors.moveBy(BEGIN, BEGIN, 0);
    for (int p = 0; p < tile; p++) {
      vectors.load(sums + p, BEGIN, 0);
    }
    vectors.moveBy(AT, FROM, 0);
    vectors.moveBy(TAP, TAPS, 0);
    Label down = code.newLabel();
    Label summed = code.newLabel();
    code.iload(ROWS).istore(ROW).labelBinding(down).iload(ROW).ifle(summed);
    row(code, vectors, tile, sums);
    vectors.move(AT, AT, X_DOWN);
    vectors.move(TAP, TAP, W_DOWN);
    code.iinc(ROW, -1).goto_(down).labelBinding(summed);
    vectors.moveBy(PIXEL, TO, 0);
    for (int p = 0; p < tile; p++) {
      vectors.store(sums + p, PIXEL, 0);
      add(code, PIXEL, Y_STEP);
    }
  }

  /** A row of the kernel: pixel by pixel, and each with all taps that meet it. */
  private void row(CodeBuilder code, VectorCode vectors, int tile, int sums) {
    int span = (tile - 1) * stride + (width - 1) * dilation;
    code.lload(AT).lstore(PIXEL);
    for (int pixel = 0; pixel <= span; pixel++) {
      boolean loaded = false;
      for (int p = 0; p < tile; p++) {
        int away = pixel - p * stride;
        int tap = Math.floorDiv(away, dilation);
        if (away % dilation != 0 || tap < 0 || tap >= width) {
          continue;
        }
        if (!loaded) {
          vectors.load(V, PIXEL, 0);
          loaded = true;
        }
        if (p == 0) {
          vectors.load(VECTORS + tap, TAP, (long) tap * BYTES);
        }
        vectors.fma(V, VECTORS + tap, sums + p);
      }
      add(code, PIXEL, X_STEP);
    }
  }

  private void gradients(CodeBuilder code, int rows) {
    VectorCode vectors = new VectorCode(code);
    vectors.returnUnless(OUTPUTS);
    near(code, X_STEP);
    int pointers = VECTORS + rows * width;
    int gradient = pointers + 2 * rows;
    vectors.moveBy(TAP, WEIGHTS, 0);
    eachRow(vectors, rows, tap -> vectors.load(VECTORS + tap, TAP, (long) tap % width * BYTES));
    vectors.moveBy(pointers, X, 0);
    for (int r = 1; r < rows; r++) {
      vectors.move(pointers + 2 * r, pointers + 2 * r - 2, X_DOWN);
    }
    code.lload(X_STEP).loadConstant((long) stride).lmul().lstore(AT);
    vectors.moveBy(Y, Y, 0);
    Label top = code.newLabel();
    Label done = code.newLabel();
    code.iconst_0().istore(P).labelBinding(top).iload(P).iload(OUTPUTS).if_icmpge(done);
    vectors.load(gradient, Y, 0);
    for (int r = 0; r < rows; r++) {
      int pointer = pointers + 2 * r;
      code.lload(pointer).lstore(PIXEL);
      for (int j = 0; j < width; j++) {
        vectors.load(V, PIXEL, 0);
        vectors.fma(V, gradient, VECTORS + r * width + j);
        for (int d = 0; d < dilation; d++) {
          add(code, PIXEL, X_STEP);
        }
      }
      vectors.move(pointer, pointer, AT);
    }
    vectors.move(Y, Y, Y_STEP);
    code.iinc(P, 1).goto_(top).labelBinding(done);
    vectors.moveBy(TAP, WEIGHTS, 0);
    eachRow(vectors, rows, tap -> vectors.store(VECTORS + tap, TAP, (long) tap % width * BYTES));
    code.return_();
  }

  /** Does something with every tap, while {@code TAP} is at the first of its row. */
  private void eachRow(VectorCode vectors, int rows, IntConsumer tap) {
    for (int r = 0; r < rows; r++) {
      for (int j = 0; j < width; j++) {
        tap.accept(r * width + j);
      }
      vectors.move(TAP, TAP, W_DOWN);
    }
  }

  private static void near(CodeBuilder code, int distance) {
    code.lload(distance).loadConstant(NEAR).land().lstore(distance);
  }

  private static void add(CodeBuilder code, int address, int distance) {
    code.lload(address).lload(distance).ladd().lstore(address);
  }
}
