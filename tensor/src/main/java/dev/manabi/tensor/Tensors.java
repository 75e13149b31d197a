package dev.manabi.tensor;

import dev.manabi.tensor.error.ShapeException;
import dev.manabi.tensor.op.CreateOp;
import dev.manabi.tensor.op.CreateOp.Distribution;
import dev.manabi.tensor.op.ElementwiseOp;
import dev.manabi.tensor.op.IndexOp;
import dev.manabi.tensor.run.Interpreter;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes tensors. Without a dtype they are f32 on the CPU; {@code .to(dtype)} and {@code
 * .to(device)} turn them into others.
 */
public final class Tensors {
  private Tensors() {}

  /** Copies {@code values} into a tensor of these sizes; no sizes mean one dimension. */
  public static Tensor of(float[] values, int... sizes) {
    return fromArray(MemorySegment.ofArray(values), values.length, DType.F32, sizes);
  }

  public static Tensor of(double[] values, int... sizes) {
    return fromArray(MemorySegment.ofArray(values), values.length, DType.F64, sizes);
  }

  public static Tensor of(long[] values, int... sizes) {
    return fromArray(MemorySegment.ofArray(values), values.length, DType.I64, sizes);
  }

  public static Tensor of(int[] values, int... sizes) {
    return fromArray(MemorySegment.ofArray(values), values.length, DType.I32, sizes);
  }

  /** Bytes as u8. */
  public static Tensor of(byte[] values, int... sizes) {
    return fromArray(MemorySegment.ofArray(values), values.length, DType.U8, sizes);
  }

