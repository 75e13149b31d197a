package dev.manabi.examples.train;

import dev.manabi.data.formats.SafeTensors;
import dev.manabi.nn.Module;
import dev.manabi.nn.optim.Optimizer;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.error.FormatException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A run on disk: one safetensors file with the model's tensors under their own names, the
 * optimizer's under {@code optimizer.}, and settings and progress as JSON in the metadata. A file
 * of the model alone lacks the last three; {@link #loadModel} reads either.
 *
 * @param settings what was to be done
 * @param progress how far it went
 * @param model the model's state dict
 * @param optimizer the optimizer's state dict
 */
public record Checkpoint(
    Settings settings,
    Progress progress,
    Map<String, Tensor> model,
    Map<String, Tensor> optimizer) {
  private static final String RECIPE = "recipe";
  private static final String SETTINGS = "settings";
  private static final String PROGRESS = "progress";
  private static final String METRICS = "metrics";
  private static final String OPTIMIZER_PREFIX = "optimizer.";

  /** Writes this checkpoint, or replaces it in one step. */
  public void save(Path file) {
    Map<String, Tensor> all = new LinkedHashMap<>(model);
    optimizer.forEach((name, tensor) -> all.put(OPTIMIZER_PREFIX + name, tensor));
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put(RECIPE, settings.recipe());
    metadata.put(SETTINGS, Json.write(settings));
    metadata.put(PROGRESS, Json.write(progress));
    SafeTensors.save(file, all, metadata);
  }

  /**
   * Reads a checkpoint.
   *
   * @throws FormatException if the file is not one
   */
  public static Checkpoint load(Path file) {
    Settings settings = Json.read("" + file, metadata(file, SETTINGS), Settings.class);
    Progress progress = Json.read("" + file, metadata(file, PROGRESS), Progress.class);
    Map<String, Tensor> model = new LinkedHashMap<>();
    Map<String, Tensor> optimizer = new LinkedHashMap<>();
    SafeTensors.load(file)
        .forEach(
            (name, tensor) -> {
              if (name.startsWith(OPTIMIZER_PREFIX)) {
                optimizer.put(name.substring(OPTIMIZER_PREFIX.length()), tensor);
              } else {
                model.put(name, tensor);
              }
            });
    return new Checkpoint(settings, progress, model, optimizer);
  }

  /** Copies the tensors of this checkpoint into a model and its optimizer. */
  public void restore(Module liveModel, Optimizer liveOptimizer) {
    liveModel.loadStateDict(model);
    liveOptimizer.loadStateDict(optimizer);
  }

  /** Writes a file of the model alone: what {@link #loadModel} and other programs need. */
  public static void saveModel(Path file, Recipe recipe, Module model, EpochMetrics metrics) {
    SafeTensors.save(
        file, model.stateDict(), Map.of(RECIPE, recipe.name(), METRICS, Json.write(metrics)));
  }

  /**
   * A trained model.
   *
   * @param recipe how it was trained
   * @param model the model, on the CPU
   */
  public record Trained(Recipe recipe, Module model) {}

  /**
   * Reads a trained model from a checkpoint or a file of a model alone.
   *
   * @throws FormatException if the file is neither
   * @throws IllegalArgumentException if its tensors do not fit the model it names
   */
  public static Trained loadModel(Path file) {
    Recipe recipe = Recipe.named(metadata(file, RECIPE));
    Map<String, Tensor> state = SafeTensors.load(file);
    state.keySet().removeIf(name -> name.startsWith(OPTIMIZER_PREFIX));
    Module model = recipe.model().get();
    model.loadStateDict(state);
    return new Trained(recipe, model);
  }

  private static String metadata(Path file, String key) {
    String value = SafeTensors.metadata(file).get(key);
    if (value == null) {
      throw new FormatException(
          "" + file, "a file that manabi train wrote", "no '" + key + "' in its metadata");
    }
    return value;
  }
}
