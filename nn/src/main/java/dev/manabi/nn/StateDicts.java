package dev.manabi.nn;

import dev.manabi.tensor.GradMode;
import dev.manabi.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Copies saved tensors into live ones, all or nothing. */
final class StateDicts {
  private StateDicts() {}

  static void copyInto(String owner, Map<String, Tensor> saved, Map<String, Tensor> live) {
    List<String> problems = new ArrayList<>();
    live.forEach(
        (name, tensor) -> {
          Tensor source = saved.get(name);
          if (source == null) {
            problems.add("missing " + name + " " + tensor.spec());
          } else if (!source.shape().equals(tensor.shape())) {
            problems.add(
                name + " is " + tensor.spec() + " here, but " + source.spec() + " in the state");
          }
        });
    saved.keySet().stream()
        .filter(name -> !live.containsKey(name))
        .forEach(name -> problems.add("unknown " + name));
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(
          owner
              + ": the state does not fit\n  "
              + String.join("\n  ", problems)
              + "\n  fix: build the model with the options it was saved with");
    }
    GradMode.noGrad(() -> live.forEach((name, tensor) -> tensor.copy_(saved.get(name))));
  }
}