  public static Tensor of(boolean[] values, int... sizes) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (values[i] ? 1 : 0);
    }
    return fromArray(MemorySegment.ofArray(bytes), bytes.length, DType.BOOL, sizes);
  }

  /** A matrix from its rows. */
  public static Tensor of(float[][] rows) {
    int columns = rows.length == 0 ? 0 : rows[0].length;
    float[] flat = new float[rows.length * columns];
    for (int i = 0; i < rows.length; i++) {
      if (rows[i].length != columns) {
        throw new IllegalArgumentException(
            "of: row 0 has " + columns + " numbers, but row " + i + " has " + rows[i].length);
      }
      System.arraycopy(rows[i], 0, flat, i * columns, columns);
    }
    return of(flat, rows.length, columns);
  }

  private static Tensor fromArray(MemorySegment values, int length, DType dtype, int... sizes) {
    Shape shape = sizes.length == 0 ? Shape.of(length) : Shape.of(sizes);
    if (shape.numel() != length) {
      throw new IllegalArgumentException(
          "of: "
              + length
              + " values do not fill shape "
              + shape
              + "\n  fix: give "
              + shape.numel()
              + " values, or sizes that multiply to "
              + length);
    }
    Tensor t = Interpreter.allocate(TensorSpec.of(shape, dtype), Device.CPU);
    MemorySegment.copy(values, 0, t.storage().segment(), 0, (long) length * dtype.bytes());
    return t;
  }

  /** A rank-0 f32 tensor. */
  public static Tensor scalar(double value) {
    return full(value, DType.F32);
  }

  public static Tensor zeros(int... sizes) {
    return full(0, DType.F32, sizes);
  }

  public static Tensor zeros(DType dtype, int... sizes) {
    return full(0, dtype, sizes);
  }

  public static Tensor zerosLike(Tensor x) {
    return fullLike(x, 0);
  }

  public static Tensor ones(int... sizes) {
    return full(1, DType.F32, sizes);
  }

  public static Tensor ones(DType dtype, int... sizes) {
    return full(1, dtype, sizes);
  }

  public static Tensor onesLike(Tensor x) {
    return fullLike(x, 1);
  }

  public static Tensor full(double value, int... sizes) {
    return full(value, DType.F32, sizes);
  }

  public static Tensor full(double value, DType dtype, int... sizes) {
    return Interpreter.run(new CreateOp.Fill(Shape.of(sizes), dtype, value));
  }

  /** {@code value} in the shape, dtype and device of {@code x}. */
  public static Tensor fullLike(Tensor x, double value) {
    return Interpreter.runOn(x.device(), new CreateOp.Fill(x.shape(), x.dtype(), value))[0];
  }

  /** i64: {@code 0, 1, .., end - 1}. */
  public static Tensor arange(int end) {
    return Interpreter.run(new CreateOp.Range(0, 1, Math.max(0, end), DType.I64));
  }

  /** f32: {@code start, start + step, ..} up to but without {@code end}. */
  public static Tensor arange(double start, double end, double step) {
    if (step == 0 || !Double.isFinite((end - start) / step)) {
      throw new IllegalArgumentException(
          "arange: no steps of " + step + " lead from " + start + " to " + end);
    }
    int count = (int) Math.max(0, Math.ceil((end - start) / step));
    return Interpreter.run(new CreateOp.Range(start, step, count, DType.F32));
  }

  /** f32: {@code count} evenly spaced numbers from {@code start} to {@code end}, both included. */
  public static Tensor linspace(double start, double end, int count) {
    double step = count > 1 ? (end - start) / (count - 1) : 0;
    return Interpreter.run(new CreateOp.Range(start, step, count, DType.F32));
  }

  /** The identity matrix. */
  public static Tensor eye(int n) {
    Tensor i = arange(n);
    return i.unsqueeze(1).eq(i).to(DType.F32);
  }

  /** Restarts the random numbers of every device at {@code seed}. */
  public static void manualSeed(long seed) {
    Generator.seedAll(seed);
  }

  /** Uniform on [0, 1). */
  public static Tensor rand(int... sizes) {
    return random(Distribution.UNIFORM, DType.F32, 0, 1, sizes);
  }

  /** Standard normal. */
  public static Tensor randn(int... sizes) {
    return random(Distribution.NORMAL, DType.F32, 0, 1, sizes);
  }

  /** i64, uniform on {@code low .. high - 1}. */
  public static Tensor randint(long low, long high, int... sizes) {
    return random(Distribution.INTEGER, DType.I64, low, high, sizes);
  }

  private static Tensor random(Distribution d, DType dtype, double a, double b, int... sizes) {
    return Interpreter.run(
        new CreateOp.Random(Shape.of(sizes), dtype, d, a, b, Generator.of(Device.CPU).nextKey()));
  }

  /** i64: the numbers {@code 0 .. n - 1} in random order. */
  public static Tensor randperm(int n) {
    return random(Distribution.UNIFORM, DType.F64, 0, 1, n).argsort(0, false);
  }

  /** 1 with the probability each element of {@code p} names, else 0; the dtype of {@code p}. */
  public static Tensor bernoulli(Tensor p) {
    Tensor u = random(Distribution.UNIFORM, DType.F32, 0, 1, p.shape().toArray());
    return u.lt(p.detach()).to(p.dtype());
  }

  /** The tensors one after another along {@code axis}. */
  public static Tensor cat(List<Tensor> tensors, int axis) {
    requireSome("cat", tensors);
    DType type = tensors.stream().map(Tensor::dtype).reduce(DType::promote).orElseThrow();
    Tensor[] parts = tensors.stream().map(t -> t.to(type)).toArray(Tensor[]::new);
    return Interpreter.run(new IndexOp.Cat(parts[0].shape().axis(axis)), parts);
  }

  /** The tensors one after another along a new dimension {@code axis}. */
  public static Tensor stack(List<Tensor> tensors, int axis) {
    requireSome("stack", tensors);
    Tensor first = tensors.getFirst();
    List<Tensor> parts = new ArrayList<>();
    for (Tensor t : tensors) {
      if (!t.shape().equals(first.shape())) {
        throw ShapeException.of("stack", "all tensors must have one shape")
            .operand("tensors[0]", first.spec())
            .operand("tensors[" + parts.size() + "]", t.spec())
            .fix("reshape or pad them to " + first.shape());
      }
      parts.add(t.unsqueeze(axis));
    }
    return cat(parts, axis);
  }

  private static void requireSome(String op, List<Tensor> tensors) {
    if (tensors.isEmpty()) {
      throw new IllegalArgumentException(op + ": no tensors given\n  fix: give at least one");
    }
  }

  /** {@code condition ? a : b} for every element, broadcast. */
  public static Tensor where(Tensor condition, Tensor a, Tensor b) {
    DType type = Promotion.common(a, b);
    return Interpreter.run(new ElementwiseOp.Where(), condition, a.to(type), b.to(type));
  }

  /**
   * Einstein summation, such as {@code einsum("bij,bjk->bik", a, b)}. In a term, {@code ...} stands
   * for the dimensions without a letter, which are broadcast: {@code einsum("...ij,...jk->...ik",
   * a, b)}. An output without it sums over them; an output that is not given begins with it.
   *
   * @throws IllegalArgumentException if the equation does not fit the operands
   */
  public static Tensor einsum(String equation, Tensor... operands) {
    return Einsum.evaluate(equation, operands);
  }
}
