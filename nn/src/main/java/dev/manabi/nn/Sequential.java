package dev.manabi.nn;

import dev.manabi.tensor.Tensor;

/** Modules one after another, named by their position. */
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
    for (Module m : children().values()) {
      y = m.apply(y);
    }
    return y;
  }
}
