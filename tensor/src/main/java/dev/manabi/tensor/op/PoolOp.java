package dev.manabi.tensor.op;

import dev.manabi.tensor.DType;
import org.jspecify.annotations.Nullable;

/** Pooling and resampling of {@code [N, C, H, W]} planes. Indices of places are i64 or i32. */
public sealed interface PoolOp extends Op {

  /** Which input rows and columns an output element sees. */
  sealed interface Window {
    int outH(int h);

    int outW(int w);
  }

  /**
   * A window of fixed size that slides.
   *
   * @param ceilMode rounds the output size up, so that a last window may hang over the edge (but
   *     never start beyond the input and its left padding)
   * @param countPadding whether average pooling divides by the padded window's size
   */
  record Sliding(
      int kernelH,
      int kernelW,
      int strideH,
      int strideW,
      int paddingH,
      int paddingW,
      int dilationH,
      int dilationW,
      boolean ceilMode,
      boolean countPadding)
      implements Window {
    public Sliding {
      if (kernelH < 1
          || kernelW < 1
          || strideH < 1
          || strideW < 1
          || dilationH < 1
          || dilationW < 1) {
        throw new IllegalArgumentException(
            "pool: kernel, stride and dilation must be at least 1, found kernel ["
                + kernelH
                + ", "
                + kernelW
                + "], stride ["
                + strideH
                + ", "
                + strideW
                + "], dilation ["
                + dilationH
                + ", "
                + dilationW
                + "]");
      }
      if (paddingH < 0 || paddingW < 0 || 2 * paddingH > kernelH || 2 * paddingW > kernelW) {
        throw new IllegalArgumentException(
            "pool: padding must be between 0 and half the kernel, found padding ["
                + paddingH
                + ", "
                + paddingW
                + "] for kernel ["
                + kernelH
                + ", "
                + kernelW
                + "]");
      }
    }

    @Override
    public int outH(int h) {
      return out(h, kernelH, strideH, paddingH, dilationH);
    }

    @Override
    public int outW(int w) {
      return out(w, kernelW, strideW, paddingW, dilationW);
    }

    private int out(int size, int kernel, int stride, int padding, int dilation) {
      int room = size + 2 * padding - dilation * (kernel - 1) - 1;
      if (!ceilMode) {
        return Math.floorDiv(room, stride) + 1;
      }
      int out = Math.ceilDiv(room, stride) + 1;
      return (out - 1) * stride >= size + padding ? out - 1 : out;
    }
  }

  /**
   * Windows that split the input into {@code outH x outW} nearly equal parts: part {@code o} covers
   * {@code floor(o * size / out) .. ceil((o + 1) * size / out) - 1}.
   */
  record Adaptive(int height, int width) implements Window {
    @Override
    public int outH(int h) {
      return height;
    }

    @Override
    public int outW(int w) {
      return width;
    }
  }

  /**
   * {@code x -> (y, index)}: the largest element of each window, and where in its plane it was
   * ({@code row * W + column}). The first of equals wins; NaN wins over all.
   *
   * @param index I64, or I32, which takes half the memory
   */
  record MaxPool2d(Window window, DType index) implements PoolOp {
    public MaxPool2d {
      if (index != DType.I64 && index != DType.I32) {
        throw new IllegalArgumentException("max_pool2d: an index is i64 or i32, found " + index);
      }
    }

    /** With an index of I64. */
    public MaxPool2d(Window window) {
      this(window, DType.I64);
    }

    @Override
    public String name() {
      return "max_pool2d";
    }
  }

  /**
   * {@code (g, index) -> y [N, C, h, w]}: zeros, with {@code g} added at the plane positions.
   *
   * @param window promises that each index lies in the window of its element; {@code null} for no
   *     promise
   */
  record PlaneScatter(int h, int w, @Nullable Window window) implements PoolOp {
    /** Of any indices. */
    public PlaneScatter(int h, int w) {
      this(h, w, null);
    }

    @Override
    public String name() {
      return "plane_scatter";
    }
  }

  /** {@code (x [N, C, H, W], index) -> y}: the elements of {@code x} at the plane positions. */
  record PlaneGather() implements PoolOp {
    @Override
    public String name() {
      return "plane_gather";
    }
  }

  /** {@code x -> y}: the mean of each window; padding counts as zeros. */
  record AvgPool2d(Window window) implements PoolOp {
    @Override
    public String name() {
      return "avg_pool2d";
    }
  }

  /** {@code g -> y [N, C, h, w]}: the transpose of {@link AvgPool2d}. */
  record AvgPool2dGrad(Window window, int h, int w) implements PoolOp {
    @Override
    public String name() {
      return "avg_pool2d_grad";
    }
  }

  /** How {@link Interpolate} reads between pixels. */
  enum Mode {
    NEAREST,
    BILINEAR
  }

  /**
   * {@code x -> y [N, C, h, w]}: resampling to another size.
   *
   * @param alignCorners for BILINEAR: corner pixels map to corner pixels; otherwise pixels are unit
   *     squares with half-pixel centres
   */
  record Interpolate(Mode mode, int h, int w, boolean alignCorners) implements PoolOp {
    @Override
    public String name() {
      return "interpolate";
    }
  }

  /** {@code g -> y [N, C, h, w]}: the transpose of {@link Interpolate} from an h x w input. */
  record InterpolateGrad(Mode mode, int h, int w, boolean alignCorners) implements PoolOp {
    @Override
    public String name() {
      return "interpolate_grad";
    }
  }
}
