package dev.manabi.kernels.cases;

import dev.manabi.kernels.reference.Elements;
import dev.manabi.kernels.reference.Walk;
import dev.manabi.tensor.DType;
import dev.manabi.tensor.Device;
import dev.manabi.tensor.Layout;
import dev.manabi.tensor.Shape;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.TensorSpec;
import dev.manabi.tensor.run.Interpreter;
import java.util.SplittableRandom;

/**
 * One input of an {@link OpCase}.
 *
 * @param shape its shape
 * @param dtype its element type
 * @param arrangement how it lies in memory
 * @param values what stands in it
 */
public record Input(Shape shape, DType dtype, Arrangement arrangement, Values values) {
  /** Normal f32 numbers, contiguous. */
  public static Input of(int... dims) {
    return new Input(Shape.of(dims), DType.F32, Arrangement.CONTIGUOUS, Values.NORMAL);
  }

  /** Indices {@code 0 .. bound - 1}, i64. */
  public static Input indices(int bound, int... dims) {
    return of(dims).with(DType.I64).with(Values.integers(0, bound));
  }

  public Input with(DType other) {
    return new Input(shape, other, arrangement, values);
  }

  public Input with(Arrangement other) {
    return new Input(shape, dtype, other, values);
  }

  public Input with(Values other) {
    return new Input(shape, dtype, arrangement, other);
  }

  /** How the tensor lies, and of which dtype it is. */
  public TensorSpec spec() {
    return new TensorSpec(arrangement.of(shape), dtype);
  }

  /**
   * Makes the tensor. Memory between and around its elements holds NaN (99 for integers), so that a
   * kernel which reads there betrays itself.
   */
  public Tensor tensor(SplittableRandom random) {
    Layout layout = spec().layout();
    long around = layout.extent()[1] + 2;
    Tensor memory =
        Interpreter.allocate(TensorSpec.of(Shape.of(Math.toIntExact(around)), dtype), Device.CPU);
    Elements elements = Elements.of(memory);
    for (long i = 0; i < around; i++) {
      elements.set(i, dtype.isFloating() ? Double.NaN : 99);
    }
    double[] numbers = values.generator().make(Math.toIntExact(shape.numel()), random);
    for (Walk w = Walk.over(layout); w.more(); w.next()) {
      elements.set(w.at(0), numbers[(int) w.number()]);
    }
    return memory.withLayout(layout);
  }

  @Override
  public String toString() {
    return dtype + " " + shape + " " + arrangement + ", " + values;
  }
}
