package dev.manabi.kernels.cuda;

import dev.manabi.kernels.cuda.driver.Grid;
import dev.manabi.kernels.cuda.library.Cublas;
import dev.manabi.tensor.DType;
import dev.manabi.tensor.Layout;
import dev.manabi.tensor.Shape;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.op.LinalgOp;
import org.jspecify.annotations.Nullable;

/** Matrix products: a block for each tile of the result. */
final class Products {
  private Products() {}

  static void run(Gpu gpu, LinalgOp op, Tensor[] in, Tensor y) {
    run(gpu, op, in, y, Grid.MOST_YZ);
  }

  /** In parts that each take at most so many blocks in either direction that a grid limits. */
  static void run(Gpu gpu, LinalgOp op, Tensor[] in, Tensor y, int most) {
    int last = y.rank() - 1;
    long columns = (long) Tile.SMALL.side() * most;
    if (y.size(last) > columns) {
      inParts(gpu, op, in, y, most, last, (int) columns);
      return;
    }
    switch (op) {
      case LinalgOp.MatMul() -> {
        int longest = 0;
        long count = 1;
        for (int axis = 0; axis < last - 1; axis++) {
          longest = y.size(axis) > y.size(longest) ? axis : longest;
          count *= y.size(axis);
        }
        if (count > most) {
          long others = count / y.size(longest);
          inParts(gpu, op, in, y, most, longest, (int) Math.max(1, most / others));
        } else {
          matMul(gpu, in[0], in[1], y);
        }
      }
      case LinalgOp.Linear(boolean relu) -> {
        Tensor bias = in.length > 2 ? in[2] : null;
        linear(gpu, in[0], in[1], bias, Epilogue.of(in, relu), y);
      }
    }
  }

  private static void inParts(
      Gpu gpu, LinalgOp op, Tensor[] in, Tensor y, int most, int axis, int each) {
    for (int from = 0; from < y.size(axis); from += each) {
      int count = Math.min(each, y.size(axis) - from);
      Tensor[] part = new Tensor[in.length];
      for (int i = 0; i < in.length; i++) {
        int own = axisOf(op, i, in[i], y, axis);
        part[i] = own < 0 ? in[i] : Axes.part(in[i], own, from, count);
      }
      run(gpu, op, part, Axes.part(y, axis, from, count), most);
    }
  }

  /** The axis of input {@code i} that {@code axis} of {@code y} comes from; negative if none. */
  private static int axisOf(LinalgOp op, int i, Tensor x, Tensor y, int axis) {
    boolean columns = axis == y.rank() - 1;
    return switch (op) {
      case LinalgOp.MatMul() -> {
        int own = axis - y.rank() + x.rank();
        boolean none = columns ? i == 0 : own >= 0 && x.size(own) == 1;
        yield none ? -1 : own;
      }
      // x, weight, bias and residual; only columns are ever too many.
      case LinalgOp.Linear _ -> i == 0 ? -1 : i == 3 ? axis : 0;
    };
  }

  /** Two axes of a tensor: {@code lines} of {@code steps} elements that a product sums along. */
  record Operand(Tensor tensor, int lines, int steps, long lineStride, long stepStride) {
    /** Whether neighbouring lines, rather than steps, are neighbours in memory. */
    boolean across() {
      return Math.abs(lineStride) < Math.abs(stepStride) && lines > 1;
    }

    /** Whether it consists of aligned chunks of so many neighbours. */
    boolean isWide(int chunk) {
      boolean across = across();
      return (across ? lineStride : stepStride) == 1
          && (across ? stepStride : lineStride) % chunk == 0
          && (across ? lines : steps) % chunk == 0
          && Tile.isAligned(tensor);
    }
  }

  /** {@code c = a * b}, with {@code bias} for each column, and an epilogue. */
  record Product(
      Operand a,
      Operand b,
      Tensor c,
      long rowStride,
      long columnStride,
      Walk batch,
      @Nullable Tensor bias,
      Epilogue epilogue) {
    /** Whether operands can be brought in chunks; for f32 the result is written so as well. */
    boolean isWide() {
      int chunk = Tile.chunk(c.dtype());
      boolean wide = a.isWide(chunk) && b.isWide(chunk);
      int tensors = 2;
      if (c.dtype() == DType.F32) {
        wide &= columnStride == 1 && rowStride % chunk == 0 && b.lines() % chunk == 0;
        wide &= Tile.isAligned(c);
        tensors = 3;
      }
      for (int axis = 0; axis < batch.rank(); axis++) {
        for (int tensor = 0; tensor < tensors; tensor++) {
          wide &= batch.stride(tensor, axis) % chunk == 0;
        }
      }
      return wide;
    }
  }

  private static void matMul(Gpu gpu, Tensor a, Tensor b, Tensor c) {
    int rank = c.rank();
    Layout batch = Axes.first(c.layout(), rank - 2);
    Walk matrices =
        Walk.inOrder(
            batch.shape(),
            Axes.first(a.layout(), a.rank() - 2),
            Axes.first(b.layout(), b.rank() - 2),
            batch);
    Operand rows =
        new Operand(a, a.shape().dim(-2), a.shape().dim(-1), stride(a, -2), stride(a, -1));
    Operand columns =
        new Operand(b, b.shape().dim(-1), b.shape().dim(-2), stride(b, -1), stride(b, -2));
    product(gpu, rows, columns, c, stride(c, -2), stride(c, -1), matrices, null, Epilogue.NONE);
  }

  private static long stride(Tensor t, int axis) {
    return t.layout().stride(axis);
  }

