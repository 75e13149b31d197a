package dev.manabi.kernels.cpu;

import jdk.incubator.vector.FloatVector;

/**
 * What is computed of each element of two tensors and up to four constants. The first {@code
 * perRun} constants are the same for a whole run of elements, the others differ from element to
 * element.
 */
record Formula(Function function, int perRun, int perElement) {

  /** The formula: {@code p} to {@code s} are the constants, 0 where there are fewer. */
  @FunctionalInterface
  interface Function {
    FloatVector of(
        FloatVector x, FloatVector y, FloatVector p, FloatVector q, FloatVector r, FloatVector s);
  }

  /** {@code exp(x - p)}, with a constant of the element. */
  static final FormulaKernel EXPONENTIAL_COLUMNS =
      kernel(0, 1, (x, y, p, q, r, s) -> FloatMath.expDownward(x.sub(p)));

  /** {@code x * p}, with a constant of the element. */
  static final FormulaKernel SCALE_COLUMNS = kernel(0, 1, (x, y, p, q, r, s) -> x.mul(p));

  /** {@code x * p}, with a constant of the run. */
  static final FormulaKernel SCALE_RUN = kernel(1, 0, (x, y, p, q, r, s) -> x.mul(p));

  /** {@code x - p - q}, with constants of the run. */
  static final FormulaKernel LOG_SOFTMAX_RUN = kernel(2, 0, (x, y, p, q, r, s) -> x.sub(p).sub(q));

  /** {@code x - p - q}, with constants of the element. */
  static final FormulaKernel LOG_SOFTMAX_COLUMNS =
      kernel(0, 2, (x, y, p, q, r, s) -> x.sub(p).sub(q));

  /** {@code exp(x - p) * q - r}: the gradient of cross-entropy but for the target's own share. */
  static final FormulaKernel CROSS_ENTROPY_GRAD =
      kernel(3, 0, (x, y, p, q, r, s) -> FloatMath.expDownward(x.sub(p)).mul(q).sub(r));

  /** {@code x + y}. */
  static final FormulaKernel SUM = kernel(0, 0, (x, y, p, q, r, s) -> x.add(y));

  static FormulaKernel kernel(int perRun, int perElement, Function function) {
    return new FormulaKernel(new Formula(function, perRun, perElement));
  }
}
