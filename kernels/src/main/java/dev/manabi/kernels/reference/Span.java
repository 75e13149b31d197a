package dev.manabi.kernels.reference;

import dev.manabi.tensor.op.PoolOp;

/**
 * The input rows (or columns) that one output row sees: {@code from, from + step, ..} below {@code
 * to}.
 *
 * @param divisor by how many rows an average divides
 */
public record Span(int from, int to, int step, int divisor) {

  /** The spans of all output rows. */
  public static Span[] rows(PoolOp.Window window, int h, int outH) {
    return switch (window) {
      case PoolOp.Adaptive _ -> parts(h, outH);
      case PoolOp.Sliding s ->
          slides(h, outH, s.kernelH(), s.strideH(), s.paddingH(), s.dilationH(), s.countPadding());
    };
  }

  /** The spans of all output columns. */
  public static Span[] columns(PoolOp.Window window, int w, int outW) {
    return switch (window) {
      case PoolOp.Adaptive _ -> parts(w, outW);
      case PoolOp.Sliding s ->
          slides(w, outW, s.kernelW(), s.strideW(), s.paddingW(), s.dilationW(), s.countPadding());
    };
  }

  private static Span[] parts(int size, int out) {
    Span[] spans = new Span[out];
    for (int o = 0; o < out; o++) {
      int from = (int) Math.floorDiv((long) o * size, out);
      int to = (int) Math.ceilDiv((o + 1L) * size, out);
      spans[o] = new Span(from, to, 1, to - from);
    }
    return spans;
  }

  private static Span[] slides(
      int size, int out, int kernel, int stride, int padding, int dilation, boolean countPadding) {
    Span[] spans = new Span[out];
    for (int o = 0; o < out; o++) {
      int start = o * stride - padding;
      int end = start + (kernel - 1) * dilation + 1;
      int from = start + Math.ceilDiv(Math.max(0, -start), dilation) * dilation;
      int to = Math.min(end, size);
      // Padding counts, but what ceil mode lets hang over beyond it does not.
      int divisor =
          countPadding
              ? Math.ceilDiv(Math.min(end, size + padding) - start, dilation)
              : Math.ceilDiv(to - from, dilation);
      spans[o] = new Span(from, to, dilation, divisor);
    }
    return spans;
  }
}
