package dev.manabi.kernels.cuda.library;

import dev.manabi.kernels.cuda.driver.CudaException;
import dev.manabi.tensor.DType;
import dev.manabi.tensor.Layout;
import dev.manabi.tensor.Shape;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.op.ConvOp;
import java.util.Arrays;
import java.util.function.Function;
import java.util.function.Supplier;
import jcuda.Pointer;
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

/** The descriptors of one convolution by cuDNN, and the algorithm chosen for it. */
public final class CudnnConvolution {
  private static final int CANDIDATES = 8;

  /** So much scratch memory a faster algorithm may take. */
  private static final long MAX_WORKSPACE = 1L << 30;

  /** Which of a convolution's three tensors is computed. */
  public enum Direction {
    FORWARD,
    INPUT,
    FILTER
  }

  /** What cuDNN says of one algorithm; it has a type for each direction. */
  private record Candidate(int status, int algorithm, int determinism) {}

  /** Fills in candidates and how many they are. */
  private interface Query<P> {
    int ask(int[] found, P[] all);
  }

  private final Direction direction;
  private final DType dtype;
  private final cudnnHandle handle;
  private final cudnnTensorDescriptor x;
  private final cudnnTensorDescriptor y;
  private final cudnnFilterDescriptor filter = new cudnnFilterDescriptor();
  private final cudnnConvolutionDescriptor convolution = new cudnnConvolutionDescriptor();
  private int algorithm = -1;
  private long workspace;

  /**
   * How the filters must lie: channels-last if both images do, so that the axes agree, else not.
   */
  public static Layout filters(Shape weight, Tensor input, Tensor output) {
    return areChannelsLast(input, output) ? Layout.channelsLast(weight) : Layout.contiguous(weight);
  }

  private static boolean areChannelsLast(Tensor input, Tensor output) {
    return input.layout().isChannelsLast() && output.layout().isChannelsLast();
  }

  /**
   * A convolution of these tensors, with filters as {@link #filters} wants them.
   *
   * @throws CudaException if cuDNN has no algorithm for it
   */
  public CudnnConvolution(
      Cudnn dnn, Direction direction, ConvOp.Params p, Tensor input, Shape weight, Tensor output) {
    handle = dnn.handle();
    this.direction = direction;
    dtype = input.dtype();
    boolean last = areChannelsLast(input, output);
    x = Cudnn.describe(images(input, last));
    y = Cudnn.describe(images(output, last));
    Cudnn.check(JCudnn.cudnnCreateFilterDescriptor(filter), "cudnnCreateFilterDescriptor");
    Cudnn.check(
        JCudnn.cudnnSetFilter4dDescriptor(
            filter,
            Cudnn.type(dtype),
            last ? cudnnTensorFormat.CUDNN_TENSOR_NHWC : cudnnTensorFormat.CUDNN_TENSOR_NCHW,
            weight.dim(0),
            weight.dim(1),
            weight.dim(2),
            weight.dim(3)),
        "cudnnSetFilter4dDescriptor");
    describeConvolution(p);
    choose();
  }

  /** Of an axis of size 1 any stride would do; cuDNN tells from it how the others lie. */
  private static CudnnTensor images(Tensor t, boolean last) {
    Layout layout = t.layout();
    if (last) {
      layout = Layout.channelsLast(t.shape());
    } else if (layout.isContiguous()) {
      layout = Layout.contiguous(t.shape());
    }
    return CudnnTensor.of(t.dtype(), layout);
  }

