package dev.manabi.kernels.cuda;

import dev.manabi.kernels.cuda.driver.CudaContext;
import dev.manabi.kernels.cuda.driver.CudaEvent;
import dev.manabi.kernels.cuda.driver.CudaException;
import dev.manabi.kernels.cuda.driver.JCudaContext;
import dev.manabi.kernels.cuda.library.Cublas;
import dev.manabi.kernels.cuda.library.CudaLibraries;
import dev.manabi.kernels.cuda.library.Cudnn;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.op.ConvOp;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * cuBLAS and cuDNN on one device, where they are, and the choice between them and our own kernels.
 *
 * <p>{@code -Dmanabi.cuda.prefer} is {@code hand} (never a library), {@code library} (wherever one
 * can do it), or {@code auto}, the default: the first time a problem comes up both are timed, and
 * the faster one is taken from then on.
 */
final class Libraries {
  /** The property that chooses. */
  static final String PREFER = "manabi.cuda.prefer";

  private static final int TIMED_RUNS = 3;

  /** Who may compute what a library can do. */
  private enum Prefer {
    HAND,
    LIBRARY,
    AUTO
  }

  private final CudaContext context;
  private final Prefer prefer;
  private final ConcurrentHashMap<Object, Boolean> libraryIsFaster = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<Object, Cudnn.Problem> convolutions = new ConcurrentHashMap<>();
  private volatile boolean capturing;
  private @Nullable Cublas blas;
  private @Nullable Cudnn dnn;
  private boolean blasSought;
  private boolean dnnSought;

  Libraries(CudaContext context) {
    this.context = context;
    this.prefer =
        switch (System.getProperty(PREFER, "auto")) {
          case "hand" -> Prefer.HAND;
          case "library" -> Prefer.LIBRARY;
          case "auto" -> Prefer.AUTO;
          case String other ->
              throw new CudaException(PREFER + ": expected hand, library or auto, found " + other);
        };
  }

  /** cuBLAS, unless there is none here or it is not wanted. */
  synchronized @Nullable Cublas blas() {
    if (!blasSought) {
      blasSought = true;
      if (prefer != Prefer.HAND
          && context instanceof JCudaContext real
          && CudaLibraries.blas().isUsable()) {
        blas = new Cublas(real.stream());
      }
    }
    return blas;
  }

  /** cuDNN, unless there is none here or it is not wanted. */
  synchronized @Nullable Cudnn dnn() {
    if (!dnnSought) {
      dnnSought = true;
      if (prefer != Prefer.HAND
          && context instanceof JCudaContext real
          && CudaLibraries.dnn().isUsable()) {
        dnn = new Cudnn(real.stream());
      }
    }
    return dnn;
  }

  /** A convolution by cuDNN; {@code null} if there is none, or it cannot do this one. */
  @Nullable LibraryConvolution convolution(Gpu gpu, ConvOp op, Tensor[] in, Tensor out) {
    Cudnn library = dnn();
    return library == null ? null : LibraryConvolution.of(gpu, library, convolutions, op, in, out);
  }

  /** While work is only noted down it cannot be timed. */
  void capturing(boolean on) {
    capturing = on;
  }

  /**
   * Runs one of two ways to compute the same, each of which writes all of its output.
   *
   * @param problem what both depend on in speed
   */
  void choose(Object problem, Runnable hand, Runnable library) {
    Boolean known = libraryIsFaster.get(problem);
    if (known == null) {
      known = decide(problem, hand, library);
    }
    (known ? library : hand).run();
  }

  private boolean decide(Object problem, Runnable hand, Runnable library) {
    if (capturing) {
      return prefer == Prefer.LIBRARY;
    }
    boolean faster;
    try {
      // The first run of either loads code.
      library.run();
      faster = prefer == Prefer.LIBRARY;
      if (prefer == Prefer.AUTO) {
        hand.run();
        faster = milliseconds(library) < milliseconds(hand);
      }
    } catch (CudaException notSupported) {
      faster = false;
    }
    libraryIsFaster.put(problem, faster);
    return faster;
  }

  private double milliseconds(Runnable work) {
    try (CudaEvent start = context.event()) {
      for (int i = 0; i < TIMED_RUNS; i++) {
        work.run();
      }
      try (CudaEvent end = context.event()) {
        return end.since(start);
      }
    }
  }
}
