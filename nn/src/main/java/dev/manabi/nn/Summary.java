package dev.manabi.nn;

import dev.manabi.tensor.GradMode;
import dev.manabi.tensor.Hook;
import dev.manabi.tensor.Shape;
import dev.manabi.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The table of a model's layers with output shapes and parameter counts, from one real run. */
public final class Summary {
  /**
   * One line of the table.
   *
   * @param path where the layer sits
   * @param type its class
   * @param output the shape it gave
   * @param parameters how many trainable numbers it holds itself
   */
  public record Row(String path, String type, Shape output, long parameters) {}

  private final List<Row> rows;
  private final long parameters;
  private final long trainable;

  private Summary(List<Row> rows, long parameters, long trainable) {
    this.rows = rows;
    this.parameters = parameters;
    this.trainable = trainable;
  }

  /** Runs {@code model} on {@code input} in evaluation behaviour and notes every leaf layer. */
  public static Summary of(Module model, Tensor input) {
    List<Row> rows = new ArrayList<>();
    List<Hook> hooks = new ArrayList<>();
    model
        .namedModules()
        .forEach(
            (path, m) -> {
              if (m.children().isEmpty()) {
                hooks.add(
                    m.registerForwardHook(
                        (module, x, y) -> {
                          rows.add(
                              new Row(
                                  path,
                                  module.getClass().getSimpleName(),
                                  y.shape(),
                                  module.parameterCount()));
                          return null;
                        }));
              }
            });
    boolean training = model.isTraining();
    model.eval();
    try {
      GradMode.noGrad(() -> model.apply(input));
    } finally {
      model.train(training);
      hooks.forEach(Hook::close);
    }
    long trainable =
        model.parameters().stream().filter(Tensor::requiresGrad).mapToLong(Tensor::numel).sum();
    return new Summary(rows, model.parameterCount(), trainable);
  }

  public List<Row> rows() {
    return List.copyOf(rows);
  }

  public long parameters() {
    return parameters;
  }

  /** Parameters whose gradient is wanted. */
  public long trainable() {
    return trainable;
  }

  @Override
  public String toString() {
    String rule = "-".repeat(72) + "\n";
    StringBuilder text = new StringBuilder(rule);
    text.append(
        String.format(
            Locale.ROOT, "%-32s %-24s %14s%n", "Layer (type)", "Output shape", "Parameters"));
    text.append(rule);
    for (Row r : rows) {
      text.append(
          String.format(
              Locale.ROOT,
              "%-32s %-24s %,14d%n",
              r.path + " (" + r.type + ")",
              r.output,
              r.parameters));
    }
    text.append(rule);
    text.append(String.format(Locale.ROOT, "Total parameters: %,d%n", parameters));
    text.append(String.format(Locale.ROOT, "Trainable parameters: %,d%n", trainable));
    return text.toString();
  }
}
