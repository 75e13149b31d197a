package dev.manabi.kernels.cuda.driver;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * One device in use. All work goes through one stream, in the order in which it is asked for; calls
 * return before it is done, unless they say that they wait. Any thread may call.
 */
public interface CudaContext {
  DeviceInfo info();

  /** Bytes that are free on the device now. */
  long freeMemory();

  /**
   * Memory fresh from the driver, aligned to 256 bytes.
   *
   * @return 0 if there is none left
   */
  long allocate(long bytes);

  /** Gives memory back to the driver once the work before this call is done. */
  void free(long address);

  /** Whether fresh memory for every tensor is wanted, because this context checks its use. */
  boolean checksMemory();

  /**
   * Copies {@code host} to {@code address} and waits for it; in a capture, notes down a copy of
   * what {@code host} holds now.
   */
  void copyIn(long address, MemorySegment host);

  /** Copies from {@code address} until {@code host} is full, and waits for it. */
  void copyOut(MemorySegment host, long address);

  /** Copies {@code bytes} bytes on the device. */
  void copy(long to, long from, long bytes);

  /** Sets {@code bytes} bytes to {@code value}. */
  void fill(long address, byte value, long bytes);

  /**
   * Host memory that the device reads and writes without a detour; lives until it is given back.
   */
  MemorySegment allocatePinned(long bytes);

  void freePinned(MemorySegment memory);

  /** Copies pinned memory to {@code address}, without waiting for it. */
  void copyInAsync(long address, MemorySegment pinned);

  /** Copies from {@code address} into pinned memory, without waiting for it. */
  void copyOutAsync(MemorySegment pinned, long address);

  /** Assembles PTX for this device. */
  CudaModule load(String name, String ptx);

  /**
   * Starts a kernel.
   *
   * @param parameters its parameters from 0 to the buffer's position, laid out as C lays out a
   *     struct of them; direct, in native byte order
   */
  void launch(CudaKernel kernel, Grid grid, ByteBuffer parameters);

  /** Notes the present moment. */
  CudaEvent event();

  /** Waits until all work is done; an error of a kernel shows here at the latest. */
  void synchronize();

  /** From now on work is noted down rather than done. */
  void beginCapture();

  /** Ends {@link #beginCapture}. */
  CudaGraph endCapture();
}
