package dev.manabi.bench.torch;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.manabi.autograd.Autograd;
import dev.manabi.kernels.cases.Input;
import dev.manabi.kernels.cases.OpCase;
import dev.manabi.tensor.DType;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.memory.Region;
import dev.manabi.tensor.op.PoolOp;
import dev.manabi.tensor.run.Interpreter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/** Runs op cases through the engine and through libtorch, and tells what differs. */
final class PeerCheck {
  private PeerCheck() {}

  /** Fails with the first of the cases that differ, if any does. */
  static void assertAll(List<OpCase> cases, Function<OpCase, String> compare) {
    List<String> differences = new ArrayList<>();
    for (OpCase c : cases) {
      String difference = inScope(c, compare);
      if (!difference.isEmpty()) {
        differences.add(c + "\n  " + difference);
      }
    }
    assertTrue(
        differences.isEmpty(),
        () ->
            differences.size()
                + " of "
                + cases.size()
                + " cases differ\n"
                + differences.stream().limit(12).collect(Collectors.joining("\n")));
  }

  /** Both engines' memory is freed when {@code compare} is done. */
  static String inScope(OpCase c, Function<OpCase, String> compare) {
    try (PointerScope scope = new PointerScope();
        Region region = Region.open("case")) {
      return compare.apply(c);
    }
  }

  /** Compares all outputs; empty if they agree. */
  static String outputs(OpCase c) {
    List<Tensor> inputs = List.of(c.tensors());
    List<org.bytedeco.pytorch.Tensor> expected = peerOutputs(c, Peers.of(inputs));
    Tensor[] actual = Interpreter.runAll(c.op(), inputs.toArray(new Tensor[0]));
    if (actual.length != expected.size()) {
      return "libtorch has " + expected.size() + " outputs, the engine " + actual.length;
    }
    for (int i = 0; i < actual.length; i++) {
      org.bytedeco.pytorch.Tensor torch = expected.get(i);
      Tensor ours = actual[i];
      if (c.op() instanceof PoolOp.MaxPool2d && i == 1) {
        // Of several NaN in a window the engine names the first, libtorch the last.
        torch = torch.masked_fill(expected.getFirst().isnan(), new Scalar(0));
        ours = ours.maskedFill(actual[0].isNan(), 0);
      }
      String difference = Compared.difference("output " + i, torch, ours, Deviation.tolerance(c));
      if (!difference.isEmpty()) {
        return difference;
      }
    }
    return "";
  }

  private static List<org.bytedeco.pytorch.Tensor> peerOutputs(
      OpCase c, org.bytedeco.pytorch.Tensor... inputs) {
    return switch (TorchOps.run(c.op(), inputs)) {
      case TorchOps.Outputs(var tensors) -> tensors;
      case TorchOps.NoPeer(String reason) -> throw new AssertionError(reason);
    };
  }

  /** The same case with all floating inputs in f64, lying as before. */
  static OpCase inF64(OpCase c) {
    List<Input> inputs =
        c.inputs().stream().map(i -> i.dtype().isFloating() ? i.with(DType.F64) : i).toList();
    return new OpCase(c.name(), c.op(), inputs, c.tolerance(), c.gradient());
  }

  /**
   * Compares the gradients of all that the case says can be differentiated, for one random gradient
   * of every floating output.
   *
   * @param relative how near, in units of the largest element of a gradient
   */
  static String gradients(OpCase c, double relative) {
    List<Tensor> inputs = List.of(c.tensors());
    org.bytedeco.pytorch.Tensor[] peers = Peers.of(inputs);
    List<Tensor> variables = new ArrayList<>();
    List<org.bytedeco.pytorch.Tensor> peerVariables = new ArrayList<>();
    for (int i : c.gradient().inputs().toArray()) {
      variables.add(inputs.get(i).requiresGrad(true));
      peers[i] = peers[i].detach().requires_grad_(true);
      peerVariables.add(peers[i]);
    }
    List<Tensor> outputs =
        Arrays.stream(Interpreter.runAll(c.op(), inputs.toArray(new Tensor[0])))
            .filter(t -> t.dtype().isFloating())
            .toList();
    List<Tensor> gradOutputs = randomLike(outputs);
    List<@Nullable Tensor> actual = Autograd.grad(outputs, variables, gradOutputs, false, false);
    org.bytedeco.pytorch.Tensor[] expected =
        torch
            .grad(
                vector(peerOutputs(c, peers).subList(0, outputs.size())),
                vector(peerVariables),
                new TensorVector(Peers.of(gradOutputs)),
                new BoolOptional(false),
                false,
                true)
            .get();
    for (int i = 0; i < variables.size(); i++) {
      String difference = gradient("gradient " + i, expected[i], actual.get(i), relative);
      if (!difference.isEmpty()) {
        return difference;
      }
    }
    return "";
  }

  private static TensorVector vector(List<org.bytedeco.pytorch.Tensor> tensors) {
    return new TensorVector(tensors.toArray(new org.bytedeco.pytorch.Tensor[0]));
  }

  private static String gradient(
      String what, org.bytedeco.pytorch.Tensor expected, @Nullable Tensor actual, double relative) {
    if (expected.defined() && actual != null) {
      return Compared.difference(what, expected, actual, relative);
    }
    // libtorch leaves out gradients without elements, of empty convolutions for one.
    boolean nothing = !expected.defined() && (actual == null || actual.numel() == 0);
    return nothing ? "" : what + " is " + (actual == null ? "missing" : "not in libtorch");
  }

  private static List<Tensor> randomLike(List<Tensor> outputs) {
    SplittableRandom random = new SplittableRandom(1);
    return outputs.stream()
        .map(t -> Input.of(t.shape().toArray()).with(t.dtype()).tensor(random.split()))
        .toList();
  }
}
