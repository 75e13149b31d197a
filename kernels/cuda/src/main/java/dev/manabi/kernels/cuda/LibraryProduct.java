package dev.manabi.kernels.cuda;

import dev.manabi.kernels.cuda.Products.Operand;
import dev.manabi.kernels.cuda.Products.Product;
import dev.manabi.kernels.cuda.library.Cublas;
import dev.manabi.tensor.DType;
import dev.manabi.tensor.Layout;
import dev.manabi.tensor.Shape;
import dev.manabi.tensor.Tensor;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A matrix product as cuBLAS can do it. It counts matrices column by column, so it is given {@code
 * c^T = b^T * a^T}: the rows of c are its columns.
 */
record LibraryProduct(Product product, boolean aTransposed, boolean bTransposed) {

  /** What the speed of a product depends on. */
  private record Key(
      DType dtype,
      int m,
      int n,
      int k,
      int count,
      boolean aTransposed,
      boolean bTransposed,
      Epilogue.Kind epilogue) {}

  /** {@code null} if strides, batch or epilogue are not of the kind that cuBLAS takes. */
  static @Nullable LibraryProduct of(Product p) {
    Operand a = p.a();
    Operand b = p.b();
    boolean dense =
        (p.columnStride() == 1 || b.lines() == 1)
            && (p.rowStride() >= b.lines() || a.lines() == 1)
            && isMatrix(a)
            && isMatrix(b)
            && a.steps() > 0
            && p.batch().rank() <= 1
            && p.epilogue().fitsAfter(p.c().dtype())
            && Stream.of(p.rowStride(), leading(a), leading(b)).allMatch(s -> s == s.intValue());
    return dense ? new LibraryProduct(p, !stepsAreNeighbours(a), stepsAreNeighbours(b)) : null;
  }

  private static boolean stepsAreNeighbours(Operand x) {
    return x.stepStride() == 1 || x.steps() == 1;
  }

  /** Whether one of the strides is 1 and the other long enough. */
  private static boolean isMatrix(Operand x) {
    if (stepsAreNeighbours(x)) {
      return x.lineStride() >= x.steps() || x.lines() == 1;
    }
    return (x.lineStride() == 1 || x.lines() == 1) && x.stepStride() >= x.lines();
  }

  Object key() {
    Product p = product;
    return new Key(
        p.c().dtype(),
        p.a().lines(),
        p.b().lines(),
        p.a().steps(),
        p.batch().count(),
        aTransposed,
        bTransposed,
        p.epilogue().kind());
  }

  void run(Gpu gpu, Cublas blas) {
    Product p = product;
    Tensor bias = p.bias();
    if (bias != null) {
      Shape shape = Shape.of(p.a().lines(), p.b().lines());
      long[] strides = {p.rowStride(), p.columnStride()};
      Layout c = Layout.of(shape, strides, p.c().layout().offset());
      Copies.copy(gpu, bias.withLayout(bias.layout().expand(shape)), p.c().withLayout(c));
    }
    blas.multiply(
        p.c().dtype(),
        p.b().lines(),
        p.a().lines(),
        p.a().steps(),
        operand(p.b(), bTransposed, 1),
        operand(p.a(), aTransposed, 0),
        new Cublas.Operand(
            p.c().address(), false, (int) Math.max(p.rowStride(), p.b().lines()), batchStride(2)),
        p.batch().count(),
        bias != null);
    p.epilogue().finish(gpu, p.c());
  }

  /** {@code tensor} numbers the tensors of the batch's walk: a, b, c. */
  private Cublas.Operand operand(Operand x, boolean transposed, int tensor) {
    return new Cublas.Operand(
        x.tensor().address(), transposed, (int) leading(x), batchStride(tensor));
  }

  private static long leading(Operand x) {
    return stepsAreNeighbours(x)
        ? Math.max(x.lineStride(), x.steps())
        : Math.max(x.stepStride(), x.lines());
  }

  private long batchStride(int tensor) {
    return product.batch().rank() == 0 ? 0 : product.batch().stride(tensor, 0);
  }
}
