package dev.manabi.nn;

import dev.manabi.tensor.Tensor;
import java.util.List;

/**
 * Modules one after another, named by their position. A batch norm and the {@link ReLU} after it
 * are computed in one pass, unless one of them has hooks.
 */
public final class Sequential extends Module {
  public Sequential(Module... modules) {
    for (Module m : modules) {
      add(m);
    }
  }

  /** Appends a module. */
  public Sequential add(Module module) {
    child(Integer.toString(children().size()), module);
    return this;
  }

  @Override
  public Tensor forward(Tensor x) {
    Tensor y = x;
    List<Module> modules = List.copyOf(children().values());
    for (int i = 0; i < modules.size(); i++) {
      if (modules.get(i) instanceof BatchNorm norm
          && i + 1 < modules.size()
          && modules.get(i + 1) instanceof ReLU relu
          && !relu.hasHooks()) {
        y = norm.relu(y);
        i++;
      } else {
        y = modules.get(i).apply(y);
      }
    }
    return y;
  }
}
