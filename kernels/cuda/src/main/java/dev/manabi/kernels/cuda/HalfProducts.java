package dev.manabi.kernels.cuda;

import dev.manabi.kernels.cuda.Products.Operand;
import dev.manabi.kernels.cuda.Products.Product;
import dev.manabi.kernels.cuda.driver.Grid;
import dev.manabi.tensor.DType;
import dev.manabi.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** Products of f16 and bf16 whose rows are 16-byte aligned: {@code hgemm.cu}. */
final class HalfProducts {
  private static final int SIDE = 128;
  private static final int STEPS = 32;
  private static final int STAGES = 4;
  private static final int PAD = 8;
  private static final int THREADS = 256;
  private static final int ELEMENT = 2;

  /** How many elements are 16 bytes. */
  private static final int CHUNK = 8;

  /** Below, a tile would be mostly empty. */
  private static final int MIN_SIDE = 16;

  private HalfProducts() {}

  /** Whether the device has tensor cores and everything is aligned. */
  static boolean fit(Gpu gpu, Product p) {
    DType dtype = p.c().dtype();
    Operand a = p.a();
    Operand b = p.b();
    return (dtype == DType.F16 || dtype == DType.BF16)
        && gpu.hasTensorCores()
        && a.lines() >= MIN_SIDE
        && b.lines() >= MIN_SIDE
        && a.steps() % CHUNK == 0
        && a.steps() > 0
        && a.stepStride() == 1
        && a.lineStride() % CHUNK == 0
        && p.columnStride() == 1
        && (isTransposed(b) || isStraight(b))
        && isAligned(a.tensor(), p, 0)
        && isAligned(b.tensor(), p, 1);
  }

  /** Steps are neighbours, as in the weight of a layer. */
  private static boolean isTransposed(Operand b) {
    return b.stepStride() == 1 && b.lineStride() % CHUNK == 0;
  }

  /** Columns are neighbours, as in a plain matrix. */
  private static boolean isStraight(Operand b) {
    return b.lineStride() == 1 && b.stepStride() % CHUNK == 0 && b.lines() % CHUNK == 0;
  }

  private static boolean isAligned(Tensor t, Product p, int tensor) {
    for (int axis = 0; axis < p.batch().rank(); axis++) {
      if (p.batch().stride(tensor, axis) % CHUNK != 0) {
        return false;
      }
    }
    return t.address() % (CHUNK * ELEMENT) == 0;
  }

  static void run(Gpu gpu, Product p) {
    Operand a = p.a();
    Operand b = p.b();
    boolean transposed = isTransposed(b);
    @Nullable Tensor bias = p.bias();
    int tile = SIDE * (STEPS + PAD) + (transposed ? SIDE * (STEPS + PAD) : STEPS * (SIDE + PAD));
    gpu.callOnTensorCores("hgemm", p.c().dtype(), transposed ? "hgemm_nt" : "hgemm_nn")
        .i32(a.lines())
        .i32(b.lines())
        .i32(a.steps())
        .walk(p.batch())
        .tensor(a.tensor())
        .i64(a.lineStride())
        .tensor(b.tensor())
        .i64(transposed ? b.lineStride() : b.stepStride())
        .tensor(p.c())
        .i64(p.rowStride())
        .address(bias == null ? 0 : bias.address())
        .i64(bias == null ? 0 : bias.layout().stride(0))
        .grid(
            Grid.of(
                    Math.ceilDiv(a.lines(), SIDE),
                    Math.ceilDiv(b.lines(), SIDE),
                    p.batch().count(),
                    THREADS)
                .withShared(STAGES * tile * ELEMENT));
  }
}
