package dev.manabi.kernels.ptx;

/** How a result that a format cannot hold becomes one that it can. */
enum Rounding {
  NEAREST,
  /** To the nearest, of two equally near ones the larger in magnitude. */
  NEAREST_AWAY,
  TO_ZERO,
  DOWN,
  UP;

  static Rounding named(String modifier) {
    return switch (modifier) {
      case "rna" -> NEAREST_AWAY;
      case "rz", "rzi" -> TO_ZERO;
      case "rm", "rmi" -> DOWN;
      case "rp", "rpi" -> UP;
      default -> NEAREST;
    };
  }

  /**
   * What is nearest to a sum {@code value + rest}, for a value that was itself rounded to nearest:
   * a double whose last bit says that it is not exact. Rounding it once more, to a format at least
   * two bits narrower, gives what rounding the exact sum would give ("round to odd").
   */
  static double odd(double value, double rest) {
    if (rest == 0 || !Double.isFinite(value) || !Double.isFinite(rest)) {
      return value;
    }
    long bits = Double.doubleToRawLongBits(value);
    if ((bits & 1) != 0) {
      return value;
    }
    return rest > 0 ? Math.nextUp(value) : Math.nextDown(value);
  }

  /** What {@code a + b} lost by rounding; exact (Knuth's two-sum). */
  static double sumError(double a, double b, double sum) {
    double partB = sum - a;
    return (a - (sum - partB)) + (b - partB);
  }

  /** The f32 of a double that is exact or {@link #odd}. */
  float toFloat(double exact) {
    float nearest = (float) exact;
    int side = exact == nearest || Double.isNaN(exact) ? 0 : exact < nearest ? -1 : 1;
    return (float) direct(nearest, Math.nextUp(nearest), Math.nextDown(nearest), side, exact >= 0);
  }

  /** One of three neighbours, given on which side of the middle one the exact value lies. */
  private double direct(double nearest, double above, double below, int side, boolean positive) {
    return switch (this) {
      case NEAREST, NEAREST_AWAY -> nearest;
      case DOWN -> side < 0 ? below : nearest;
      case UP -> side > 0 ? above : nearest;
      case TO_ZERO -> positive ? (side < 0 ? below : nearest) : side > 0 ? above : nearest;
    };
  }

  /**
   * The f64 of an exact number.
   *
   * @param nearest what it is rounded to nearest
   * @param side whether the exact number is less (-1), equal or greater
   */
  double toDouble(double nearest, int side) {
    return direct(nearest, Math.nextUp(nearest), Math.nextDown(nearest), side, nearest >= 0);
  }

  /** The whole number that a value rounds to. */
  double toIntegral(double value) {
    return switch (this) {
      case NEAREST -> Math.rint(value);
      case NEAREST_AWAY -> Math.copySign(Math.floor(Math.abs(value) + 0.5), value);
      case TO_ZERO -> value < 0 ? Math.ceil(value) : Math.floor(value);
      case DOWN -> Math.floor(value);
      case UP -> Math.ceil(value);
    };
  }
}
