package dev.manabi.kernels.cuda.driver;

import static dev.manabi.kernels.cuda.driver.JCudaStatus.check;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import jcuda.Pointer;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdevice_attribute;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUgraph;
import jcuda.driver.CUmodule;
import jcuda.driver.CUresult;
import jcuda.driver.CUstream;
import jcuda.driver.CUstreamCaptureMode;
import jcuda.driver.CUstream_flags;
import jcuda.driver.JCudaDriver;
import org.jspecify.annotations.Nullable;

/** The primary context of one card, with one stream. */
public final class JCudaContext implements CudaContext {
  /** A direct buffer holds at most 2 GiB; larger copies go in parts of this size. */
  private static final long COPY_PART = 1L << 30;

  /** The context that is current on this thread, as far as this class made it so. */
  private static final ThreadLocal<@Nullable JCudaContext> CURRENT = new ThreadLocal<>();

  private static final ThreadLocal<Launcher> LAUNCHERS = ThreadLocal.withInitial(Launcher::new);

  private final CUcontext context = new CUcontext();
  private final Stream stream = new Stream();

  /** Where memory is asked for, so that a capture on the other stream does not note it down. */
  private final CUstream memoryStream = new CUstream();

  private final DeviceInfo info;

  /** Some virtual machines have no memory that is handed out in the order of a stream. */
  private final boolean hasPools;

  /** What the capture under way copies from the host. */
  private volatile @Nullable List<MemorySegment> capturedSources;

  /** A device address that is known as a number. */
  static final class Address extends CUdeviceptr {
    Address() {}

    Address(long address) {
      super(new CUdeviceptr(), address);
    }

    long value() {
      return getNativePointer();
    }
  }

  /** A stream whose handle the launcher can pass on. */
  private static final class Stream extends CUstream {
    long handle() {
      return getNativePointer();
    }
  }

