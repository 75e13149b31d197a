package dev.manabi.tensor;

import dev.manabi.tensor.memory.DeviceMemory;
import dev.manabi.tensor.op.CustomOp;
import dev.manabi.tensor.op.ElementwiseOp;
import dev.manabi.tensor.run.Backends;
import dev.manabi.tensor.run.Interpreter;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** {@code x -> the same elements on another device}, in the same order of strides. */
record Transfer(Device device) implements CustomOp {
  @Override
  public String name() {
    return "to";
  }

  @Override
  public List<Tensor> forward(List<Tensor> inputs) {
    Tensor x = dense(inputs.getFirst());
    Tensor host = onHost(x);
    if (device.kind() == Device.Kind.CPU) {
      return List.of(host);
    }
    Tensor y = Interpreter.allocate(new TensorSpec(atStart(x.layout()), x.dtype()), device);
    if (x.numel() > 0) {
      memory(device).copyIn(y.address(), elements(host, host.contents()));
    }
    Reference.reachabilityFence(host);
    return List.of(y);
  }

  /** The same elements without gaps. */
  private static Tensor dense(Tensor x) {
    return x.layout().isDense() && Arrays.stream(x.layout().strides()).allMatch(s -> s >= 0)
        ? x
        : Interpreter.run(new ElementwiseOp.Copy(ElementwiseOp.Order.ROW_MAJOR), x);
  }

  private static Layout atStart(Layout x) {
    return x.offset() == 0 ? x : Layout.of(x.shape(), x.strides(), 0);
  }

  /** A dense tensor itself if the host can read it, else its elements read from its device. */
  private static Tensor onHost(Tensor x) {
    if (x.device().kind() == Device.Kind.CPU) {
      return x;
    }
    TensorSpec spec = new TensorSpec(atStart(x.layout()), x.dtype());
    Tensor host = Interpreter.allocate(spec, Device.CPU);
    if (x.numel() > 0) {
      memory(x.device()).copyOut(elements(host, host.storage().segment()), x.address());
    }
    Reference.reachabilityFence(x);
    return host;
  }

  /** The memory of a dense tensor, first element to last. */
  private static MemorySegment elements(Tensor x, MemorySegment memory) {
    long size = x.dtype().bytes();
    return memory.asSlice(x.layout().offset() * size, x.numel() * size);
  }

  private static DeviceMemory memory(Device device) {
    return Backends.of(device).memory(device);
  }

  @Override
  public List<@Nullable Tensor> backward(
      List<Tensor> inputs, List<Tensor> outputs, List<@Nullable Tensor> gradOutputs) {
    Tensor g = Objects.requireNonNull(gradOutputs.getFirst());
    return List.of(g.to(inputs.getFirst().device()));
  }
}
