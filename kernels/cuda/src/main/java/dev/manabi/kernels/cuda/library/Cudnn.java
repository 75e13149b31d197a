package dev.manabi.kernels.cuda.library;

import dev.manabi.kernels.cuda.driver.CudaException;
import dev.manabi.tensor.DType;
import dev.manabi.tensor.Layout;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.op.ConvOp;
import java.util.Arrays;
import java.util.function.Function;
import java.util.function.Supplier;
import jcuda.Pointer;
import jcuda.driver.CUstream;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnConvolutionBwdDataAlgoPerf;
import jcuda.jcudnn.cudnnConvolutionBwdFilterAlgoPerf;
import jcuda.jcudnn.cudnnConvolutionDescriptor;
import jcuda.jcudnn.cudnnConvolutionFwdAlgoPerf;
import jcuda.jcudnn.cudnnConvolutionMode;
import jcuda.jcudnn.cudnnDataType;
import jcuda.jcudnn.cudnnDeterminism;
import jcuda.jcudnn.cudnnFilterDescriptor;
import jcuda.jcudnn.cudnnHandle;
import jcuda.jcudnn.cudnnMathType;
import jcuda.jcudnn.cudnnTensorDescriptor;
import jcuda.jcudnn.cudnnTensorFormat;
import jcuda.runtime.cudaStream_t;

/**
 * Convolutions by cuDNN, in one stream. The numbers of cuDNN 9's statuses are not those that JCudnn
 * has names for, so the library itself is asked for their text.
 */
public final class Cudnn {
  private static final int BF16 = 9;
  private static final int CANDIDATES = 8;

  /** So much scratch memory a faster algorithm may take. */
  private static final long MAX_WORKSPACE = 1L << 30;

  private final cudnnHandle handle = new cudnnHandle();

  /** For work in {@code stream}. */
  public Cudnn(CUstream stream) {
    check(JCudnn.cudnnCreate(handle), "cudnnCreate");
    check(JCudnn.cudnnSetStream(handle, new cudaStream_t(stream)), "cudnnSetStream");
  }

  private static void check(int status, String call) {
    if (status != 0) {
      throw new CudaException(
          call
              + ": "
              + JCudnn.cudnnGetErrorString(status)
              + " ("
              + status
              + ")\n  fix: -Dmanabi.cuda.prefer=hand does without cuDNN");
    }
  }

  /** Which of a convolution's three tensors is computed. */
  public enum Direction {
    FORWARD,
    INPUT,
    FILTER
  }

  /** What cuDNN says of one algorithm; it has a type for each direction. */
  private record Candidate(int status, int algorithm, long memory, int determinism) {}

  /** Fills in candidates and how many they are. */
  private interface Query<P> {
    int ask(int[] found, P[] all);
  }

  /** The descriptors of one convolution, and the algorithm chosen for it. */
  public final class Problem implements AutoCloseable {
    private final Direction direction;
    private final DType dtype;
    private final cudnnTensorDescriptor x = new cudnnTensorDescriptor();
    private final cudnnTensorDescriptor y = new cudnnTensorDescriptor();
    private final cudnnFilterDescriptor filter = new cudnnFilterDescriptor();
    private final cudnnConvolutionDescriptor convolution = new cudnnConvolutionDescriptor();
    private int algorithm = -1;
    private long workspace;

    Problem(Direction direction, ConvOp.Params p, Tensor input, Tensor weight, Tensor output) {
      this.direction = direction;
      dtype = input.dtype();
      describe(x, input);
      describe(y, output);
      Layout f = weight.layout();
      check(JCudnn.cudnnCreateFilterDescriptor(filter), "cudnnCreateFilterDescriptor");
      check(
          JCudnn.cudnnSetFilter4dDescriptor(
              filter,
              type(dtype),
              f.isContiguous()
                  ? cudnnTensorFormat.CUDNN_TENSOR_NCHW
                  : cudnnTensorFormat.CUDNN_TENSOR_NHWC,
              f.shape().dim(0),
              f.shape().dim(1),
              f.shape().dim(2),
              f.shape().dim(3)),
          "cudnnSetFilter4dDescriptor");
      describeConvolution(p);
      choose();
    }

    private void describe(cudnnTensorDescriptor descriptor, Tensor t) {
      Layout l = t.layout();
      check(JCudnn.cudnnCreateTensorDescriptor(descriptor), "cudnnCreateTensorDescriptor");
      check(
          JCudnn.cudnnSetTensor4dDescriptorEx(
              descriptor,
              type(t.dtype()),
              l.shape().dim(0),
              l.shape().dim(1),
              l.shape().dim(2),
              l.shape().dim(3),
              (int) l.stride(0),
              (int) l.stride(1),
              (int) l.stride(2),
              (int) l.stride(3)),
          "cudnnSetTensor4dDescriptorEx");
    }

    private void describeConvolution(ConvOp.Params p) {
      int compute =
          dtype == DType.F64 ? cudnnDataType.CUDNN_DATA_DOUBLE : cudnnDataType.CUDNN_DATA_FLOAT;
      check(
          JCudnn.cudnnCreateConvolutionDescriptor(convolution), "cudnnCreateConvolutionDescriptor");
      check(
          JCudnn.cudnnSetConvolution2dDescriptor(
              convolution,
              p.paddingH(),
              p.paddingW(),
              p.strideH(),
              p.strideW(),
              p.dilationH(),
              p.dilationW(),
              cudnnConvolutionMode.CUDNN_CROSS_CORRELATION,
              compute),
          "cudnnSetConvolution2dDescriptor");
      check(
          JCudnn.cudnnSetConvolutionGroupCount(convolution, p.groups()),
          "cudnnSetConvolutionGroupCount");
      boolean half = dtype == DType.F16 || dtype == DType.BF16;
      check(
          JCudnn.cudnnSetConvolutionMathType(
              convolution,
              half ? cudnnMathType.CUDNN_TENSOR_OP_MATH : cudnnMathType.CUDNN_FMA_MATH),
          "cudnnSetConvolutionMathType");
    }

