package dev.manabi.examples;

import dev.manabi.tensor.Device;
import dev.manabi.tensor.memory.Memory;
import dev.manabi.tensor.run.Backend;
import dev.manabi.tensor.run.Backends;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code manabi doctor}. */
@Command(
    name = "doctor",
    mixinStandardHelpOptions = true,
    description = "Prints what manabi finds on this machine, and how to get what is missing.")
final class DoctorCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    Runtime runtime = Runtime.getRuntime();
    out.printf(
        "Java %s, %s %s, %d processors%n",
        System.getProperty("java.version"),
        System.getProperty("os.name"),
        System.getProperty("os.arch"),
        runtime.availableProcessors());
    out.printf("memory for tensors: %d MiB%n", Memory.budget() >> 20);
    for (Backend backend : Backends.all()) {
      out.println();
      out.printf("%s (%s)%n", backend.name(), backend.kind());
      backend.describe().forEach(line -> out.println(indented(line)));
      String missing = backend.unavailableBecause();
      out.println(indented(missing.isEmpty() ? "ready" : "not available: " + missing));
    }
    out.println();
    for (Device.Kind kind : Device.Kind.values()) {
      out.printf("tensors on %s are computed by %s%n", kind, chosen(kind));
    }
    out.flush();
    return CommandLine.ExitCode.OK;
  }

  private static String chosen(Device.Kind kind) {
    try {
      return Backends.of(new Device(kind, 0)).name();
    } catch (IllegalStateException none) {
      return "nothing: see above";
    }
  }

  private static String indented(String text) {
    return "  " + text.replace("\n", "\n  ");
  }
}
