package dev.manabi.kernels.cases;

import dev.manabi.kernels.reference.Elements;
import dev.manabi.kernels.reference.Walk;
import dev.manabi.tensor.Device;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.memory.Storage;
import dev.manabi.tensor.run.Backend;
import dev.manabi.tensor.run.Backends;
import dev.manabi.tensor.run.Interpreter;
import java.lang.ref.Reference;
import java.util.Arrays;

/** Compares what two backends make of a case. */
public final class Agreement {
  private Agreement() {}

  /** Runs {@code op} of {@code c} on {@code backend}. */
  public static Tensor[] run(OpCase c, Backend backend, Tensor... inputs) {
    Tensor[][] outputs = new Tensor[1][];
    Backends.with(backend, () -> outputs[0] = Interpreter.runAll(c.op(), inputs));
    return outputs[0];
  }

  /**
   * Runs a case on both.
   *
   * @return empty if {@code tested} came near enough to {@code trusted}, else what differs
   */
  public static String difference(OpCase c, Backend trusted, Backend tested) {
    Tensor[] inputs = c.tensors();
    Tensor[] expected = run(c, trusted, inputs);
    Tensor[] actual = run(c, tested, inputs);
    return difference(c, expected, actual);
  }

  /**
   * Runs a case on {@code trusted}, and on {@code device} with the same memory, gaps and all.
   *
   * @return empty if the device came near enough, else what differs
   */
  public static String difference(OpCase c, Backend trusted, Device device) {
    Tensor[] inputs = c.tensors();
    Tensor[] expected = run(c, trusted, inputs);
    Tensor[] there = Arrays.stream(inputs).map(x -> sameMemory(x, device)).toArray(Tensor[]::new);
    Tensor[] actual =
        Arrays.stream(Interpreter.runOn(device, c.op(), there))
            .map(y -> y.to(Device.CPU))
            .toArray(Tensor[]::new);
    return difference(c, expected, actual);
  }

  /** The whole storage of {@code x} on {@code device}, looked at with the same strides. */
  private static Tensor sameMemory(Tensor x, Device device) {
    Storage storage = Storage.allocate(x.storage().bytes(), device);
    if (storage.bytes() > 0) {
      Backends.of(device).memory(device).copyIn(storage.address(), x.storage().segment());
    }
    Reference.reachabilityFence(x);
    return new Tensor(x.spec(), storage);
  }

  /** Compares outputs by the tolerance of {@code c}; empty if all is well. */
  public static String difference(OpCase c, Tensor[] expected, Tensor[] actual) {
    for (int i = 0; i < expected.length; i++) {
      String difference = difference(c, i, expected[i], actual[i]);
      if (!difference.isEmpty()) {
        return difference;
      }
    }
    return "";
  }

  private static String difference(OpCase c, int output, Tensor expected, Tensor actual) {
    if (!expected.shape().equals(actual.shape()) || expected.dtype() != actual.dtype()) {
      return "%s\n  output %s is %s, expected %s"
          .formatted(c, output, actual.spec(), expected.spec());
    }
    Elements x = Elements.of(expected);
    Elements y = Elements.of(actual);
    long wrong = 0;
    String first = "";
    for (Walk w = Walk.over(x.shape(), x.layout(), y.layout()); w.more(); w.next()) {
      if (!agree(c, x, w.at(0), y, w.at(1))) {
        wrong++;
        first = first.isEmpty() ? describe(c, output, x, y, w) : first;
      }
    }
    return wrong == 0
        ? ""
        : "%s\n  %s\n  in all %s of %s elements differ"
            .formatted(c, first, wrong, x.shape().numel());
  }

  private static boolean agree(OpCase c, Elements x, long p, Elements y, long q) {
    return x.isFloating()
        ? c.tolerance().accepts(x.dtype(), x.get(p), y.get(q))
        : x.getLong(p) == y.getLong(q);
  }

  private static String describe(OpCase c, int output, Elements x, Elements y, Walk w) {
    int[] index = new int[x.rank()];
    Arrays.setAll(index, w::index);
    Object expected = x.isFloating() ? (Object) x.get(w.at(0)) : (Object) x.getLong(w.at(0));
    Object actual = x.isFloating() ? (Object) y.get(w.at(1)) : (Object) y.getLong(w.at(1));
    double bound = x.isFloating() ? c.tolerance().bound(x.dtype(), x.get(w.at(0))) : 0;
    return "output %s at %s is %s, expected %s within %.3g (%s)"
        .formatted(
            output, Arrays.toString(index), actual, expected, bound, c.tolerance().because());
  }
}
