package dev.manabi.bench;

import dev.manabi.kernels.cpu.Parallel;
import dev.manabi.kernels.cpu.Roofline;

/**
 * What the machine can do at most in a second.
 *
 * @param flops additions and multiplications of f32
 * @param bytes read and written by a copy
 */
record Limits(double flops, double bytes) {
  /** Measures, on so many threads. */
  static Limits measure(int threads) {
    Parallel.setThreads(threads);
    return new Limits(Roofline.fmaPeak(), Roofline.copyBandwidth());
  }
}
