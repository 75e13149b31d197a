package dev.manabi.nn;

import dev.manabi.tensor.Tensor;
import java.util.List;

/**
 * Modules one after another, named by their position. A convolution, linear layer or batch norm and
 * the {@link ReLU} after it are computed in one pass, unless one of them has hooks.
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
      Module module = modules.get(i);
      if (module instanceof BatchNorm norm && isRelu(modules, i + 1)) {
        y = norm.relu(y);
        i++;
      } else if (module instanceof AffineLayer layer && isRelu(modules, i + 1)) {
        y = layer.relu(y);
        i++;
      } else if (module instanceof AffineLayer layer
          && isRelu(modules, i + 2)
          && modules.get(i + 1) instanceof BatchNorm norm) {
        y = norm.relu(layer, y);
        i += 2;
      } else {
        y = module.apply(y);
      }
    }
    return y;
  }

  /** Whether module {@code i} is a ReLU whose output nobody looks at. */
  private static boolean isRelu(List<Module> modules, int i) {
    return i < modules.size() && modules.get(i) instanceof ReLU relu && !relu.hasHooks();
  }
}
