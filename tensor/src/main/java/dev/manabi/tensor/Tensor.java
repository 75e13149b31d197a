package dev.manabi.tensor;

import dev.manabi.tensor.memory.Storage;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * A multi-dimensional array: a {@link TensorSpec} (shape, strides, offset, dtype) over a {@link
 * Storage}, and, when tracked, the node that made it.
 *
 * <p>There is one class for every dtype and device. Its methods come from interfaces by topic:
 * {@link TensorMath} (elementwise), {@link TensorViews}, {@link TensorReduce}, {@link
 * TensorIndexing}, {@link TensorNN} (products, convolution, pooling, norms), {@link TensorInPlace},
 * {@link TensorGrad}, {@link TensorMemory} and {@link TensorData} (values out, printing). {@link
 * Tensors} makes tensors.
 */
public final class Tensor
    implements TensorMath,
        TensorViews,
        TensorReduce,
        TensorIndexing,
        TensorNN,
        TensorInPlace,
        TensorGrad,
        TensorMemory,
        TensorData {
  private TensorSpec spec;
  private Storage storage;
  private @Nullable AutogradMeta meta;

  /** A tensor over existing memory; for the engine. */
  public Tensor(TensorSpec spec, Storage storage) {
    this.spec = spec;
    this.storage = storage;
  }

  @Override
  public Tensor self() {
    return this;
  }

  public TensorSpec spec() {
    return spec;
  }

  public Layout layout() {
    return spec.layout();
  }

  public Shape shape() {
    return spec.layout().shape();
  }

  /** Size along {@code axis}; a negative axis counts from the end. */
  public int size(int axis) {
    return shape().dim(shape().axis(axis));
  }

  /** Number of dimensions. */
  public int rank() {
    return spec.layout().rank();
  }

  /** Number of elements. */
  public long numel() {
    return spec.layout().numel();
  }

  public DType dtype() {
    return spec.dtype();
  }

  public Device device() {
    return storage.device();
  }

  public Storage storage() {
    return storage;
  }

  /**
   * Address of the first element in bytes: {@code storage + offset * dtype.bytes}. Who writes there
   * calls {@link Storage#bumpVersion} afterwards, or {@link Storage#expose} once if the memory may
   * be written at any time: backends keep what they have computed from contents.
   */
  public long address() {
    storage.checkAlive(spec);
    return storage.address() + spec.layout().offset() * spec.dtype().bytes();
  }

  /**
   * The storage's memory (all of it: element positions count from {@code layout().offset()}). It
   * may be written at any time from now on, so no backend keeps what it computes from the contents.
   */
  public MemorySegment segment() {
    storage.checkAlive(spec);
    storage.expose();
    return storage.segment();
  }

  /** {@link #segment} for reading only. */
  public MemorySegment contents() {
    storage.checkAlive(spec);
    return storage.segment().asReadOnly();
  }

  /** The same memory under another layout, untracked; for the engine. */
  public Tensor withLayout(Layout layout) {
    return new Tensor(new TensorSpec(layout, spec.dtype()), storage);
  }

  /**
   * Makes this leaf look at the memory of {@code other} from now on, as when a parameter moves to
   * another device or dtype. References to this tensor stay valid; its gradient is forgotten.
   *
   * @throws IllegalStateException if a recorded operation made this tensor
   */
  public void setData(Tensor other) {
    if (!isLeaf()) {
      throw new IllegalStateException(
          "setData: " + spec + " was computed from tracked tensors\n  fix: call it on a leaf");
    }
    spec = other.spec;
    storage = other.storage;
    if (meta != null) {
      meta.setGrad(null);
    }
  }

  /** The autograd engine's notes on this tensor, if it has any. */
  public @Nullable AutogradMeta meta() {
    return meta;
  }

  /** The autograd engine's notes on this tensor, made if absent. */
  public AutogradMeta metaOrCreate() {
    AutogradMeta m = meta;
    if (m == null) {
      m = new AutogradMeta();
      meta = m;
    }
    return m;
  }

  @Override
  public String toString() {
    return TensorPrinter.print(this);
  }
}