  private void describeConvolution(ConvOp.Params p) {
    int compute =
        dtype == DType.F64 ? cudnnDataType.CUDNN_DATA_DOUBLE : cudnnDataType.CUDNN_DATA_FLOAT;
    Cudnn.check(
        JCudnn.cudnnCreateConvolutionDescriptor(convolution), "cudnnCreateConvolutionDescriptor");
    Cudnn.check(
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
    Cudnn.check(
        JCudnn.cudnnSetConvolutionGroupCount(convolution, p.groups()),
        "cudnnSetConvolutionGroupCount");
    boolean half = dtype == DType.F16 || dtype == DType.BF16;
    Cudnn.check(
        JCudnn.cudnnSetConvolutionMathType(
            convolution, half ? cudnnMathType.CUDNN_TENSOR_OP_MATH : cudnnMathType.CUDNN_FMA_MATH),
        "cudnnSetConvolutionMathType");
  }

  private void choose() {
    switch (direction) {
      case FORWARD ->
          consider(
              new cudnnConvolutionFwdAlgoPerf[CANDIDATES],
              cudnnConvolutionFwdAlgoPerf::new,
              (found, all) ->
                  JCudnn.cudnnGetConvolutionForwardAlgorithm_v7(
                      handle, x, filter, convolution, y, CANDIDATES, found, all),
              c -> new Candidate(c.status, c.algo, c.determinism));
      case INPUT ->
          consider(
              new cudnnConvolutionBwdDataAlgoPerf[CANDIDATES],
              cudnnConvolutionBwdDataAlgoPerf::new,
              (found, all) ->
                  JCudnn.cudnnGetConvolutionBackwardDataAlgorithm_v7(
                      handle, filter, y, convolution, x, CANDIDATES, found, all),
              c -> new Candidate(c.status, c.algo, c.determinism));
      case FILTER ->
          consider(
              new cudnnConvolutionBwdFilterAlgoPerf[CANDIDATES],
              cudnnConvolutionBwdFilterAlgoPerf::new,
              (found, all) ->
                  JCudnn.cudnnGetConvolutionBackwardFilterAlgorithm_v7(
                      handle, x, y, convolution, filter, CANDIDATES, found, all),
              c -> new Candidate(c.status, c.algo, c.determinism));
    }
    if (algorithm < 0) {
      throw new CudaException("cudnn: no algorithm for this convolution");
    }
  }

  /**
   * Asks for candidates, the fastest first, and takes the first that works in the memory allowed
   * and gives the same result in every run.
   */
  private <P> void consider(
      P[] all, Supplier<P> one, Query<P> query, Function<P, Candidate> candidate) {
    int[] found = new int[1];
    Arrays.setAll(all, i -> one.get());
    Cudnn.check(query.ask(found, all), "cudnnGetConvolutionAlgorithm_v7 " + direction);
    for (int i = 0; i < found[0] && algorithm < 0; i++) {
      Candidate c = candidate.apply(all[i]);
      if (c.status() == 0 && c.determinism() == cudnnDeterminism.CUDNN_DETERMINISTIC) {
        long bytes = workspaceOf(c.algorithm());
        if (bytes <= MAX_WORKSPACE) {
          algorithm = c.algorithm();
          workspace = bytes;
        }
      }
    }
  }

  /**
   * What an algorithm needs with the arithmetic of this convolution; a candidate's own figure may
   * be for another. More than any memory if it does not work with it.
   */
  private long workspaceOf(int candidate) {
    long[] bytes = new long[1];
    int status =
        switch (direction) {
          case FORWARD ->
              JCudnn.cudnnGetConvolutionForwardWorkspaceSize(
                  handle, x, filter, convolution, y, candidate, bytes);
          case INPUT ->
              JCudnn.cudnnGetConvolutionBackwardDataWorkspaceSize(
                  handle, filter, y, convolution, x, candidate, bytes);
          case FILTER ->
              JCudnn.cudnnGetConvolutionBackwardFilterWorkspaceSize(
                  handle, x, y, convolution, filter, candidate, bytes);
        };
    return status == 0 ? bytes[0] : Long.MAX_VALUE;
  }

  /** Bytes of scratch memory that {@link #run} wants. */
  public long workspace() {
    return workspace;
  }

  /** Computes the one of the three tensors that this problem is for, from the other two. */
  public void run(Tensor input, Tensor weight, Tensor output, long scratch) {
    Pointer one = Cudnn.one(dtype);
    Pointer zero = Cudnn.zero(dtype);
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
    Cudnn.check(status, "cudnnConvolution " + direction);
  }
}