  JCudaContext(int index) {
    CUdevice device = new CUdevice();
    check(JCudaDriver.cuDeviceGet(device, index), "cuDeviceGet");
    check(JCudaDriver.cuDevicePrimaryCtxRetain(context, device), "cuDevicePrimaryCtxRetain");
    info = describe(device);
    hasPools =
        attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MEMORY_POOLS_SUPPORTED) != 0;
    enter();
    check(
        JCudaDriver.cuStreamCreate(stream, CUstream_flags.CU_STREAM_NON_BLOCKING),
        "cuStreamCreate");
    check(
        JCudaDriver.cuStreamCreate(memoryStream, CUstream_flags.CU_STREAM_NON_BLOCKING),
        "cuStreamCreate");
  }

  private static DeviceInfo describe(CUdevice device) {
    byte[] name = new byte[256];
    check(JCudaDriver.cuDeviceGetName(name, name.length, device), "cuDeviceGetName");
    long[] bytes = new long[1];
    check(JCudaDriver.cuDeviceTotalMem(bytes, device), "cuDeviceTotalMem");
    return new DeviceInfo(
        new String(name, StandardCharsets.UTF_8).replace("\0", "").strip(),
        attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR),
        attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR),
        attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT),
        bytes[0],
        attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN),
        attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_L2_CACHE_SIZE));
  }

  private static int attribute(CUdevice device, int which) {
    int[] value = new int[1];
    check(JCudaDriver.cuDeviceGetAttribute(value, which, device), "cuDeviceGetAttribute");
    return value[0];
  }

  /** Makes this context current on the calling thread; a virtual one may have changed carriers. */
  void enter() {
    if (CURRENT.get() != this || Thread.currentThread().isVirtual()) {
      check(JCudaDriver.cuCtxSetCurrent(context), "cuCtxSetCurrent");
      CURRENT.set(this);
    }
  }

  /** The stream, for libraries that work in it; this context is current on return. */
  public CUstream stream() {
    enter();
    return stream;
  }

  @Override
  public DeviceInfo info() {
    return info;
  }

  @Override
  public long freeMemory() {
    enter();
    long[] free = new long[1];
    check(JCudaDriver.cuMemGetInfo(free, new long[1]), "cuMemGetInfo");
    return free[0];
  }

  @Override
  public long allocate(long bytes) {
    enter();
    Address address = new Address();
    int status =
        hasPools
            ? JCudaDriver.cuMemAllocAsync(address, bytes, memoryStream)
            : JCudaDriver.cuMemAlloc(address, bytes);
    if (status == CUresult.CUDA_ERROR_OUT_OF_MEMORY) {
      return 0;
    }
    if (status != CUresult.CUDA_SUCCESS) {
      throw JCudaStatus.failure(
          status, hasPools ? "cuMemAllocAsync" : "cuMemAlloc", bytes + " bytes");
    }
    check(JCudaDriver.cuStreamSynchronize(memoryStream), "cuStreamSynchronize");
    return address.value();
  }

  @Override
  public void free(long address) {
    if (capturedSources == null) {
      synchronize();
    } else {
      // All work is done since the capture began, and a stream in a capture cannot be waited for.
      enter();
    }
    if (hasPools) {
      check(JCudaDriver.cuMemFreeAsync(new Address(address), memoryStream), "cuMemFreeAsync");
    } else {
      check(JCudaDriver.cuMemFree(new Address(address)), "cuMemFree");
    }
  }

  @Override
  public boolean checksMemory() {
    return false;
  }

  @Override
  public void copyIn(long address, MemorySegment host) {
    List<MemorySegment> sources = capturedSources;
    if (sources == null) {
      copyInAsync(address, host);
      synchronize();
    } else if (host.byteSize() > 0) {
      // A captured copy reads the host's memory whenever it is replayed.
      MemorySegment snapshot = allocatePinned(host.byteSize()).copyFrom(host);
      sources.add(snapshot);
      copyInAsync(address, snapshot);
    }
  }

  @Override
  public void copyOut(MemorySegment host, long address) {
    copyOutAsync(host, address);
    synchronize();
  }

  @Override
  public void copyInAsync(long address, MemorySegment pinned) {
    inParts(
        pinned,
        "cuMemcpyHtoDAsync",
        (at, host, bytes) ->
            JCudaDriver.cuMemcpyHtoDAsync(new Address(address + at), host, bytes, stream));
  }

  @Override
  public void copyOutAsync(MemorySegment pinned, long address) {
    inParts(
        pinned,
        "cuMemcpyDtoHAsync",
        (at, host, bytes) ->
            JCudaDriver.cuMemcpyDtoHAsync(host, new Address(address + at), bytes, stream));
  }

  /** Copies a part that begins {@code at} so many bytes; returns the status. */
  private interface PartCopy {
    int copy(long at, Pointer host, long bytes);
  }

  private void inParts(MemorySegment host, String call, PartCopy part) {
    if (!host.isNative()) {
      // The collector could move it while the device reads or writes.
      throw new IllegalArgumentException(call + ": memory of the Java heap");
    }
    enter();
    for (long at = 0; at < host.byteSize(); at += COPY_PART) {
      long bytes = Math.min(COPY_PART, host.byteSize() - at);
      Pointer here = Pointer.to(host.asSlice(at, bytes).asByteBuffer());
      check(part.copy(at, here, bytes), call);
    }
  }

  @Override
  public void copy(long to, long from, long bytes) {
    enter();
    check(
        JCudaDriver.cuMemcpyDtoDAsync(new Address(to), new Address(from), bytes, stream),
        "cuMemcpyDtoDAsync");
  }

  @Override
  public void fill(long address, byte value, long bytes) {
    enter();
    check(
        JCudaDriver.cuMemsetD8Async(new Address(address), value, bytes, stream), "cuMemsetD8Async");
  }

  @Override
  public MemorySegment allocatePinned(long bytes) {
    enter();
    Pointer pointer = new Pointer();
    check(JCudaDriver.cuMemHostAlloc(pointer, bytes, 0), "cuMemHostAlloc");
    return MemorySegment.ofBuffer(pointer.getByteBuffer(0, bytes));
  }

  @Override
  public void freePinned(MemorySegment memory) {
    enter();
    check(JCudaDriver.cuMemFreeHost(Pointer.to(memory.asByteBuffer())), "cuMemFreeHost");
  }

  /** What gives each of {@code pinned} back. */
  List<Runnable> release(List<MemorySegment> pinned) {
    List<Runnable> steps = new ArrayList<>();
    pinned.forEach(memory -> steps.add(() -> freePinned(memory)));
    return steps;
  }

  @Override
  public CudaModule load(String name, String ptx) {
    enter();
    CUmodule module = new CUmodule();
    String with = "module " + name + " on " + info;
    check(JCudaDriver.cuModuleLoadData(module, ptx), "cuModuleLoadData", with);
    return new Module(name, module);
  }

  /** A loaded module. */
  private final class Module implements CudaModule {
    private final String name;
    private final CUmodule module;

    Module(String name, CUmodule module) {
      this.name = name;
      this.module = module;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public CudaKernel kernel(String kernel) {
      enter();
      JCudaKernel.Function function = new JCudaKernel.Function();
      String whole = name + "." + kernel;
      int status = JCudaDriver.cuModuleGetFunction(function, module, kernel);
      check(status, "cuModuleGetFunction", whole);
      return new JCudaKernel(JCudaContext.this, whole, function);
    }
  }

  @Override
  public void launch(CudaKernel kernel, Grid grid, ByteBuffer parameters) {
    enter();
    JCudaKernel k = (JCudaKernel) kernel;
    k.allowShared(grid.shared());
    int status = LAUNCHERS.get().launch(k.handle(), stream.handle(), grid, parameters);
    if (status != CUresult.CUDA_SUCCESS) {
      throw JCudaStatus.failure(status, "cuLaunchKernel", k.name() + ", " + grid);
    }
  }

  @Override
  public CudaEvent event() {
    enter();
    return new JCudaEvent(stream);
  }

  @Override
  public void synchronize() {
    enter();
    check(JCudaDriver.cuStreamSynchronize(stream), "cuStreamSynchronize");
  }

  @Override
  public void beginCapture() {
    synchronize();
    int mode = CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_RELAXED;
    check(JCudaDriver.cuStreamBeginCapture(stream, mode), "cuStreamBeginCapture");
    capturedSources = Collections.synchronizedList(new ArrayList<>());
  }

  @Override
  public CudaGraph endCapture() {
    enter();
    List<MemorySegment> sources = capturedSources;
    if (sources == null) {
      throw new CudaException("no capture was begun");
    }
    capturedSources = null;
    CUgraph graph = new CUgraph();
    int status = JCudaDriver.cuStreamEndCapture(stream, graph);
    if (status != CUresult.CUDA_SUCCESS) {
      throw Cleanup.after(JCudaStatus.failure(status, "cuStreamEndCapture", ""), release(sources));
    }
    return new JCudaGraph(this, graph, sources);
  }
}
