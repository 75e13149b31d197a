package dev.manabi.bench.command;

import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;

/** The command line of the comparisons. */
@Command(
    name = "manabi bench",
    description = "Compares manabi with other engines, side by side in one process.",
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true,
    subcommands = {
      StepsCommand.class,
      ScalingCommand.class,
      EpochCommand.class,
      InferenceCommand.class,
      HelpCommand.class
    })
public final class Main {
  private Main() {}

  /** Runs the command and ends the JVM with its exit code. */
  public static void main(String[] args) {
    Locale.setDefault(Locale.ROOT);
    System.exit(commandLine().execute(args));
  }

  /** The command line without the JVM's end, for tests. */
  static CommandLine commandLine() {
    return new CommandLine(new Main());
  }
}
