package dev.manabi.kernels.cases;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.manabi.kernels.reference.Elements;
import dev.manabi.kernels.reference.ReferenceBackend;
import dev.manabi.kernels.reference.Walk;
import dev.manabi.tensor.Layout;
import dev.manabi.tensor.Shape;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.TensorSpec;
import dev.manabi.tensor.op.ElementwiseOp;
import dev.manabi.tensor.op.NormOp;
import dev.manabi.tensor.op.Op;
import dev.manabi.tensor.op.OptimOp;
import dev.manabi.tensor.run.Backend;
import dev.manabi.tensor.run.Backends;
import dev.manabi.tensor.run.Infer;
import dev.manabi.tensor.run.Interpreter;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Elementwise ops and optimizer updates may write where an input lies, with whatever strides it
 * has. The result must be that of fresh memory, and nothing between its elements may change.
 */
class InPlaceAgreementTest {
  @TestFactory
  Stream<DynamicTest> referenceInPlace() {
    return testsOn(new ReferenceBackend());
  }

  @TestFactory
  Stream<DynamicTest> cpuInPlace() {
    Backend cpu = Backends.named("cpu");
    assumeTrue(cpu.unavailableBecause().isEmpty(), cpu.unavailableBecause());
    return testsOn(cpu);
  }

  private static Stream<DynamicTest> testsOn(Backend backend) {
    Map<String, List<OpCase>> byOp = OpCases.byOp(InPlaceAgreementTest::canRunInPlace);
    assertTrue(byOp.size() > 25, "found only " + byOp.keySet());
    return byOp.entrySet().stream()
        .map(e -> dynamicTest(e.getKey(), () -> e.getValue().forEach(c -> check(c, backend))));
  }

  private static boolean canRunInPlace(OpCase c) {
    switch (c.op()) {
      case ElementwiseOp _, OptimOp _, NormOp.RunningStatistics _ -> {}
      case Op _ -> {
        return false;
      }
    }
    TensorSpec[] inputs = c.inputs().stream().map(Input::spec).toArray(TensorSpec[]::new);
    TensorSpec[] outputs = Infer.outputs(c.op(), inputs);
    for (int i = 0; i < outputs.length; i++) {
      TensorSpec target = inputs[target(c, i)];
      boolean fits =
          target.shape().equals(outputs[i].shape()) && target.dtype() == outputs[i].dtype();
      if (!fits || target.layout().isBroadcast()) {
        return false;
      }
    }
    return true;
  }

  /** The input that output {@code i} replaces: an optimizer's gradients are kept. */
  private static int target(OpCase c, int i) {
    if (c.op() instanceof OptimOp op) {
      int parameters = c.inputs().size() / op.inputsPerParameter();
      return i < parameters ? i : i + parameters;
    }
    return c.op() instanceof ElementwiseOp.Where ? 1 : i;
  }

  private static void check(OpCase c, Backend backend) {
    Tensor[] expected = Agreement.run(c, backend, c.tensors());
    Tensor[] inputs = c.tensors();
    Tensor[] targets = new Tensor[expected.length];
    Arrays.setAll(targets, i -> inputs[target(c, i)]);
    double[][] before =
        Arrays.stream(targets).map(InPlaceAgreementTest::gaps).toArray(double[][]::new);
    Backends.with(backend, () -> Interpreter.runInto(c.op(), inputs, targets));
    OpCase exactly = new OpCase(c.name(), c.op(), c.inputs(), Tolerance.EXACT, c.gradient());
    assertEquals("", Agreement.difference(exactly, expected, targets));
    for (int i = 0; i < targets.length; i++) {
      assertTrue(
          Arrays.equals(before[i], gaps(targets[i])), () -> c + "\n  wrote between its elements");
    }
  }

  /** The whole storage of {@code t}, with zeros where its own elements are. */
  private static double[] gaps(Tensor t) {
    int count = (int) (t.storage().bytes() / t.dtype().bytes());
    Elements all = Elements.of(t.withLayout(Layout.contiguous(Shape.of(count))));
    double[] values = new double[count];
    Arrays.setAll(values, all::get);
    for (Walk w = Walk.over(t.layout()); w.more(); w.next()) {
      values[(int) w.at(0)] = 0;
    }
    return values;
  }
}
