package dev.manabi.examples;

import dev.manabi.examples.ptx.PtxCommand;
import dev.manabi.kernels.cuda.driver.CudaException;
import dev.manabi.kernels.ptx.PtxFault;
import dev.manabi.kernels.ptx.PtxFormatException;
import dev.manabi.tensor.error.FormatException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;

/** The command line. */
@Command(
    name = "manabi",
    description = "Trains the example networks and uses them.",
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true,
    version = "manabi 0.1.0",
    footer = {"", "./manabi bench --help tells of the comparisons with other engines."},
    subcommands = {
      TrainCommand.class,
      PredictCommand.class,
      SummaryCommand.class,
      PtxCommand.class,
      DoctorCommand.class,
      GpuCommand.class,
      HelpCommand.class
    })
public final class Main {
  private static final int USER_ERROR = 1;
  private static final int BUG = 70;

  private Main() {}

  /** Before the command runs, so that whatever looks for them finds them. */
  @Option(
      names = "-D",
      paramLabel = "NAME=VALUE",
      scope = ScopeType.INHERIT,
      description = {"sets one of manabi's properties:", "-Dmanabi.cuda.driver=ptx"})
  private void setProperties(Map<String, String> properties) {
    properties.forEach(System::setProperty);
  }

  /** Runs the command and ends the JVM with its exit code. */
  public static void main(String[] args) {
    // Charts are drawn into files, never on a screen; numbers look the same everywhere.
    System.setProperty("java.awt.headless", "true");
    Locale.setDefault(Locale.ROOT);
    System.exit(commandLine().execute(args));
  }

  /** The command line without the JVM's end, for tests. */
  static CommandLine commandLine() {
    return new CommandLine(new Main())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler(Main::misuse)
        .setExecutionExceptionHandler(Main::failure);
  }

  private static int misuse(ParameterException e, String[] args) {
    CommandLine command = e.getCommandLine();
    command.getErr().println(line(e.getMessage()));
    command.getErr().printf("See: %s --help%n", command.getCommandSpec().qualifiedName());
    return CommandLine.ExitCode.USAGE;
  }

  /** What is the user's to mend is told in one line; anything else is our mistake. */
  private static int failure(Exception e, CommandLine command, CommandLine.ParseResult parsed) {
    String message =
        switch (e) {
          case IllegalArgumentException _, IllegalStateException _, FormatException _ ->
              e.getMessage();
          case PtxFault _, PtxFormatException _, CudaException _ -> e.getMessage();
          case UncheckedIOException io -> reason(io);
          default -> null;
        };
    if (message == null || System.getenv("MANABI_DEBUG") != null) {
      e.printStackTrace(command.getErr());
      return message == null ? BUG : USER_ERROR;
    }
    command.getErr().println(line(message));
    return USER_ERROR;
  }

  /** What these exceptions leave to their class names. */
  private static String reason(UncheckedIOException e) {
    return switch (e.getCause()) {
      case NoSuchFileException cause -> cause.getFile() + ": no such file";
      case AccessDeniedException cause -> cause.getFile() + ": access denied";
      case FileAlreadyExistsException cause -> cause.getFile() + ": is not a folder";
      case IOException cause -> cause.getMessage();
    };
  }

  private static String line(String message) {
    return "manabi: " + message.strip().replaceAll("\\s*\\n\\s*", "; ");
  }
}
