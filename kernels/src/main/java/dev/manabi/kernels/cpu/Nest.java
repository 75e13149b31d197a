package dev.manabi.kernels.cpu;

import dev.manabi.tensor.Layout;
import dev.manabi.tensor.Shape;
import dev.manabi.tensor.Tensor;

/**
 * The nest of loops that visits the elements of several tensors together, made as simple as their
 * strides allow: loops of one turn are dropped, loops are ordered so that the last tensor (an
 * output) is walked through memory upwards, and two loops that all tensors walk as one become one.
 * Three contiguous tensors of any rank come out as a single loop.
 *
 * <p>{@code size[d]} is the number of turns of loop {@code d}, the innermost last, and {@code
 * stride[k][d]} what tensor {@code k} moves per turn, in bytes. There is always at least one loop.
 */
final class Nest {
  final int depth;
  final long[] size;
  final long[][] stride;

  private Nest(int depth, long[] size, long[][] stride) {
    this.depth = depth;
    this.size = size;
    this.stride = stride;
  }

  /** The loops over {@code shape}, to which every tensor broadcasts; the last one leads. */
  static Nest over(Shape shape, Tensor[] tensors) {
    int rank = shape.rank();
    int count = tensors.length;
    long[] size = new long[Math.max(1, rank)];
    long[][] stride = new long[count][Math.max(1, rank)];
    int depth = 0;
    for (int axis = 0; axis < rank; axis++) {
      if (shape.dim(axis) != 1) {
        size[depth] = shape.dim(axis);
        for (int k = 0; k < count; k++) {
          stride[k][depth] = stride(tensors[k], axis - rank, shape.dim(axis));
        }
        depth++;
      }
    }
    sort(depth, size, stride);
    return merge(depth, size, stride);
  }

  /** Bytes between neighbours along {@code axis} (counted from the end) of size {@code dim}. */
  private static long stride(Tensor t, int axis, int dim) {
    Layout layout = t.layout();
    int own = layout.rank() + axis;
    boolean repeated = own < 0 || layout.shape().dim(own) != dim;
    return repeated ? 0 : layout.stride(own) * t.dtype().bytes();
  }

  /** Insertion sort of the loops by the leader's stride, largest first; ties stay in place. */
  private static void sort(int depth, long[] size, long[][] stride) {
    long[] leader = stride[stride.length - 1];
    for (int i = 1; i < depth; i++) {
      for (int j = i; j > 0 && Math.abs(leader[j - 1]) < Math.abs(leader[j]); j--) {
        swap(size, j);
        for (long[] s : stride) {
          swap(s, j);
        }
      }
    }
  }

  private static void swap(long[] values, int j) {
    long v = values[j];
    values[j] = values[j - 1];
    values[j - 1] = v;
  }

  private static Nest merge(int depth, long[] size, long[][] stride) {
    if (depth == 0) {
      size[0] = 1;
      return new Nest(1, size, stride);
    }
    int last = 0;
    for (int d = 1; d < depth; d++) {
      if (mergeable(stride, last, d, size[d])) {
        size[last] *= size[d];
      } else {
        last++;
        size[last] = size[d];
      }
      for (long[] s : stride) {
        s[last] = s[d];
      }
    }
    return new Nest(last + 1, size, stride);
  }

  /** True if one turn of loop {@code outer} moves every tensor as all turns of {@code inner} do. */
  private static boolean mergeable(long[][] stride, int outer, int inner, long innerSize) {
    for (long[] s : stride) {
      if (s[outer] != s[inner] * innerSize) {
        return false;
      }
    }
    return true;
  }

  /** Number of turns of the innermost loop. */
  long inner() {
    return size[depth - 1];
  }

  /** Bytes that tensor {@code k} moves per turn of the innermost loop. */
  long innerStride(int k) {
    return stride[k][depth - 1];
  }

  /** True if tensor {@code k} moves by the same {@code bytes} at every turn of the whole nest. */
  boolean evenly(int k, long bytes) {
    long step = bytes;
    for (int d = depth - 1; d >= 0; d--) {
      if (stride[k][d] != step) {
        return false;
      }
      step *= size[d];
    }
    return true;
  }

  /** Bytes from tensor {@code k}'s first element to the one visited as number {@code position}. */
  long offset(int k, long position) {
    long at = 0;
    long rest = position;
    for (int d = depth - 1; d > 0; d--) {
      at += rest % size[d] * stride[k][d];
      rest /= size[d];
    }
    return at + rest * stride[k][0];
  }

  /** The loop along which tensor {@code k} has its neighbours in memory; else the innermost. */
  int unitLoop(int k, int bytes) {
    int last = depth - 1;
    for (int d = last; d >= 0; d--) {
      if (stride[k][d] == bytes) {
        return d;
      }
    }
    return last;
  }

  /** True if tensor {@code k} holds one row, of the innermost loop, which the others repeat. */
  boolean repeatsRow(int k, int bytes) {
    for (int d = 0; d < depth - 1; d++) {
      if (stride[k][d] != 0) {
        return false;
      }
    }
    return depth > 1 && innerStride(k) == bytes;
  }
}
