package dev.manabi.nn;

import dev.manabi.tensor.GradMode;
import dev.manabi.tensor.Hook;
import dev.manabi.tensor.Tensor;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes a trained model faster to apply: in evaluation a batch norm is a scale and a shift of every
 * channel, and so is absorbed by the weights and the bias of the layer before it.
 */
public final class BatchNormFolding {
  /** The output may change by this share of its largest value: what rounding explains. */
  private static final double TOLERANCE = 1e-3;

  private BatchNormFolding() {}

  /**
   * Folds every batch norm of {@code model} whose input is the output of a convolution or linear
   * layer into that layer, and switches the model to evaluation. A folded batch norm hands its
   * input on; the model can no longer be trained, and its saved state fits only a model whose
   * layers have biases.
   *
   * <p>Which layer feeds which is seen in one run on {@code example}. Left alone are batch norms
   * after anything else, and layers or norms that ran more than once. What a model does to a
   * layer's output outside its modules is not seen; so the model is run again, and compared.
   *
   * @return how many batch norms were folded
   * @throws IllegalStateException if the model now gives another output; it is then of no more use
   */
  public static int fold(Module model, Tensor example) {
    model.eval();
    return GradMode.noGrad(
        () -> {
          var trace = new Trace(model);
          Tensor before = trace.run(example);
          Map<BatchNorm, AffineLayer> pairs = trace.pairs();
          pairs.forEach(BatchNorm::foldInto);
          requireSame(before, model.apply(example));
          return pairs.size();
        });
  }

  private static void requireSame(Tensor before, Tensor after) {
    double largest = before.abs().max().item();
    double difference = after.sub(before).abs().max().item();
    if (!(difference <= TOLERANCE * largest)) {
      throw new IllegalStateException(
          "folding changed the output by "
              + difference
              + ", where its largest value is "
              + largest
              + "\n  fix: load the model anew and leave it unfolded; it uses the output of a layer"
              + " before a batch norm in another place too");
    }
  }

  /** Who fed whom in one run. */
  private static final class Trace {
    private final Module model;
    private final Map<Module, Integer> runs = new IdentityHashMap<>();
    private final Map<Tensor, AffineLayer> producers = new IdentityHashMap<>();
    private final Map<Tensor, Integer> readers = new IdentityHashMap<>();
    private final Map<BatchNorm, Tensor> inputs = new LinkedHashMap<>();

    Trace(Module model) {
      this.model = model;
    }

    Tensor run(Tensor example) {
      List<Hook> hooks = new ArrayList<>();
      model.forEachModule(
          m -> {
            if (m.children().isEmpty()) {
              hooks.add(m.registerForwardHook(this::note));
            }
          });
      try {
        return model.apply(example);
      } finally {
        hooks.forEach(Hook::close);
      }
    }

    private Tensor note(Module module, Tensor x, Tensor y) {
      runs.merge(module, 1, Integer::sum);
      readers.merge(x, 1, Integer::sum);
      switch (module) {
        case AffineLayer layer -> producers.put(y, layer);
        case BatchNorm norm -> inputs.put(norm, x);
        default -> {}
      }
      return y;
    }

    Map<BatchNorm, AffineLayer> pairs() {
      Map<BatchNorm, AffineLayer> pairs = new LinkedHashMap<>();
      inputs.forEach(
          (norm, x) -> {
            AffineLayer layer = producers.get(x);
            if (layer != null
                && readers.get(x) == 1
                && runs.get(layer) == 1
                && runs.get(norm) == 1) {
              pairs.put(norm, layer);
            }
          });
      return pairs;
    }
  }
}
