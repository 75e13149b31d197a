package dev.manabi.kernels.ptx;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The kernels and variables of one {@code .ptx} text, ready to run. Immutable. */
public final class PtxModule {
  private final String target;
  private final Map<String, PtxKernel> kernels = new LinkedHashMap<>();
  private final List<Variable> variables;

  private PtxModule(Parser.Result text) {
    target = text.target();
    variables =
        text.variables().stream()
            .filter(v -> v.space == Space.GLOBAL || v.space == Space.CONST)
            .toList();
    for (Function function : text.functions().values()) {
      if (function.entry() && function.defined()) {
        kernels.put(
            function.name(),
            new PtxKernel(this, function, ProgramBuilder.build(function, text.functions())));
      }
    }
  }

  /**
   * Reads a text. Every instruction of every kernel is decoded, so that one that the machine does
   * not know is told now and not in the middle of a launch.
   *
   * @throws PtxFormatException with the line, if the text is not PTX or uses what is not supported
   */
  public static PtxModule parse(String text) {
    return new PtxModule(Parser.parse(text));
  }

  /** What the text was made for, such as {@code sm_80}. */
  public String target() {
    return target;
  }

  /** The compute capability that the text needs, such as 80. */
  public int computeCapability() {
    String digits = target.replaceAll("\\D", "");
    return digits.isEmpty() || digits.length() > 4 ? 0 : Integer.parseInt(digits);
  }

  /**
   * A kernel.
   *
   * @throws IllegalArgumentException if there is none of this name
   */
  public PtxKernel kernel(String name) {
    PtxKernel kernel = kernels.get(name);
    if (kernel == null) {
      throw new IllegalArgumentException(
          "no kernel '" + name + "'; there are " + String.join(", ", kernels.keySet()));
    }
    return kernel;
  }

  /** All kernels, in the order of the text. */
  public List<PtxKernel> kernels() {
    return List.copyOf(kernels.values());
  }

  /** The names of the variables in global and constant memory. */
  public List<String> variables() {
    List<String> names = new ArrayList<>();
    variables.forEach(v -> names.add(v.name));
    return names;
  }

  List<Variable> variablesInMemory() {
    return variables;
  }

  @Nullable Variable variable(String name) {
    return variables.stream().filter(v -> v.name.equals(name)).findFirst().orElse(null);
  }
}
