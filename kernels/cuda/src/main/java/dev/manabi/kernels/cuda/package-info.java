/**
 * The CUDA backend. Read in this order:
 *
 * <ol>
 *   <li>{@link dev.manabi.kernels.cuda.CudaBackend}: which kernel computes which op.
 *   <li>{@code Elementwise}: how an op becomes a launch; the other families are like it.
 *   <li>{@code Walk}: how strided tensors are told to a kernel.
 *   <li>{@code Gpu}, {@code Call}: a device with its kernels, and one launch.
 *   <li>{@code DevicePool}: memory that is used again and again.
 *   <li>{@code driver}: where CUDA itself begins, and where the PTX machine takes its place.
 * </ol>
 *
 * <p>The kernels are in {@code src/main/cuda}, one small file for each idea.
 */
@NullMarked
package dev.manabi.kernels.cuda;

import org.jspecify.annotations.NullMarked;
