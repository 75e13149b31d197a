package dev.manabi.bench.torch;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ref.Reference;
import java.util.List;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * libtorch beside us: starts it, and carries values between Java arrays and {@code at::Tensor}.
 *
 * <p>Everything else is libtorch's own API: {@code torch.conv2d(x, w)}, {@code
 * x.requires_grad_(true)}, {@code y.sum().backward()}, {@code x.grad()}. Tensors are freed when
 * their Java handles are collected; a loop that makes many should run inside a {@link
 * org.bytedeco.javacpp.PointerScope}, which frees them when it closes.
 */
public final class Torch {
  private Torch() {}

  /**
   * Starts libtorch as a fair peer needs it: with its fastest matrix product, and keeping memory it
   * has freed. A later call only changes the number of threads.
   *
   * @param threads threads of every parallel region in libtorch, oneDNN and MKL
   * @throws IllegalStateException where its native libraries do not exist for this platform
   */
  public static void start(int threads) {
    TorchLibraries.setThreads(threads);
  }

  /** Whether {@link #start} can work here: the native libraries are for x86-64 Linux only. */
  public static boolean isAvailable() {
    return TorchLibraries.existForThisPlatform();
  }

  /** The versions of libtorch and of the libraries that it multiplies and convolves with. */
  public static String version() {
    String mkl = TorchLibraries.mklVersion();
    try {
      return Loader.getVersion("org.bytedeco", "pytorch")
          + ", "
          + mkl
          + ", "
          + torch.get_mkldnn_version().getString();
    } catch (IOException e) {
      throw new UncheckedIOException("libtorch: its jar says no version", e);
    }
  }

  /** An f32 tensor of the given shape and strides, in elements, over a copy of {@code storage}. */
  public static Tensor of(float[] storage, long[] shape, long[] strides, long offset) {
    Tensor flat = allocate(storage.length, ScalarType.Float);
    if (storage.length > 0) {
      new FloatPointer(flat.data_ptr()).put(storage);
    }
    return view(flat, shape, strides, offset);
  }

  /** An f64 tensor of the given shape and strides, in elements, over a copy of {@code storage}. */
  public static Tensor of(double[] storage, long[] shape, long[] strides, long offset) {
    Tensor flat = allocate(storage.length, ScalarType.Double);
    if (storage.length > 0) {
      new DoublePointer(flat.data_ptr()).put(storage);
    }
    return view(flat, shape, strides, offset);
  }

  /** An i64 tensor of the given shape and strides, in elements, over a copy of {@code storage}. */
  public static Tensor of(long[] storage, long[] shape, long[] strides, long offset) {
    Tensor flat = allocate(storage.length, ScalarType.Long);
    if (storage.length > 0) {
      new LongPointer(flat.data_ptr()).put(storage);
    }
    return view(flat, shape, strides, offset);
  }

  /** A dense f32 tensor. */
  public static Tensor of(float[] values, long... shape) {
    return of(values, shape, dense(shape), 0);
  }

  /** A dense f64 tensor. */
  public static Tensor of(double[] values, long... shape) {
    return of(values, shape, dense(shape), 0);
  }

  /** A dense i64 tensor. */
  public static Tensor of(long[] values, long... shape) {
    return of(values, shape, dense(shape), 0);
  }

  /** The values of a tensor of any dtype and strides, in row-major order, as f32. */
  public static float[] floats(Tensor tensor) {
    Tensor dense = tensor.detach().to(ScalarType.Float).contiguous();
    var values = new float[Math.toIntExact(dense.numel())];
    if (values.length > 0) {
      new FloatPointer(dense.data_ptr()).get(values);
    }
    Reference.reachabilityFence(dense);
    return values;
  }

  /** The values of a tensor of any dtype and strides, in row-major order, as f64. */
  public static double[] doubles(Tensor tensor) {
    Tensor dense = tensor.detach().to(ScalarType.Double).contiguous();
    var values = new double[Math.toIntExact(dense.numel())];
    if (values.length > 0) {
      new DoublePointer(dense.data_ptr()).get(values);
    }
    Reference.reachabilityFence(dense);
    return values;
  }

  /** The values of a tensor of any dtype and strides, in row-major order, as i64. */
  public static long[] longs(Tensor tensor) {
    Tensor dense = tensor.detach().to(ScalarType.Long).contiguous();
    var values = new long[Math.toIntExact(dense.numel())];
    if (values.length > 0) {
      new LongPointer(dense.data_ptr()).get(values);
    }
    Reference.reachabilityFence(dense);
    return values;
  }

  /** The shape of a tensor. */
  public static long[] shape(Tensor tensor) {
    var shape = new long[Math.toIntExact(tensor.dim())];
    for (int axis = 0; axis < shape.length; axis++) {
      shape[axis] = tensor.size(axis);
    }
    return shape;
  }

  /**
   * The vector-Jacobian products of {@code output}, of any shape, with respect to each input.
   *
   * @param gradOut the vector, of the output's shape
   * @param createGraph whether the products are to be differentiated again
   */
  public static List<Tensor> grad(
      Tensor output, Tensor gradOut, boolean createGraph, Tensor... inputs) {
    TensorVector products =
        torch.grad(
            new TensorVector(output),
            new TensorVector(inputs),
            new TensorVector(gradOut),
            new BoolOptional(createGraph),
            createGraph,
            false);
    return List.of(products.get());
  }

  private static Tensor allocate(long elements, ScalarType type) {
    return torch.empty(new long[] {elements}, new TensorOptions(type), null);
  }

  private static Tensor view(Tensor flat, long[] shape, long[] strides, long offset) {
    return flat.as_strided(shape, strides, new LongOptional(offset));
  }

  private static long[] dense(long[] shape) {
    var strides = new long[shape.length];
    long stride = 1;
    for (int axis = shape.length - 1; axis >= 0; axis--) {
      strides[axis] = stride;
      stride *= Math.max(1, shape[axis]);
    }
    return strides;
  }
}
