package dev.manabi.tensor.run;

import dev.manabi.tensor.AutogradMeta;
import dev.manabi.tensor.Device;
import dev.manabi.tensor.GradMode;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.TensorSpec;
import dev.manabi.tensor.memory.Storage;
import dev.manabi.tensor.op.CustomOp;
import dev.manabi.tensor.op.Op;
import dev.manabi.tensor.op.ViewOp;
import java.lang.ref.Reference;
import java.util.List;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/**
 * The one door through which every op passes, forward, backward and optimizer alike: infer the
 * outputs, allocate them, let the backend compute, and tell autograd.
 */
public final class Interpreter {
  private static final @Nullable AutogradEngine AUTOGRAD =
      ServiceLoader.load(AutogradEngine.class, Interpreter.class.getClassLoader())
          .findFirst()
          .orElse(null);

  private Interpreter() {}

  /** The autograd engine. */
  public static AutogradEngine autograd() {
    if (AUTOGRAD == null) {
      throw new IllegalStateException(
          "gradients are wanted, but there is no autograd engine\n  fix: add manabi-autograd to the"
              + " class path or module path");
    }
    return AUTOGRAD;
  }

  /** Runs an op with one output. */
  public static Tensor run(Op op, Tensor... inputs) {
    return runAll(op, inputs)[0];
  }

  /** Runs an op on the CPU or on its inputs' device and returns all outputs. */
  public static Tensor[] runAll(Op op, Tensor... inputs) {
    return runOn(inputs.length == 0 ? Device.CPU : inputs[0].device(), op, inputs);
  }

  /** Runs an op on {@code device}, where its inputs are. */
  public static Tensor[] runOn(Device device, Op op, Tensor... inputs) {
    checkDevices(op, device, inputs);
    Tensor[] outputs =
        switch (op) {
          case ViewOp view ->
              new Tensor[] {inputs[0].withLayout(Infer.view(view, inputs[0].spec()))};
          case CustomOp custom ->
              GradMode.noGrad(() -> custom.forward(List.of(inputs))).toArray(new Tensor[0]);
          case Op primitive -> compute(primitive, device, inputs);
        };
    if (GradMode.isEnabled() && anyTracked(inputs)) {
      autograd().record(op, inputs, outputs);
    }
    // Kernels work on raw addresses: their memory must not be taken for unreachable meanwhile.
    Reference.reachabilityFence(inputs);
    return outputs;
  }

  private static Tensor[] compute(Op op, Device device, Tensor[] inputs) {
    TensorSpec[] specs = Infer.outputs(op, specs(inputs));
    Tensor[] outputs = new Tensor[specs.length];
    for (int i = 0; i < specs.length; i++) {
      outputs[i] = allocate(specs[i], device);
    }
    Backends.of(device).execute(op, inputs, outputs);
    return outputs;
  }

  /**
   * Runs an op and writes its outputs into {@code targets}, which may be inputs of it (for
   * elementwise and optimizer ops). Recorded if gradients are on and something is tracked.
   *
   * @throws IllegalArgumentException if the op's outputs have another shape or dtype
   */
  public static void runInto(Op op, Tensor[] inputs, Tensor... targets) {
    Device device = targets[0].device();
    checkDevices(op, device, inputs);
    checkDevices(op, device, targets);
    TensorSpec[] specs = Infer.outputs(op, specs(inputs));
    for (int i = 0; i < targets.length; i++) {
      Infer.checkTarget(op, specs[i], targets[i].spec());
    }
    boolean record = GradMode.isEnabled() && (anyTracked(inputs) || anyTracked(targets));
    if (record) {
      for (Tensor target : targets) {
        autograd().checkInPlace(op, target);
      }
    }
    Backends.of(device).execute(op, inputs, targets);
    for (Tensor target : targets) {
      target.storage().bumpVersion();
    }
    if (record) {
      for (Tensor target : targets) {
        target.storage().bumpGraphVersion();
      }
      autograd().record(op, inputs, targets);
    }
    Reference.reachabilityFence(inputs);
    Reference.reachabilityFence(targets);
  }

  /** A tensor with arbitrary contents. */
  public static Tensor allocate(TensorSpec spec, Device device) {
    long numel = spec.layout().numel();
    int size = spec.dtype().bytes();
    // What no long can count is refused by the budget, as everything too large is.
    long bytes = numel > Long.MAX_VALUE / size ? Long.MAX_VALUE : numel * size;
    return new Tensor(spec, Storage.allocate(bytes, device));
  }

  private static TensorSpec[] specs(Tensor[] tensors) {
    TensorSpec[] specs = new TensorSpec[tensors.length];
    for (int i = 0; i < specs.length; i++) {
      specs[i] = tensors[i].spec();
    }
    return specs;
  }

  private static boolean anyTracked(Tensor[] tensors) {
    for (Tensor t : tensors) {
      if (isTracked(t)) {
        return true;
      }
    }
    return false;
  }

  /** True if gradients flow through or into {@code t}. */
  public static boolean isTracked(Tensor t) {
    AutogradMeta meta = t.meta();
    return meta != null && (meta.requiresGrad || meta.gradFn != null);
  }

  private static void checkDevices(Op op, Device device, Tensor[] inputs) {
    for (Tensor t : inputs) {
      t.storage().checkAlive(t.spec());
      if (!t.device().equals(device)) {
        throw new IllegalArgumentException(
            op.name()
                + ": tensors are on different devices, "
                + device
                + " and "
                + t.device()
                + "\n  fix: move them with .to(device)");
      }
    }
  }
}
