package dev.manabi.kernels.cuda.library;

import dev.manabi.kernels.cuda.driver.Cleanup;
import dev.manabi.kernels.cuda.driver.CudaException;
import dev.manabi.kernels.cuda.driver.JCudaContext;
import dev.manabi.tensor.DType;
import java.util.List;
import jcuda.Pointer;
import jcuda.cudaDataType;
import jcuda.jcublas.JCublas2;
import jcuda.jcublas.cublasComputeType;
import jcuda.jcublas.cublasGemmAlgo;
import jcuda.jcublas.cublasHandle;
import jcuda.jcublas.cublasMath;
import jcuda.jcublas.cublasOperation;
import jcuda.jcublas.cublasStatus;
import jcuda.runtime.cudaStream_t;

/** Matrix products by cuBLAS, in one stream. f32 is computed in f32, not in TF32. */
public final class Cublas {
  private static final Pointer ONE = Pointer.to(new float[] {1});
  private static final Pointer ZERO = Pointer.to(new float[] {0});
  private static final Pointer ONE_F64 = Pointer.to(new double[] {1});
  private static final Pointer ZERO_F64 = Pointer.to(new double[] {0});

  /** Partial sums of f16 and bf16 stay f32. */
  private static final int MATH_MODE =
      cublasMath.CUBLAS_DEFAULT_MATH | cublasMath.CUBLAS_MATH_DISALLOW_REDUCED_PRECISION_REDUCTION;

  /** What cuBLAS recommends for the largest cards. */
  private static final long WORKSPACE = 32 << 20;

  private final cublasHandle handle = new cublasHandle();

  /** For work in the stream of {@code context}. */
  public Cublas(JCudaContext context) {
    check(JCublas2.cublasCreate(handle), "cublasCreate");
    try {
      prepare(context);
    } catch (RuntimeException e) {
      throw Cleanup.after(e, List.of(() -> JCublas2.cublasDestroy(handle)));
    }
  }

  private void prepare(JCudaContext context) {
    check(JCublas2.cublasSetStream(handle, new cudaStream_t(context.stream())), "cublasSetStream");
    check(JCublas2.cublasSetMathMode(handle, MATH_MODE), "cublasSetMathMode");
    // Its own it would allocate anew in every captured graph.
    long workspace = context.allocate(WORKSPACE);
    if (workspace != 0) {
      Pointer address = new DeviceAddress(workspace);
      try {
        check(JCublas2.cublasSetWorkspace(handle, address, WORKSPACE), "cublasSetWorkspace");
      } catch (RuntimeException e) {
        throw Cleanup.after(e, List.of(() -> context.free(workspace)));
      }
    }
  }

  /**
   * A matrix in memory, column by column as cuBLAS counts.
   *
   * @param transposed whether the product takes its transpose
   * @param leading distance of its columns, in elements
   * @param batch distance of the matrices of a batch, in elements
   */
  public record Operand(long address, boolean transposed, int leading, long batch) {}

  private static void check(int status, String call) {
    if (status != cublasStatus.CUBLAS_STATUS_SUCCESS) {
      throw new CudaException(
          call
              + ": "
              + cublasStatus.stringFor(status)
              + "\n  fix: -Dmanabi.cuda.prefer=hand does without cuBLAS");
    }
  }

  /** {@code c = a * b}, or {@code c += a * b}, for {@code count} matrices: c is m x n. */
  public void multiply(
      DType dtype, int m, int n, int k, Operand a, Operand b, Operand c, int count, boolean adds) {
    boolean f64 = dtype == DType.F64;
    int type = type(dtype);
    int compute = f64 ? cublasComputeType.CUBLAS_COMPUTE_64F : cublasComputeType.CUBLAS_COMPUTE_32F;
    check(
        JCublas2.cublasGemmStridedBatchedEx_new(
            handle,
            operation(a),
            operation(b),
            m,
            n,
            k,
            f64 ? ONE_F64 : ONE,
            new DeviceAddress(a.address()),
            type,
            a.leading(),
            a.batch(),
            new DeviceAddress(b.address()),
            type,
            b.leading(),
            b.batch(),
            adds ? (f64 ? ONE_F64 : ONE) : (f64 ? ZERO_F64 : ZERO),
            new DeviceAddress(c.address()),
            type,
            c.leading(),
            c.batch(),
            count,
            compute,
            cublasGemmAlgo.CUBLAS_GEMM_DEFAULT),
        "cublasGemmStridedBatchedEx");
  }

  private static int operation(Operand x) {
    return x.transposed() ? cublasOperation.CUBLAS_OP_T : cublasOperation.CUBLAS_OP_N;
  }

  private static int type(DType dtype) {
    return switch (dtype) {
      case F32 -> cudaDataType.CUDA_R_32F;
      case F64 -> cudaDataType.CUDA_R_64F;
      case F16 -> cudaDataType.CUDA_R_16F;
      case BF16 -> cudaDataType.CUDA_R_16BF;
      case I64, I32, I8, U8, BOOL ->
          throw new IllegalArgumentException("cublas: no products of " + dtype);
    };
  }
}
