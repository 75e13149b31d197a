package dev.manabi.examples.ptx;

import dev.manabi.kernels.ptx.DeviceMemory;
import dev.manabi.kernels.ptx.Dim3;
import dev.manabi.kernels.ptx.LaunchReport;
import dev.manabi.kernels.ptx.Machine;
import dev.manabi.kernels.ptx.Occupancy;
import dev.manabi.kernels.ptx.PtxKernel;
import dev.manabi.kernels.ptx.PtxModule;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which kernel to launch, how, and on what: what all commands of {@code manabi ptx} share. */
final class LaunchOptions {
  /** A launch that is ready: its arrays are in memory. */
  record Prepared(
      Machine machine,
      PtxKernel kernel,
      Dim3 grid,
      Dim3 block,
      int shared,
      ByteBuffer parameters,
      List<Argument> arguments,
      List<Long> addresses) {
    LaunchReport run() {
      return machine.launch(kernel, grid, block, shared, parameters);
    }

    /** How many such blocks run at a time on a multiprocessor like the machine. */
    Occupancy occupancy(int registers) {
      return Occupancy.of(
          machine.options().computeCapability(),
          (int) block.count(),
          registers,
          (long) kernel.staticSharedBytes() + shared);
    }

    /** Prints the arrays as they are now. */
    void printArrays(PrintWriter out, int most) {
      for (int i = 0; i < arguments.size(); i++) {
        if (arguments.get(i).isArray()) {
          String name = kernel.parameters().get(i).name();
          String text = arguments.get(i).text(machine.memory(), addresses.get(i), most);
          out.println(name + ": " + text);
        }
      }
    }
  }

  @Parameters(paramLabel = "KERNEL.ptx", description = "the file")
  private Path file;

  @Option(
      names = "--entry",
      paramLabel = "NAME",
      description = "the kernel in it; not needed if there is only one")
  private String entry;

  @Option(
      names = "--grid",
      paramLabel = "X[,Y[,Z]]",
      description = "how many blocks (${DEFAULT-VALUE})",
      defaultValue = "1")
  private String grid;

  @Option(
      names = "--block",
      paramLabel = "X[,Y[,Z]]",
      description = "how many threads in each (${DEFAULT-VALUE})",
      defaultValue = "32")
  private String block;

  @Option(
      names = "--shared",
      paramLabel = "BYTES",
      description = "dynamic shared memory of each block (${DEFAULT-VALUE})",
      defaultValue = "0")
  private int shared;

  @Option(
      names = "--arg",
      paramLabel = "ARG",
      description = {
        "a parameter, in the kernel's order:",
        "a number, i32=1024 or f32=0.5;",
        "an array in device memory, f32[1024]=random,",
        "i32[64]=iota, f32[8]=1.5, or f32[64]=empty, where",
        "nothing is written;",
        "a struct, i32=1,1000,0*8,i64:4, its members as in",
        "C, those that are not given 0"
      })
  private List<String> arguments = new ArrayList<>();

  @Option(names = "--lenient", description = "leave out the checks that a GPU does not make either")
  private boolean lenient;

  /** Reads the file, fills the arrays. */
  Prepared prepare(boolean profile) {
    PtxModule module;
    try {
      module = PtxModule.parse(Files.readString(file));
    } catch (FileSystemException e) {
      throw new UncheckedIOException(e);
    } catch (IOException e) {
      throw new UncheckedIOException(new IOException(file + ": " + e.getMessage(), e));
    }
    PtxKernel kernel = kernel(module);
    List<Argument> parsed = arguments.stream().map(Argument::parse).toList();
    if (parsed.size() != kernel.parameters().size()) {
      throw new IllegalArgumentException(
          "kernel %s has %d parameters, found %d --arg; it takes %s"
              .formatted(
                  kernel.name(),
                  kernel.parameters().size(),
                  parsed.size(),
                  kernel.parameters().stream()
                      .map(p -> p.name() + " (" + p.bytes() + " bytes)")
                      .collect(Collectors.joining(", "))));
    }
    Machine.Options checks =
        (lenient ? Machine.Options.lenient() : Machine.Options.strict()).withProfile(profile);
    var machine = new Machine(new DeviceMemory(), checks);
    var parameters = ByteBuffer.allocate(kernel.parameterBytes()).order(ByteOrder.LITTLE_ENDIAN);
    List<Long> addresses = new ArrayList<>();
    var random = new SplittableRandom(0);
    for (int i = 0; i < parsed.size(); i++) {
      addresses.add(pass(parsed.get(i), kernel.parameters().get(i), parameters, machine, random));
    }
    return new Prepared(
        machine,
        kernel,
        extent("--grid", grid),
        extent("--block", block),
        shared,
        parameters,
        parsed,
        addresses);
  }

  private static long pass(
      Argument argument,
      PtxKernel.Parameter parameter,
      ByteBuffer to,
      Machine machine,
      SplittableRandom random) {
    if (!argument.fits(parameter.bytes())) {
      throw new IllegalArgumentException(
          "parameter %s has %d bytes; %s has not"
              .formatted(
                  parameter.name(),
                  parameter.bytes(),
                  argument.isArray()
                      ? "the address of an array"
                      : argument.type().name().toLowerCase(Locale.ROOT) + "=" + argument.value()));
    }
    if (!argument.isArray()) {
      argument.put(to, parameter.offset());
      return 0;
    }
    long address = argument.allocate(machine.memory(), random);
    to.putLong(parameter.offset(), address);
    return address;
  }

  private PtxKernel kernel(PtxModule module) {
    if (entry != null) {
      return module.kernel(entry);
    }
    List<PtxKernel> kernels = module.kernels();
    if (kernels.size() != 1) {
      throw new IllegalArgumentException(
          "%s has %d kernels; choose one with --entry: %s"
              .formatted(
                  file,
                  kernels.size(),
                  kernels.stream().map(PtxKernel::name).collect(Collectors.joining(", "))));
    }
    return kernels.getFirst();
  }

  /** {@code 2,3} is 2 x 3 x 1. */
  static Dim3 extent(String option, String text) {
    return new Dim3(part(option, text, 0, 1), part(option, text, 1, 1), part(option, text, 2, 1));
  }

  /** {@code 2,3} is the place (2, 3, 0). */
  static Dim3 place(String option, String text) {
    return new Dim3(part(option, text, 0, 0), part(option, text, 1, 0), part(option, text, 2, 0));
  }

  private static int part(String option, String text, int i, int missing) {
    String[] parts = text.split(",", -1);
    try {
      return i < parts.length ? Integer.parseInt(parts[i].strip()) : missing;
    } catch (NumberFormatException _) {
      throw new IllegalArgumentException(option + " " + text + ": write X, X,Y or X,Y,Z");
    }
  }
}
