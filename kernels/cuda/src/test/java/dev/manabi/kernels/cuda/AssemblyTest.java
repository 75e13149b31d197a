package dev.manabi.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.manabi.kernels.cuda.Assembly.Usage;
import dev.manabi.tensor.Device;
import dev.manabi.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/**
 * Every committed kernel assembles for sm_80 and for sm_90, in every build, and spills nothing;
 * none is written for sm_90a. What each takes stands in {@code assembly.tsv} beside the PTX, with
 * the hash of the PTX that it was read from; {@code -Dmanabi.assembly=write} brings the table up to
 * date.
 *
 * <p>Its last column is not written by hand: {@code bench/gpu.sh} leaves in {@code
 * kernels/cuda/gpu-runs.tsv} which kernels a device has run, with the hash of their PTX. A kernel
 * whose PTX is another has run on the PTX machine only.
 */
class AssemblyTest {
  private static final String HEADER =
      "module\tptx\tkernel\tregisters sm_80\tregisters sm_90\tshared bytes\tspilled bytes\tstack bytes"
          + "\trun on";

  private static final List<String> ARCHITECTURES = List.of("sm_80", "sm_90");

  private static final Path TABLE = KernelFiles.table();
  private static final Path RUNS = KernelFiles.module().resolve("gpu-runs.tsv");

  /** One PTX to be assembled for one architecture. */
  private record Job(Path file, String architecture) {
    Map<String, Usage> run() {
      return Assembly.assemble(KernelFiles.name(file), KernelFiles.read(file), architecture);
    }
  }

  @Test
  void everyKernelAssemblesAndSpillsNothing() throws IOException {
    assumeTrue(loads(), "JNvPTXCompiler has no native library for this platform");
    Map<Job, Map<String, Usage>> usages = assembleAll();
    Map<String, String> runs = runs(Files.exists(RUNS) ? Files.readAllLines(RUNS) : List.of());
    List<String> lines = new ArrayList<>();
    List<String> spilling = new ArrayList<>();
    for (Path file : KernelFiles.ptx()) {
      String name = KernelFiles.name(file) + "\t" + PtxFiles.hash(KernelFiles.read(file)) + "\t";
      Map<String, Usage> ampere = usages.get(new Job(file, "sm_80"));
      usages
          .get(new Job(file, "sm_90"))
          .forEach(
              (kernel, hopper) -> {
                Usage other = ampere.get(kernel);
                if (other.spilled() + hopper.spilled() > 0) {
                  spilling.add(name + kernel);
                }
                lines.add(
                    name + kernel + "\t" + row(other, hopper) + "\t" + runOn(runs, name + kernel));
              });
    }
    assertEquals(List.of(), spilling, "these kernels spill registers");
    lines.sort(Comparator.naturalOrder());
    lines.addFirst(HEADER);
    if (System.getProperty("manabi.assembly", "").equals("write")) {
      Files.writeString(TABLE, String.join("\n", lines) + "\n");
    }
    assertEquals(
        String.join("\n", lines),
        Files.readString(TABLE).strip(),
        TABLE + " is out of date: run this test with -Dmanabi.assembly=write and commit it");
  }

  @Test
  void aKernelWhosePtxIsAnotherHasRunOnNoDevice() {
    Map<String, String> runs = runs(List.of("gemm.f32\t0123456789ab\tgemm_64_ss\tNVIDIA H200"));
    assertEquals("NVIDIA H200", runOn(runs, "gemm.f32\t0123456789ab\tgemm_64_ss"));
    assertEquals("PTX machine", runOn(runs, "gemm.f32\tba9876543210\tgemm_64_ss"));
    assertEquals("PTX machine", runOn(runs, "gemm.f32\t0123456789ab\tgemm_64_sa"));
  }

  @Test
  void aDeviceNotesTheKernelsThatItRuns() throws IOException {
    Machines.choose();
    assumeTrue(Gpus.unavailableBecause().isEmpty(), Gpus.unavailableBecause());
    Device gpu = Device.cuda(0);
    Tensors.zeros(3).to(gpu).argmax(0);
    String kernel = "order.f32\t" + PtxFiles.hash(PtxFiles.read("order.f32")) + "\targ_reduce";
    assertTrue(Gpus.kernelsRun(gpu).contains(kernel), kernel);
    assertTrue(Files.readString(TABLE).contains("\n" + kernel + "\t"), "is named as in the table");
  }

  /** The largest first: whatever comes last is alone on the machine. */
  private static Map<Job, Map<String, Usage>> assembleAll() {
    List<Job> jobs = new ArrayList<>();
    for (Path file : KernelFiles.ptx()) {
      ARCHITECTURES.forEach(architecture -> jobs.add(new Job(file, architecture)));
    }
    jobs.sort(Comparator.comparingLong((Job job) -> job.file().toFile().length()).reversed());
    Map<Job, Map<String, Usage>> usages = new ConcurrentHashMap<>();
    int cores = Runtime.getRuntime().availableProcessors();
    try (ExecutorService workers = Executors.newFixedThreadPool(cores)) {
      List<Future<?>> done = new ArrayList<>();
      jobs.forEach(job -> done.add(workers.submit(() -> usages.put(job, job.run()))));
      for (Future<?> job : done) {
        job.get();
      }
    } catch (ExecutionException | InterruptedException e) {
      throw new AssertionError(e.getMessage(), e);
    }
    return usages;
  }

  private static String row(Usage ampere, Usage hopper) {
    return String.join(
        "\t",
        ampere.registers() + "",
        hopper.registers() + "",
        hopper.shared() + "",
        ampere.spilled() + hopper.spilled() + "",
        Math.max(ampere.stack(), hopper.stack()) + "");
  }

  /** Devices by file, hash and kernel. */
  private static Map<String, String> runs(List<String> lines) {
    Map<String, String> runs = new HashMap<>();
    for (String line : lines) {
      int device = line.lastIndexOf('\t');
      runs.put(line.substring(0, device), line.substring(device + 1));
    }
    return runs;
  }

  private static String runOn(Map<String, String> runs, String kernel) {
    return runs.getOrDefault(kernel, "PTX machine");
  }

  private static boolean loads() {
    try {
      jcuda.nvptxcompiler.JNvPTXCompiler.setExceptionsEnabled(false);
      return true;
    } catch (UnsatisfiedLinkError | NoClassDefFoundError e) {
      return false;
    }
  }
}
