package dev.manabi.tensor;

/**
 * Element type of a tensor.
 *
 * <p>On the CPU, {@link #F16} and {@link #BF16} are storage formats: arithmetic widens them to f32,
 * computes, and rounds the result to nearest even. {@link #BOOL} is one byte, 0 or 1.
 */
public enum DType {
  F32("f32", 4, Kind.FLOATING),
  F64("f64", 8, Kind.FLOATING),
  F16("f16", 2, Kind.FLOATING),
  BF16("bf16", 2, Kind.FLOATING),
  I64("i64", 8, Kind.INTEGER),
  I32("i32", 4, Kind.INTEGER),
  I8("i8", 1, Kind.INTEGER),
  U8("u8", 1, Kind.INTEGER),
  BOOL("bool", 1, Kind.BOOLEAN);

  /** What arithmetic an element type takes part in. Ordered: later kinds win in promotion. */
  public enum Kind {
    BOOLEAN,
    INTEGER,
    FLOATING
  }

  private final String label;
  private final int bytes;
  private final Kind kind;

  DType(String label, int bytes, Kind kind) {
    this.label = label;
    this.bytes = bytes;
    this.kind = kind;
  }

  /** Size of one element in bytes. */
  public int bytes() {
    return bytes;
  }

  public Kind kind() {
    return kind;
  }

  public boolean isFloating() {
    return kind == Kind.FLOATING;
  }

  public boolean isInteger() {
    return kind == Kind.INTEGER;
  }

  /**
   * The type two operands meet in: the higher kind wins; within a kind the type that holds both
   * (f16 with bf16 gives f32, i8 with u8 gives i32).
   */
  public static DType promote(DType a, DType b) {
    if (a == b) {
      return a;
    }
    if (a.kind != b.kind) {
      return a.kind.compareTo(b.kind) > 0 ? a : b;
    }
    if (a.bytes != b.bytes) {
      return a.bytes > b.bytes ? a : b;
    }
    return a.isFloating() ? F32 : I32;
  }

  /** The short name used in printing and in error messages, such as {@code f32}. */
  @Override
  public String toString() {
    return label;
  }
}
