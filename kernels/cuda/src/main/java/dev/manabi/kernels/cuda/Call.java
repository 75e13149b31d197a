package dev.manabi.kernels.cuda;

import dev.manabi.kernels.cuda.driver.CudaKernel;
import dev.manabi.kernels.cuda.driver.Grid;
import dev.manabi.tensor.DType;
import dev.manabi.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * One launch: its parameters are given in the kernel's order, then the grid, and it runs.
 *
 * <pre>{@code
 * gpu.call("elementwise", dtype, "unary_exp").walk(w).i32(1).tensor(x).tensor(y).each(w.count());
 * }</pre>
 *
 * <p>Parameters are laid out as C lays out a struct of them.
 */
final class Call {
  private static final int BUFFER_BYTES = 4096;
  private static final int THREADS = 256;

  private final Gpu gpu;
  private final ByteBuffer buffer =
      ByteBuffer.allocateDirect(BUFFER_BYTES).order(ByteOrder.nativeOrder());
  private CudaKernel kernel;

  Call(Gpu gpu, CudaKernel kernel) {
    this.gpu = gpu;
    this.kernel = kernel;
  }

  /** This object for another launch. */
  Call start(CudaKernel next) {
    kernel = next;
    buffer.clear();
    return this;
  }

  private void align(int bytes) {
    while (buffer.position() % bytes != 0) {
      buffer.put((byte) 0);
    }
  }

  Call i32(int value) {
    align(4);
    buffer.putInt(value);
    return this;
  }

  Call i32(boolean value) {
    return i32(value ? 1 : 0);
  }

  Call i64(long value) {
    align(8);
    buffer.putLong(value);
    return this;
  }

  Call f64(double value) {
    align(8);
    buffer.putDouble(value);
    return this;
  }

  /** A number in the type of arithmetic of {@code dtype}. */
  Call arithmetic(DType dtype, double value) {
    switch (dtype) {
      case F32, F16, BF16 -> {
        align(4);
        buffer.putFloat((float) value);
      }
      case F64 -> f64(value);
      case I64, I32, I8, U8, BOOL -> i64((long) value);
    }
    return this;
  }

  /** The bits of one element of so many bytes. */
  Call bits(int bytes, long value) {
    switch (bytes) {
      case 1 -> buffer.put((byte) value);
      case 2 -> {
        align(2);
        buffer.putShort((short) value);
      }
      case 4 -> i32((int) value);
      default -> i64(value);
    }
    return this;
  }

  /** The address of a tensor's element [0, 0, ..]. */
  Call tensor(Tensor t) {
    return i64(t.address());
  }

  Call address(long address) {
    return i64(address);
  }

  /** Goes on where a struct with longs or pointers in it may begin. */
  Call alignStruct() {
    align(8);
    return this;
  }

  /** A struct with longs, doubles or pointers in it, as C lays it out. */
  Call struct(ByteBuffer values) {
    alignStruct();
    buffer.put(values);
    return this;
  }

  Call walk(Walk w) {
    alignStruct().i32(w.rank()).i32(w.count());
    for (int d = 0; d < Walk.MAX_RANK; d++) {
      i32(d < w.rank() ? w.size(d) : 1);
    }
    for (int k = 0; k < w.tensors(); k++) {
      for (int d = 0; d < Walk.MAX_RANK; d++) {
        i64(d < w.rank() ? w.stride(k, d) : 0);
      }
    }
    return this;
  }

  /** The record that notes a bad index, and the number of the op that it would be blamed on. */
  Call faults(String op) {
    return i64(gpu.faults().address()).i32(gpu.faults().number(op));
  }

  /** How many blocks of such a grid the device runs at a time. */
  long blocksAtOnce(Grid grid) {
    int onEach = kernel.occupancy(grid.threads(), grid.shared());
    return (long) onEach * gpu.context().info().multiprocessors();
  }

  /** Runs with a thread for each of {@code count} elements. */
  void each(long count) {
    each(count, 1);
  }

  /** Runs with a thread for {@code perThread} elements each. */
  void each(long count, int perThread) {
    blocks((int) Math.ceilDiv(count, (long) THREADS * perThread), THREADS);
  }

  /** Runs with so many blocks of so many threads. */
  void blocks(int blocks, int threads) {
    grid(Grid.of(blocks, threads));
  }

  void grid(Grid grid) {
    if (grid.x() > 0 && grid.y() > 0 && grid.z() > 0) {
      gpu.context().launch(kernel, grid, buffer);
    }
  }
}
