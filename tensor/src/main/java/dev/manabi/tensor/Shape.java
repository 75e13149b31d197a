package dev.manabi.tensor;

import java.util.Arrays;

/** The sizes of a tensor's dimensions, outermost first. Immutable; a scalar has rank 0. */
public final class Shape {
  private static final Shape SCALAR = new Shape(new int[0], 1);
  private final int[] dims;
  private final long numel;

  private Shape(int[] dims, long numel) {
    this.dims = dims;
    this.numel = numel;
  }

  /**
   * The shape with these sizes (copied).
   *
   * @throws IllegalArgumentException if a size is negative or the product overflows 63 bits
   */
  public static Shape of(int... dims) {
    if (dims.length == 0) {
      return SCALAR;
    }
    return owning(dims.clone());
  }

  /** The shape with these sizes, an array that nobody else will write to. */
  private static Shape owning(int[] dims) {
    return dims.length == 0 ? SCALAR : new Shape(dims, product(dims));
  }

  private static long product(int[] dims) {
    long n = 1;
    for (int d : dims) {
      if (d < 0) {
        throw new IllegalArgumentException("shape: negative size in " + Arrays.toString(dims));
      }
      try {
        n = Math.multiplyExact(n, d);
      } catch (ArithmeticException e) {
        throw new IllegalArgumentException("shape: too many elements in " + Arrays.toString(dims));
      }
    }
    return n;
  }

  public int rank() {
    return dims.length;
  }

  /** Size along {@code axis}; a negative axis counts from the end. */
  public int dim(int axis) {
    return dims[axis < 0 ? axis + dims.length : axis];
  }

  /** Number of elements. */
  public long numel() {
    return numel;
  }

  public int[] toArray() {
    return dims.clone();
  }

  /** This shape with the size along {@code axis} replaced. */
  public Shape with(int axis, int size) {
    int[] d = dims.clone();
    d[axis] = size;
    return owning(d);
  }

  /** This shape with a dimension of {@code size} put in before position {@code axis}. */
  public Shape insert(int axis, int size) {
    int[] d = new int[dims.length + 1];
    System.arraycopy(dims, 0, d, 0, axis);
    d[axis] = size;
    System.arraycopy(dims, axis, d, axis + 1, dims.length - axis);
    return owning(d);
  }

  /** This shape without dimension {@code axis}. */
  public Shape remove(int axis) {
    int[] d = new int[dims.length - 1];
    System.arraycopy(dims, 0, d, 0, axis);
    System.arraycopy(dims, axis + 1, d, axis, d.length - axis);
    return owning(d);
  }

  /**
   * Resolves a possibly negative axis.
   *
   * @throws IndexOutOfBoundsException if there is no such axis
   */
  public int axis(int axis) {
    int a = axis < 0 ? axis + dims.length : axis;
    if (a < 0 || a >= dims.length) {
      throw new IndexOutOfBoundsException(
          "axis "
              + axis
              + " does not exist in shape "
              + this
              + "; fix: use -"
              + dims.length
              + " .. "
              + (dims.length - 1));
    }
    return a;
  }

  /** The shape both broadcast to under NumPy's rule, or {@code null} if there is none. */
  public static @org.jspecify.annotations.Nullable Shape broadcast(Shape a, Shape b) {
    if (a.equals(b)) {
      return a;
    }
    int rank = Math.max(a.rank(), b.rank());
    int[] d = new int[rank];
    for (int i = 1; i <= rank; i++) {
      int x = i <= a.rank() ? a.dims[a.rank() - i] : 1;
      int y = i <= b.rank() ? b.dims[b.rank() - i] : 1;
      if (x != y && x != 1 && y != 1) {
        return null;
      }
      d[rank - i] = x == 1 ? y : x;
    }
    return owning(d);
  }

  @Override
  public boolean equals(Object other) {
    return this == other || (other instanceof Shape s && numel == s.numel && sameDims(s));
  }

  private boolean sameDims(Shape other) {
    if (dims.length != other.dims.length) {
      return false;
    }
    for (int i = 0; i < dims.length; i++) {
      if (dims[i] != other.dims[i]) {
        return false;
      }
    }
    return true;
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(dims);
  }

  @Override
  public String toString() {
    return Arrays.toString(dims);
  }
}
