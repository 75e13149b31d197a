package dev.manabi.bench;

/**
 * What one operation does, counted by its definition.
 *
 * @param amount how much
 * @param unit of what
 */
record Work(double amount, Unit unit) {
  /** What is counted. */
  enum Unit {
    /** Additions and multiplications of f32. */
    FLOPS("GF/s"),
    /** Bytes read and bytes written. */
    BYTES("GB/s");

    private final String rate;

    Unit(String rate) {
      this.rate = rate;
    }
  }

  static Work flops(double amount) {
    return new Work(amount, Unit.FLOPS);
  }

  static Work bytes(double amount) {
    return new Work(amount, Unit.BYTES);
  }

  /** How much is done in a second. */
  String rate(double seconds) {
    return Texts.number(1e-9 * amount / seconds) + " " + unit.rate;
  }

  /** The share of what the machine can do at most. */
  double share(double seconds, Limits limits) {
    double most =
        switch (unit) {
          case FLOPS -> limits.flops();
          case BYTES -> limits.bytes();
        };
    return amount / seconds / most;
  }
}
