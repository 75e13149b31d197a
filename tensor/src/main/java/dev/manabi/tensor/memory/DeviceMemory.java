package dev.manabi.tensor.memory;

import dev.manabi.tensor.error.OutOfMemoryBudgetException;
import java.lang.foreign.MemorySegment;

/**
 * The memory of a device that Java cannot read: a backend gives it, storages live in it.
 *
 * <p>All calls are ordered with the kernels of that device: memory may be freed while a kernel that
 * was started before still works on it, and a copy sees what the kernels before it wrote.
 */
public interface DeviceMemory {
  /** The address that stands for no memory. */
  long NONE = 0;

  /** The address of so many bytes, aligned to 256, or {@link #NONE} if there are none left. */
  long allocate(long bytes);

  /** Takes back what {@link #allocate} gave. */
  void free(long address, long bytes);

  /** Copies all of {@code host} to {@code address}; {@code host} may be changed once it returns. */
  void copyIn(long address, MemorySegment host);

  /** Copies from {@code address} until {@code host} is full, and waits for it. */
  void copyOut(MemorySegment host, long address);

  /** The error for a request of so many bytes that cannot be met. */
  OutOfMemoryBudgetException outOfMemory(long bytes);
}
