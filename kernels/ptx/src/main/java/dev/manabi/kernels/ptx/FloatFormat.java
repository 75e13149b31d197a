package dev.manabi.kernels.ptx;

/** Floating-point formats narrower than f64, by the rules of IEEE 754. */
enum FloatFormat {
  F16(11, 5, 0x7fff),
  BF16(8, 8, 0x7fff),
  /** The upper 19 bits of an f32. */
  TF32(11, 8, 0x7fffffff),
  F32(24, 8, 0x7fffffff);

  private static final int DOUBLE_FRACTION = 52;

  /** The bits of the significand that are stored. */
  private final int fraction;

  private final int exponentBits;

  /** Of the smallest normal number. */
  private final int minExponent;

  /** What every NaN becomes. */
  final long nan;

  FloatFormat(int significant, int exponentBits, long nan) {
    this.fraction = significant - 1;
    this.exponentBits = exponentBits;
    this.minExponent = 2 - (1 << (exponentBits - 1));
    this.nan = nan;
  }

  static FloatFormat of(Type type) {
    return switch (type) {
      case F16, F16X2 -> F16;
      case BF16, BF16X2 -> BF16;
      case TF32 -> TF32;
      case F32 -> F32;
      default -> throw new IllegalArgumentException(type + " is no narrow floating-point format");
    };
  }

  double decode(long bits) {
    return switch (this) {
      case F16 -> Float.float16ToFloat((short) bits);
      case BF16 -> Float.intBitsToFloat((int) bits << 16);
      case TF32, F32 -> Float.intBitsToFloat((int) bits);
    };
  }

  long encode(double value) {
    return encode(value, Rounding.NEAREST);
  }

  /** The bits of the number of this format that a value rounds to. */
  long encode(double value, Rounding rounding) {
    if (Double.isNaN(value)) {
      return nan;
    }
    long bits = Double.doubleToRawLongBits(value);
    boolean negative = bits < 0;
    long sign = negative ? 1L << (fraction + exponentBits) : 0;
    long infinity = ((1L << exponentBits) - 1) << fraction;
    if (Double.isInfinite(value)) {
      return place(sign | infinity);
    }
    int exponent = Math.getExponent(value);
    long whole = bits & (1L << DOUBLE_FRACTION) - 1;
    if (exponent >= Double.MIN_EXPONENT) {
      whole |= 1L << DOUBLE_FRACTION;
    }
    // Below the smallest normal exponent, the significand gives up its upper bits.
    int drop = Math.min(DOUBLE_FRACTION - fraction + Math.max(0, minExponent - exponent), 62);
    long kept = whole >>> drop;
    long lost = whole & (1L << drop) - 1;
    long half = 1L << (drop - 1);
    boolean up =
        switch (rounding) {
          case NEAREST -> lost > half || (lost == half && (kept & 1) != 0);
          case NEAREST_AWAY -> lost >= half;
          case TO_ZERO -> false;
          case DOWN -> negative && lost != 0;
          case UP -> !negative && lost != 0;
        };
    kept += up ? 1 : 0;
    // A significand that runs over carries into the exponent, which is just what it should do.
    long biased = Math.max(exponent, minExponent) - minExponent;
    long magnitude = kept + (biased << fraction);
    if (magnitude >= infinity) {
      boolean away =
          switch (rounding) {
            case NEAREST, NEAREST_AWAY -> true;
            case TO_ZERO -> false;
            case DOWN -> negative;
            case UP -> !negative;
          };
      magnitude = away ? infinity : infinity - 1;
    }
    return place(sign | magnitude);
  }

  /** A tf32 stands in the upper bits of a register. */
  private long place(long bits) {
    return this == TF32 ? bits << 13 : bits;
  }
}
