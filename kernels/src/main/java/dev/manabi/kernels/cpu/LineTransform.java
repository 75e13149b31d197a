package dev.manabi.kernels.cpu;

/** A one-dimensional transform of many parallel lines, a vector of lines at a time. */
interface LineTransform {
  /** The transform of one vector of lines, whose numbers lie {@code step} bytes apart. */
  @FunctionalInterface
  interface Line {
    void transform(long from, long step, long to, long toStep);
  }

  /** Applies {@code line} to many vectors. */
  static LineTransform of(Line line) {
    return KernelTemplate.copy(LineKernel.class, LineLoop.class, line);
  }

  /** Applies both lines to the same numbers, for a transform too long for the JIT in one piece. */
  static LineTransform both(Line first, Line second) {
    LineTransform one = of(first);
    LineTransform two = of(second);
    return (from, step, fromJump, to, toStep, toJump, count, vectors) -> {
      one.call(from, step, fromJump, to, toStep, toJump, count, vectors);
      two.call(from, step, fromJump, to, toStep, toJump, count, vectors);
    };
  }

  /**
   * Transforms {@code count} vectors of lines. After each the next lies one vector further, and
   * after {@code vectors} of them as many bytes more as the jumps say.
   *
   * @param from address of the first number of the first vector of lines
   * @param step from number to number of a line, in bytes
   */
  void call(
      long from,
      long step,
      long fromJump,
      long to,
      long toStep,
      long toJump,
      int count,
      int vectors);

  /** {@link #call} without jumps. */
  default void call(long from, long step, long to, long toStep, int count) {
    call(from, step, 0, to, toStep, 0, count, count);
  }
}
