package dev.manabi.tensor.run;

import dev.manabi.tensor.Device;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.memory.DeviceMemory;
import dev.manabi.tensor.op.Op;
import java.util.List;

/**
 * Computes ops on one kind of device. Found through {@link java.util.ServiceLoader}.
 *
 * <p>The interpreter has inferred and allocated the outputs (dense, but in any stride order) and
 * checked shapes, dtypes and devices. Inputs have any strides. Views and custom ops never arrive.
 * An output may be the same memory with the same layout as an input for elementwise and optimizer
 * ops, and never overlaps one otherwise.
 */
public interface Backend {
  /**
   * A short name, such as {@code reference} or {@code cpu}: the value of {@code manabi.backend}.
   */
  String name();

  /** The kind of device whose memory this backend computes on. */
  Device.Kind kind();

  /** Among the available backends of a kind, the highest number is taken. */
  int priority();

  /** Empty if this backend can run here, else one line that says what is missing and the fix. */
  String unavailableBecause();

  /** Lines for people about what this backend found on the machine. */
  default List<String> describe() {
    return List.of();
  }

  /**
   * The memory that tensors of {@code device} live in, for devices whose memory Java cannot read.
   *
   * @throws IllegalArgumentException if there is no such device
   */
  default DeviceMemory memory(Device device) {
    throw new IllegalArgumentException(name() + ": tensors of " + device + " live in host memory");
  }

  /** Writes {@code outputs} from {@code inputs}. */
  void execute(Op op, Tensor[] inputs, Tensor[] outputs);
}