  /** All leading axes of x are rows of one matrix, if they lie so; else x is copied first. */
  private static void linear(
      Gpu gpu, Tensor x, Tensor weight, @Nullable Tensor bias, Epilogue epilogue, Tensor y) {
    int k = weight.shape().dim(1);
    int n = weight.shape().dim(0);
    Operand columns = new Operand(weight, n, k, stride(weight, 0), stride(weight, 1));
    Walk leading =
        Walk.inOrder(
            Axes.first(y.layout(), y.rank() - 1).shape(),
            Axes.first(x.layout(), x.rank() - 1),
            Axes.first(y.layout(), y.rank() - 1));
    if (leading.rank() > 1) {
      try (Scratch dense = Scratch.of(gpu, x.dtype(), Layout.contiguous(x.shape()))) {
        Copies.copy(gpu, x, dense.tensor());
        try (Scratch result = Scratch.of(gpu, y.dtype(), Layout.contiguous(y.shape()))) {
          linear(gpu, dense.tensor(), weight, bias, epilogue, result.tensor());
          Copies.copy(gpu, result.tensor(), y);
        }
      }
      return;
    }
    boolean one = leading.rank() == 0;
    Operand rows =
        new Operand(x, leading.count(), k, one ? 0 : leading.stride(0, 0), stride(x, -1));
    long rowStride = one ? 0 : leading.stride(1, 0);
    Layout single = Layout.contiguous(Shape.of());
    Walk matrices = Walk.inOrder(single.shape(), single, single, single);
    product(gpu, rows, columns, y, rowStride, stride(y, -1), matrices, bias, epilogue);
  }

  private static void product(
      Gpu gpu,
      Operand a,
      Operand b,
      Tensor c,
      long rowStride,
      long columnStride,
      Walk batch,
      @Nullable Tensor bias,
      Epilogue epilogue) {
    if (a.lines() == 0 || b.lines() == 0 || batch.count() == 0) {
      return;
    }
    Product problem = new Product(a, b, c, rowStride, columnStride, batch, bias, epilogue);
    Cublas blas = c.dtype().isFloating() ? gpu.libraries().blas() : null;
    LibraryProduct library = blas == null ? null : LibraryProduct.of(problem);
    if (blas == null || library == null) {
      byHand(gpu, problem);
    } else {
      gpu.libraries()
          .choice()
          .run(library.key(), () -> byHand(gpu, problem), () -> library.run(gpu, blas));
    }
  }

  private static void byHand(Gpu gpu, Product p) {
    p.epilogue().with(gpu, p.c(), epilogue -> byHand(gpu, p, epilogue));
  }

  private static void byHand(Gpu gpu, Product p, Epilogue epilogue) {
    int m = p.a().lines();
    int n = p.b().lines();
    DType dtype = p.c().dtype();
    int count = p.batch().count();
    int multiprocessors = gpu.context().info().multiprocessors();
    boolean wide = Tile.canBeWide(gpu, dtype) && p.isWide();
    Tile tile = wide || dtype == DType.F32 ? Tile.of(m, n, count, multiprocessors) : Tile.SMALL;
    Grid once = tile.grid(gpu, dtype, wide, m, n, count);
    String family = wide ? "gemm_wide" : "gemm";
    String kernel = family + "_" + tile.side() + "_" + lying(p.a()) + lying(p.b());
    Call call = gpu.callOnTensorCores(family, dtype, kernel);
    long blocks = (long) once.x() * once.y() * count;
    int steps = p.a().steps();
    Split split =
        Split.enough(blocks, multiprocessors)
            ? Split.whole(steps)
            : Split.of(steps, blocks, call.blocksAtOnce(once));
    if (split.parts() == 1) {
      multiply(call, p, split, 0, epilogue).grid(once);
      return;
    }
    long bytes = (long) split.parts() * count * m * n * Axes.arithmetic(dtype).bytes();
    gpu.withScratch(
        bytes,
        parts -> {
          multiply(call, p, split, parts, epilogue)
              .grid(tile.grid(gpu, dtype, wide, m, n, count * split.parts()));
          Call sum = gpu.callOnTensorCores("gemm", dtype, "gemm_sum");
          strides(sum.i32(m).i32(n).i32(split.parts()).walk(p.batch()), p)
              .address(parts)
              .tensor(p.c())
              .address(p.bias() == null ? 0 : p.bias().address());
          epilogue.on(sum).each((long) count * m * n);
        });
  }

  private static String lying(Operand x) {
    return x.across() ? "a" : "s";
  }

  /** The parameters of a product whose sums go to {@code parts}, or to the result if that is 0. */
  private static Call multiply(Call call, Product p, Split split, long parts, Epilogue epilogue) {
    call.i32(p.a().lines()).i32(p.b().lines()).i32(p.a().steps()).i32(split.steps());
    strides(call.walk(p.batch()), p)
        .tensor(p.a().tensor())
        .tensor(p.b().tensor())
        .tensor(p.c())
        .address(p.bias() == null || parts != 0 ? 0 : p.bias().address())
        .address(parts);
    return epilogue.on(call);
  }

  /** {@code Strides} of {@code gemm.cuh}. */
  private static Call strides(Call call, Product p) {
    return call.i64(p.a().lineStride())
        .i64(p.a().stepStride())
        .i64(p.b().lineStride())
        .i64(p.b().stepStride())
        .i64(p.rowStride())
        .i64(p.columnStride())
        .i64(p.bias() == null ? 0 : p.bias().layout().stride(0));
  }
}
