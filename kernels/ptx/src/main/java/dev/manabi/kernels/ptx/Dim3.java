package dev.manabi.kernels.ptx;

/** The extent of a grid or a block, or a place in one; x runs fastest. */
public record Dim3(int x, int y, int z) {
  static final Dim3 ZERO = new Dim3(0, 0, 0);

  public static Dim3 of(int x) {
    return new Dim3(x, 1, 1);
  }

  public static Dim3 of(int x, int y) {
    return new Dim3(x, y, 1);
  }

  /** How many places an extent has. */
  public long count() {
    return (long) x * y * z;
  }

  /** The place with number {@code index} in this extent. */
  Dim3 place(long index) {
    return new Dim3((int) (index % x), (int) (index / x % y), (int) (index / ((long) x * y)));
  }

  /** Whether this is a place in an extent. */
  boolean isInside(Dim3 extent) {
    return x >= 0 && x < extent.x && y >= 0 && y < extent.y && z >= 0 && z < extent.z;
  }

  @Override
  public String toString() {
    return "(" + x + ", " + y + ", " + z + ")";
  }
}
