package dev.manabi.kernels.cuda.library;

import dev.manabi.tensor.DType;
import dev.manabi.tensor.Ints;
import dev.manabi.tensor.Layout;
import dev.manabi.tensor.Tensor;

/** What cuDNN is told of a tensor: four axes, [N, C, H, W], and their strides in elements. */
public record CudnnTensor(DType dtype, Ints dims, Ints strides) {
  /** A tensor of four axes. */
  public static CudnnTensor of(Tensor t) {
    return of(t.dtype(), t.layout());
  }

  /** A tensor of four axes that lies so. */
  static CudnnTensor of(DType dtype, Layout l) {
    int[] strides = new int[4];
    for (int i = 0; i < 4; i++) {
      strides[i] = Math.toIntExact(l.stride(i));
    }
    return new CudnnTensor(dtype, Ints.of(l.shape().toArray()), Ints.of(strides));
  }

  /** A contiguous tensor, seen with these axes. */
  public static CudnnTensor contiguous(DType dtype, int n, int c, int h, int w) {
    return new CudnnTensor(dtype, Ints.of(n, c, h, w), Ints.of(c * h * w, h * w, w, 1));
  }
}
