package dev.manabi.kernels.reference;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.manabi.tensor.DType;
import dev.manabi.tensor.Layout;
import dev.manabi.tensor.Shape;
import dev.manabi.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The elements of a tensor of any dtype, read and written one at a time as {@code double} or, so
 * that i64 stays exact, as {@code long}.
 *
 * <p>An element is named by its <em>position</em>: its distance from the start of the storage,
 * counted in elements. {@link #at} turns indices into positions, {@link Walk} visits many. Every
 * access is checked against the bounds of the storage.
 */
public final class Elements {
  private final MemorySegment memory;
  private final DType dtype;
  private final Layout layout;
  private final long[] strides;

  private Elements(MemorySegment memory, DType dtype, Layout layout) {
    this.memory = memory;
    this.dtype = dtype;
    this.layout = layout;
    this.strides = layout.strides();
  }

  /** The elements of {@code tensor}, which must live in host memory. */
  public static Elements of(Tensor tensor) {
    tensor.storage().checkAlive(tensor.spec());
    return new Elements(tensor.storage().segment(), tensor.dtype(), tensor.layout());
  }

  /** Zeros of this shape, in which sums keep the precision of f64, or of i64 for integers. */
  Elements wideZeros() {
    DType wide = dtype.isFloating() ? DType.F64 : DType.I64;
    MemorySegment zeros = Arena.ofAuto().allocate(8 * layout.numel(), 8);
    return new Elements(zeros, wide, Layout.contiguous(layout.shape()));
  }

  public Layout layout() {
    return layout;
  }

  public Shape shape() {
    return layout.shape();
  }

  public int rank() {
    return strides.length;
  }

  /** Size along {@code axis}; a negative one counts back. */
  public int dim(int axis) {
    return layout.shape().dim(axis);
  }

  public DType dtype() {
    return dtype;
  }

  public boolean isFloating() {
    return dtype.isFloating();
  }

  /** Distance in elements between neighbours along {@code axis}; a negative one counts back. */
  public long stride(int axis) {
    return strides[axis < 0 ? axis + strides.length : axis];
  }

  /** Position of element {@code [i]} of a vector. */
  public long at(long i) {
    return layout.offset() + i * strides[0];
  }

  /** Position of element {@code [i, j]} of a matrix. */
  public long at(long i, long j) {
    return layout.offset() + i * strides[0] + j * strides[1];
  }

  /** Position of element {@code [n, c, h, w]} of a batch of images. */
  public long at(long n, long c, long h, long w) {
    return layout.offset() + n * strides[0] + c * strides[1] + h * strides[2] + w * strides[3];
  }

  /** The element at {@code position} as a double; exact for every dtype but large i64. */
  public double get(long position) {
    return switch (dtype) {
      case F32 -> memory.get(JAVA_FLOAT, position * 4);
      case F64 -> memory.get(JAVA_DOUBLE, position * 8);
      case F16 -> Float.float16ToFloat(memory.get(JAVA_SHORT, position * 2));
      case BF16 -> BFloat16.toFloat(memory.get(JAVA_SHORT, position * 2));
      case I64, I32, I8, U8, BOOL -> getLong(position);
    };
  }

  /** The element at {@code position} as a long; a floating number is truncated. */
  public long getLong(long position) {
    return switch (dtype) {
      case I64 -> memory.get(JAVA_LONG, position * 8);
      case I32 -> memory.get(JAVA_INT, position * 4);
      case I8, BOOL -> memory.get(JAVA_BYTE, position);
      case U8 -> memory.get(JAVA_BYTE, position) & 0xFF;
      case F32, F64, F16, BF16 -> (long) get(position);
    };
  }

  /**
   * Writes {@code value}, rounded to nearest even for floating types (f16 and bf16 by way of f32),
   * truncated for integers, and as {@code value != 0} for bool.
   */
  public void set(long position, double value) {
    switch (dtype) {
      case F32 -> memory.set(JAVA_FLOAT, position * 4, (float) value);
      case F64 -> memory.set(JAVA_DOUBLE, position * 8, value);
      case F16 -> memory.set(JAVA_SHORT, position * 2, Float.floatToFloat16((float) value));
      case BF16 -> memory.set(JAVA_SHORT, position * 2, BFloat16.fromFloat((float) value));
      case I64, I32, I8, U8 -> setLong(position, (long) value);
      case BOOL -> memory.set(JAVA_BYTE, position, (byte) (value != 0 ? 1 : 0));
    }
  }

  /** Writes {@code value}: integers keep the low bits, so arithmetic wraps around. */
  public void setLong(long position, long value) {
    switch (dtype) {
      case I64 -> memory.set(JAVA_LONG, position * 8, value);
      case I32 -> memory.set(JAVA_INT, position * 4, (int) value);
      case I8, U8 -> memory.set(JAVA_BYTE, position, (byte) value);
      case BOOL -> memory.set(JAVA_BYTE, position, (byte) (value != 0 ? 1 : 0));
      // Straight to float: by way of double, a large long would be rounded twice.
      case F32, F16, BF16 -> set(position, (float) value);
      case F64 -> memory.set(JAVA_DOUBLE, position * 8, (double) value);
    }
  }

  /** Writes an element of {@code from}, which may have another dtype; bits stay if it has not. */
  public void copy(long position, Elements from, long fromPosition) {
    if (dtype == from.dtype) {
      copyBits(position, from, fromPosition);
    } else if (from.isFloating()) {
      set(position, from.get(fromPosition));
    } else {
      setLong(position, from.getLong(fromPosition));
    }
  }

  private void copyBits(long p, Elements from, long q) {
    switch (dtype.bytes()) {
      case 8 -> memory.set(JAVA_LONG, p * 8, from.memory.get(JAVA_LONG, q * 8));
      case 4 -> memory.set(JAVA_INT, p * 4, from.memory.get(JAVA_INT, q * 4));
      case 2 -> memory.set(JAVA_SHORT, p * 2, from.memory.get(JAVA_SHORT, q * 2));
      default -> memory.set(JAVA_BYTE, p, from.memory.get(JAVA_BYTE, q));
    }
  }

  /** Adds {@code value} to the element at {@code position}. */
  void add(long position, double value) {
    set(position, get(position) + value);
  }

  /** Adds an element of {@code from} to the one at {@code position}. */
  void add(long position, Elements from, long fromPosition) {
    if (isFloating()) {
      add(position, from.get(fromPosition));
    } else {
      setLong(position, getLong(position) + from.getLong(fromPosition));
    }
  }

  /** Compares the elements at two positions as {@link Order} does. */
  int compare(long p, long q) {
    return isFloating() ? Order.compare(get(p), get(q)) : Long.compare(getLong(p), getLong(q));
  }

  /** Writes {@code value} to every element. */
  void fill(double value) {
    for (Walk w = Walk.over(layout); w.more(); w.next()) {
      set(w.at(0), value);
    }
  }
}
