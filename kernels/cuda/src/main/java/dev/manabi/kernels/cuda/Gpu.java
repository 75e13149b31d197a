package dev.manabi.kernels.cuda;

import dev.manabi.kernels.cuda.driver.CudaContext;
import dev.manabi.kernels.cuda.driver.CudaKernel;
import dev.manabi.kernels.cuda.driver.CudaModule;
import dev.manabi.tensor.DType;
import dev.manabi.tensor.Device;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongConsumer;

/** One device: its context, its memory, and the kernels loaded so far. */
final class Gpu {
  /** From here on a device has tensor cores for f16 and bf16 that {@code mma.sync} reaches. */
  private static final int TENSOR_CORES = 80;

  private final Device device;
  private final CudaContext context;
  private final Faults faults;
  private final DevicePool memory;
  private final Replay replay;
  private final Libraries libraries;
  private final ConcurrentHashMap<String, ConcurrentHashMap<String, CudaModule>> modules =
      new ConcurrentHashMap<>();
  private final ConcurrentHashMap<CudaModule, ConcurrentHashMap<String, CudaKernel>> kernels =
      new ConcurrentHashMap<>();
  private final ThreadLocal<Call> calls = new ThreadLocal<>();

  Gpu(Device device, CudaContext context) {
    this.device = device;
    this.context = context;
    faults = new Faults(context);
    memory = new DevicePool(context, faults);
    replay = new Replay(context, memory);
    libraries = new Libraries(context);
  }

  Device device() {
    return device;
  }

  CudaContext context() {
    return context;
  }

  DevicePool memory() {
    return memory;
  }

  Faults faults() {
    return faults;
  }

  Replay replay() {
    return replay;
  }

  Libraries libraries() {
    return libraries;
  }

  boolean hasTensorCores() {
    return context.info().capability() >= TENSOR_CORES;
  }

  /** A launch of {@code kernel} of the file {@code family}, compiled for {@code dtype}. */
  Call call(String family, DType dtype, String kernel) {
    return call(family, variant(dtype), kernel);
  }

  /** A launch of {@code kernel} of {@code family}, compiled for elements of so many bytes. */
  Call callByWidth(String family, int bytes, String kernel) {
    return call(family, width(bytes), kernel);
  }

  /** A launch on tensor cores where the device has them and {@code dtype} fits them. */
  Call callOnTensorCores(String family, DType dtype, String kernel) {
    boolean fits = (dtype == DType.F16 || dtype == DType.BF16) && hasTensorCores();
    return call(family, fits ? variant(dtype) + ".tensor" : variant(dtype), kernel);
  }

  private static String variant(DType dtype) {
    return switch (dtype) {
      case F32 -> "f32";
      case F64 -> "f64";
      case F16 -> "f16";
      case BF16 -> "bf16";
      case I64 -> "i64";
      case I32 -> "i32";
      case I8 -> "i8";
      case U8 -> "u8";
      case BOOL -> "bool";
    };
  }

  private static String width(int bytes) {
    return switch (bytes) {
      case 1 -> "b8";
      case 2 -> "b16";
      case 4 -> "b32";
      default -> "b64";
    };
  }

  private Call call(String family, String variant, String name) {
    ConcurrentHashMap<String, CudaModule> variants =
        modules.computeIfAbsent(family, f -> new ConcurrentHashMap<>());
    CudaModule module = variants.computeIfAbsent(variant, v -> load(family + "." + v));
    CudaKernel kernel =
        kernels
            .computeIfAbsent(module, m -> new ConcurrentHashMap<>())
            .computeIfAbsent(name, module::kernel);
    Call call = calls.get();
    if (call == null) {
      call = new Call(this, kernel);
      calls.set(call);
    }
    return call.start(kernel);
  }

  private CudaModule load(String name) {
    return context.load(name, PtxFiles.read(name));
  }

  /** The kernels launched so far: file, hash of its PTX and kernel, with tabs between them. */
  List<String> kernelsRun() {
    List<String> run = new ArrayList<>();
    kernels.forEach(
        (module, ofModule) -> {
          String file = module.name() + "\t" + PtxFiles.hash(PtxFiles.read(module.name())) + "\t";
          ofModule.keySet().forEach(kernel -> run.add(file + kernel));
        });
    return run.stream().sorted().toList();
  }

  /** Runs {@code body} with scratch memory of so many bytes, which is then given back. */
  void withScratch(long bytes, LongConsumer body) {
    long address = memory.allocate(bytes);
    if (address == DevicePool.NONE) {
      throw memory.outOfMemory(bytes);
    }
    try {
      body.accept(address);
    } finally {
      memory.free(address, bytes);
    }
  }
}
