package dev.manabi.tensor;

import dev.manabi.tensor.run.Interpreter;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Reference;

/** Values out of a tensor, into Java. Arrays are in row-major order, whatever the strides. */
public sealed interface TensorData permits Tensor {
  /** This object, as the tensor it is. */
  Tensor self();

  /**
   * The value of a one-element tensor.
   *
   * @throws IllegalStateException if there are more elements, or none
   */
  default double item() {
    Tensor x = self();
    if (x.numel() != 1) {
      throw new IllegalStateException(
          "item: "
              + x.spec()
              + " has "
              + x.numel()
              + " elements, not one\n  fix: pick one with"
              + " get(..), or reduce with sum() or mean()");
    }
    return toDoubleArray()[0];
  }

  /** All elements as float. */
  default float[] toFloatArray() {
    return (float[]) toArray(DType.F32, new float[count()]);
  }

  /** All elements as double. */
  default double[] toDoubleArray() {
    return (double[]) toArray(DType.F64, new double[count()]);
  }

  /** All elements as long; fractions are cut off. */
  default long[] toLongArray() {
    return (long[]) toArray(DType.I64, new long[count()]);
  }

  /** All elements as int; fractions are cut off. */
  default int[] toIntArray() {
    return (int[]) toArray(DType.I32, new int[count()]);
  }

  /** All elements as boolean: {@code != 0}. */
  default boolean[] toBooleanArray() {
    byte[] bytes = (byte[]) toArray(DType.BOOL, new byte[count()]);
    boolean[] values = new boolean[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      values[i] = bytes[i] != 0;
    }
    return values;
  }

  private int count() {
    return Math.toIntExact(self().numel());
  }

  private Object toArray(DType dtype, Object array) {
    Tensor x = self().detach().to(Device.CPU).to(dtype).contiguous();
    MemorySegment from = x.contents();
    long at = x.layout().offset() * dtype.bytes();
    int n = count();
    switch (array) {
      case float[] a -> MemorySegment.copy(from, ValueLayout.JAVA_FLOAT, at, a, 0, n);
      case double[] a -> MemorySegment.copy(from, ValueLayout.JAVA_DOUBLE, at, a, 0, n);
      case long[] a -> MemorySegment.copy(from, ValueLayout.JAVA_LONG, at, a, 0, n);
      case int[] a -> MemorySegment.copy(from, ValueLayout.JAVA_INT, at, a, 0, n);
      case byte[] a -> MemorySegment.copy(from, ValueLayout.JAVA_BYTE, at, a, 0, n);
      case Object other -> throw new AssertionError(other);
    }
    Reference.reachabilityFence(x);
    return array;
  }

  /** This tensor on {@code device}; itself if it is there. Gradients flow back to where it was. */
  default Tensor to(Device device) {
    Tensor x = self();
    return x.device().equals(device) ? x : Interpreter.run(new Transfer(device), x);
  }

  /** True if both have the same shape and dtype and equal elements. */
  default boolean contentEquals(Tensor other) {
    Tensor x = self();
    return x.shape().equals(other.shape())
        && x.dtype() == other.dtype()
        && x.detach().eq(other.detach()).all().item() != 0;
  }

  /** True if the shapes are equal and {@code |a - b| <= atol + rtol * |b|} for every element. */
  default boolean allClose(Tensor other, double rtol, double atol) {
    Tensor a = self().detach().to(DType.F64);
    Tensor b = other.detach().to(DType.F64);
    return a.shape().equals(b.shape())
        && a.sub(b).abs().le(b.abs().mul(rtol).add(atol)).or(a.eq(b)).all().item() != 0;
  }
}
