package dev.manabi.bench.torch;

import dev.manabi.tensor.DType;
import dev.manabi.tensor.Ints;
import dev.manabi.tensor.Layout;
import dev.manabi.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.MemoryFormat;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Carries tensors of the engine over to libtorch, and says in its words what ours mean. */
public final class Peers {
  private Peers() {}

  /**
   * A tensor of the same dtype, shape and values, that lies as {@code ours} does over a copy of the
   * whole storage. libtorch knows no negative strides: an axis that runs backwards is flipped,
   * which makes the tensor dense.
   */
  public static Tensor of(dev.manabi.tensor.Tensor ours) {
    Tensor storage = storage(ours);
    Layout layout = ours.layout();
    long[] strides = layout.strides();
    long[] backwards = new long[strides.length];
    int flips = 0;
    long offset = layout.offset();
    for (int axis = 0; axis < strides.length; axis++) {
      if (strides[axis] < 0) {
        offset += strides[axis] * Math.max(0, layout.shape().dim(axis) - 1);
        strides[axis] = -strides[axis];
        backwards[flips++] = axis;
      }
    }
    Tensor view = storage.as_strided(longs(layout.shape()), strides, new LongOptional(offset));
    return flips == 0 ? view : view.flip(Arrays.copyOf(backwards, flips));
  }

  /** The peers of several tensors. */
  public static Tensor[] of(List<dev.manabi.tensor.Tensor> ours) {
    return ours.stream().map(Peers::of).toArray(Tensor[]::new);
  }

  /** {@code x} in dense row-major memory. */
  public static Tensor rowMajor(Tensor x) {
    return x.contiguous(MemoryFormat.Contiguous);
  }

  /**
   * {@code [N, C, H, W]} in dense N,H,W,C order. With one channel libtorch leaves the strides as
   * they are and then takes the tensor for row-major, so they are set.
   */
  public static Tensor channelsLast(Tensor x) {
    long c = x.size(1);
    long row = x.size(3) * c;
    long[] strides = {x.size(2) * row, 1, row, c};
    Tensor dense = x.contiguous(MemoryFormat.ChannelsLast);
    return dense.as_strided(Torch.shape(x), strides, new LongOptional(0));
  }

  private static Tensor storage(dev.manabi.tensor.Tensor ours) {
    long bytes = ours.storage().bytes();
    Tensor flat =
        torch.empty(
            new long[] {bytes / ours.dtype().bytes()}, new TensorOptions(type(ours.dtype())), null);
    if (bytes == 0) {
      return flat;
    }
    try {
      MemorySegment.ofAddress(flat.data_ptr().address())
          .reinterpret(bytes)
          .copyFrom(ours.segment().asSlice(0, bytes));
    } finally {
      Reference.reachabilityFence(ours);
    }
    return flat;
  }

  /** libtorch's name of an element type. */
  public static ScalarType type(DType dtype) {
    return switch (dtype) {
      case F32 -> ScalarType.Float;
      case F64 -> ScalarType.Double;
      case F16 -> ScalarType.Half;
      case BF16 -> ScalarType.BFloat16;
      case I64 -> ScalarType.Long;
      case I32 -> ScalarType.Int;
      case I8 -> ScalarType.Char;
      case U8 -> ScalarType.Byte;
      case BOOL -> ScalarType.Bool;
    };
  }

  /** Options for a new tensor of the element type of {@code like}. */
  static TensorOptions typeOf(Tensor like) {
    return new TensorOptions(like.scalar_type());
  }

  static long[] longs(Shape shape) {
    return longs(shape.toArray());
  }

  static long[] longs(Ints ints) {
    return longs(ints.toArray());
  }

  static long[] longs(int... ints) {
    return Arrays.stream(ints).asLongStream().toArray();
  }
}
