package dev.manabi.examples;

import dev.manabi.examples.train.Recipe;
import dev.manabi.nn.Module;
import dev.manabi.nn.Summary;
import dev.manabi.tensor.Tensors;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code manabi summary}. */
@Command(
    name = "summary",
    mixinStandardHelpOptions = true,
    description = "Prints a model, with the output shape and the parameters of every layer.")
final class SummaryCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "MODEL", description = "mnist, mlp, lenet or improved")
  private String name;

  @Override
  public Integer call() {
    Module model = Recipe.named(name).model().get();
    PrintWriter out = spec.commandLine().getOut();
    out.println(model);
    out.println(Summary.of(model, Tensors.zeros(1, 1, 28, 28)));
    out.flush();
    return CommandLine.ExitCode.OK;
  }
}