    private void choose() {
      switch (direction) {
        case FORWARD ->
            consider(
                "cudnnGetConvolutionForwardAlgorithm_v7",
                filled(
                    new cudnnConvolutionFwdAlgoPerf[CANDIDATES], cudnnConvolutionFwdAlgoPerf::new),
                (found, all) ->
                    JCudnn.cudnnGetConvolutionForwardAlgorithm_v7(
                        handle, x, filter, convolution, y, CANDIDATES, found, all),
                c -> new Candidate(c.status, c.algo, c.memory, c.determinism));
        case INPUT ->
            consider(
                "cudnnGetConvolutionBackwardDataAlgorithm_v7",
                filled(
                    new cudnnConvolutionBwdDataAlgoPerf[CANDIDATES],
                    cudnnConvolutionBwdDataAlgoPerf::new),
                (found, all) ->
                    JCudnn.cudnnGetConvolutionBackwardDataAlgorithm_v7(
                        handle, filter, y, convolution, x, CANDIDATES, found, all),
                c -> new Candidate(c.status, c.algo, c.memory, c.determinism));
        case FILTER ->
            consider(
                "cudnnGetConvolutionBackwardFilterAlgorithm_v7",
                filled(
                    new cudnnConvolutionBwdFilterAlgoPerf[CANDIDATES],
                    cudnnConvolutionBwdFilterAlgoPerf::new),
                (found, all) ->
                    JCudnn.cudnnGetConvolutionBackwardFilterAlgorithm_v7(
                        handle, x, y, convolution, filter, CANDIDATES, found, all),
                c -> new Candidate(c.status, c.algo, c.memory, c.determinism));
      }
      if (algorithm < 0) {
        throw new CudaException("cudnn: no algorithm for this convolution");
      }
    }

    private static <P> P[] filled(P[] all, Supplier<P> one) {
      Arrays.setAll(all, i -> one.get());
      return all;
    }

    /**
     * Asks for candidates, the fastest first, and takes the first that works in the memory allowed
     * and gives the same result in every run.
     */
    private <P> void consider(
        String call, P[] all, Query<P> query, Function<P, Candidate> candidate) {
      int[] found = new int[1];
      check(query.ask(found, all), call);
      for (int i = 0; i < found[0] && algorithm < 0; i++) {
        Candidate c = candidate.apply(all[i]);
        if (c.status() == 0
            && c.memory() <= MAX_WORKSPACE
            && c.determinism() == cudnnDeterminism.CUDNN_DETERMINISTIC) {
          algorithm = c.algorithm();
          workspace = c.memory();
        }
      }
    }

    /** Bytes of scratch memory that {@link #run} wants. */
    public long workspace() {
      return workspace;
    }

    /** Computes the one of the three tensors that this problem is for, from the other two. */
    public void run(Tensor input, Tensor weight, Tensor output, long scratch) {
      boolean f64 = dtype == DType.F64;
      Pointer one = f64 ? Pointer.to(new double[] {1}) : Pointer.to(new float[] {1});
      Pointer zero = f64 ? Pointer.to(new double[] {0}) : Pointer.to(new float[] {0});
      Pointer in = new DeviceAddress(input.address());
      Pointer w = new DeviceAddress(weight.address());
      Pointer out = new DeviceAddress(output.address());
      Pointer s = new DeviceAddress(scratch);
      int status =
          switch (direction) {
            case FORWARD ->
                JCudnn.cudnnConvolutionForward(
                    handle,
                    one,
                    x,
                    in,
                    filter,
                    w,
                    convolution,
                    algorithm,
                    s,
                    workspace,
                    zero,
                    y,
                    out);
            case INPUT ->
                JCudnn.cudnnConvolutionBackwardData(
                    handle,
                    one,
                    filter,
                    w,
                    y,
                    out,
                    convolution,
                    algorithm,
                    s,
                    workspace,
                    zero,
                    x,
                    in);
            case FILTER ->
                JCudnn.cudnnConvolutionBackwardFilter(
                    handle,
                    one,
                    x,
                    in,
                    y,
                    out,
                    convolution,
                    algorithm,
                    s,
                    workspace,
                    zero,
                    filter,
                    w);
          };
      check(status, "cudnnConvolution " + direction);
    }

    @Override
    public void close() {
      JCudnn.cudnnDestroyTensorDescriptor(x);
      JCudnn.cudnnDestroyTensorDescriptor(y);
      JCudnn.cudnnDestroyFilterDescriptor(filter);
      JCudnn.cudnnDestroyConvolutionDescriptor(convolution);
    }
  }

  /**
   * The problem of one convolution.
   *
   * @throws CudaException if cuDNN has no algorithm for it
   */
  public Problem problem(Direction direction, ConvOp.Params p, Tensor x, Tensor weight, Tensor y) {
    return new Problem(direction, p, x, weight, y);
  }

  private static int type(DType dtype) {
    return switch (dtype) {
      case F32 -> cudnnDataType.CUDNN_DATA_FLOAT;
      case F64 -> cudnnDataType.CUDNN_DATA_DOUBLE;
      case F16 -> cudnnDataType.CUDNN_DATA_HALF;
      case BF16 -> BF16;
      case I64, I32, I8, U8, BOOL ->
          throw new IllegalArgumentException("cudnn: no convolutions of " + dtype);
    };
  }
}
