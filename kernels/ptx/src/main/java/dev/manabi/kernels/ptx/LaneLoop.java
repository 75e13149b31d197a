package dev.manabi.kernels.ptx;

/** A loop over lanes that computes one register from up to three others. */
interface LaneLoop {
  /** Computes register {@code to} of the lanes in the mask. */
  void run(long[] registers, int mask, int to, int a, int b, int c);
}
