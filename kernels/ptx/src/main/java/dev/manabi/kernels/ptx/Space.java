package dev.manabi.kernels.ptx;

/** State spaces: where a variable lives. */
enum Space {
  GLOBAL,
  CONST,
  SHARED,
  LOCAL,
  PARAM,
  /** An address that tells by itself which of the others it means. */
  GENERIC;

  /*
   * A generic address is a global one unless one of these bits says otherwise; below it stands the
   * offset in that space.
   */
  static final long SHARED_WINDOW = 1L << 60;
  static final long LOCAL_WINDOW = 1L << 61;
  static final long PARAM_WINDOW = 1L << 62;

  /** The space that a generic address means. */
  static Space of(long address) {
    return switch ((int) (address >>> 60)) {
      case 1 -> SHARED;
      case 2 -> LOCAL;
      case 4 -> PARAM;
      default -> GLOBAL;
    };
  }

  /** What to add to an address in this space to make it generic. */
  long window() {
    return switch (this) {
      case SHARED -> SHARED_WINDOW;
      case LOCAL -> LOCAL_WINDOW;
      case PARAM -> PARAM_WINDOW;
      case GLOBAL, CONST, GENERIC -> 0;
    };
  }
}
