package dev.manabi.kernels.cuda;

import dev.manabi.kernels.cuda.Choice.Prefer;
import dev.manabi.kernels.cuda.driver.CudaContext;
import dev.manabi.kernels.cuda.driver.JCudaContext;
import dev.manabi.kernels.cuda.library.Cublas;
import dev.manabi.kernels.cuda.library.CudaLibraries;
import dev.manabi.kernels.cuda.library.Cudnn;
import dev.manabi.kernels.cuda.library.CudnnConvolution;
import dev.manabi.kernels.cuda.library.CudnnProblem;
import dev.manabi.tensor.Tensor;
import java.util.Arrays;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * cuBLAS and cuDNN on one device, where they are, and the choice between them and our own kernels.
 *
 * <p>{@code -Dmanabi.cuda.prefer} is {@code hand}, {@code library} or {@code auto}, the default:
 * see {@link Prefer}.
 */
final class Libraries {
  /** The property that chooses. */
  static final String PREFER = "manabi.cuda.prefer";

  private final CudaContext context;
  private final Choice choice;
  private final ConcurrentHashMap<Object, CudnnConvolution> convolutions =
      new ConcurrentHashMap<>();
  private final ConcurrentHashMap<CudnnProblem, CudnnProblem.Work> works =
      new ConcurrentHashMap<>();
  private @Nullable Cublas blas;
  private @Nullable Cudnn dnn;
  private boolean blasSought;
  private boolean dnnSought;

  Libraries(CudaContext context) {
    this.context = context;
    choice = new Choice(context, Prefer.named(PREFER, System.getProperty(PREFER, "auto")));
  }

  /** cuBLAS, unless there is none here or it is not wanted. */
  synchronized @Nullable Cublas blas() {
    if (!blasSought) {
      blasSought = true;
      if (choice.prefer() != Prefer.HAND
          && context instanceof JCudaContext real
          && CudaLibraries.blas().isUsable()) {
        blas = choice.ready("cuBLAS", () -> new Cublas(real));
      }
    }
    return blas;
  }

  /** cuDNN, unless there is none here or it is not wanted. */
  synchronized @Nullable Cudnn dnn() {
    if (!dnnSought) {
      dnnSought = true;
      if (choice.prefer() != Prefer.HAND
          && context instanceof JCudaContext real
          && CudaLibraries.dnn().isUsable()) {
        dnn = choice.ready("cuDNN", () -> new Cudnn(real.stream()));
      }
    }
    return dnn;
  }

  /** A convolution by cuDNN; {@code null} if there is none, or it cannot do this one. */
  @Nullable LibraryConvolution convolution(Gpu gpu, Convolution c) {
    Cudnn library = dnn();
    return library == null ? null : LibraryConvolution.of(gpu, library, convolutions, c);
  }

  /**
   * Computes something by hand or by cuDNN, whichever is chosen.
   *
   * @param problem {@code null} for what cuDNN does not know
   * @param tensors those whose addresses the problem's work takes
   */
  void run(Supplier<@Nullable CudnnProblem> problem, Runnable hand, Tensor... tensors) {
    Cudnn library = dnn();
    CudnnProblem known = library == null ? null : problem.get();
    if (library == null || known == null) {
      hand.run();
      return;
    }
    long[] addresses = Arrays.stream(tensors).mapToLong(Tensor::address).toArray();
    choice.run(
        known, hand, () -> works.computeIfAbsent(known, k -> k.prepare(library)).run(addresses));
  }

  /** The choice between a library and our own kernels. */
  Choice choice() {
    return choice;
  }
}
