package dev.manabi.autograd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.manabi.kernels.cases.Gradient;
import dev.manabi.kernels.cases.OpCase;
import dev.manabi.kernels.cases.OpCases;
import dev.manabi.tensor.DType;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.run.Interpreter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The gradients of every case of the catalog that has one, of first and second order, in f64. */
class CatalogGradientTest {
  /** Larger cases are left to the comparison of backends; their gradients are the same ops. */
  private static final int LARGEST = 2000;

  private static final int ENOUGH = 8;

  /**
   * Elements one by one are moved in {@link VjpTest}; here a few directions through all of them.
   */
  private static final GradCheck CHECK = new GradCheck(1e-6, 1e-6, 1e-7, 4);

  private static Stream<OpCase> cases() {
    return OpCases.all().stream().filter(c -> c.gradient().order() > 0 && c.size() <= LARGEST);
  }

  @TestFactory
  Stream<DynamicTest> gradientsAgreeWithFiniteDifferences() {
    return cases().map(c -> DynamicTest.dynamicTest(c.name(), () -> new Subject(c).check()));
  }

  @Test
  void everyOpWithAGradientIsCheckedOften() {
    Map<String, Long> checked = count(cases());
    count(OpCases.all().stream().filter(c -> c.gradient().order() > 0))
        .keySet()
        .forEach(op -> assertTrue(checked.getOrDefault(op, 0L) >= ENOUGH, op + ": " + checked));
    assertTrue(checked.size() > 70, checked.toString());
  }

  private static Map<String, Long> count(Stream<OpCase> cases) {
    return cases.collect(
        Collectors.groupingBy(c -> c.op().name(), TreeMap::new, Collectors.counting()));
  }

  /** One case as a function of those inputs that it is differentiable in. */
  private static final class Subject {
    private final OpCase subject;
    private final Gradient gradient;
    private final Tensor[] inputs;

    Subject(OpCase subject) {
      this.subject = subject;
      this.gradient = subject.gradient();
      this.inputs = subject.variables(DType.F64);
    }

    void check() {
      List<Tensor> variables = variables();
      CHECK.first(this::run, variables).orThrow();
      if (gradient.order() > 1) {
        CHECK.second(this::run, variables).orThrow();
      }
      eachAlone(variables);
    }

    private List<Tensor> variables() {
      return Arrays.stream(gradient.inputs().toArray()).mapToObj(i -> inputs[i]).toList();
    }

    private List<Tensor> run(List<Tensor> variables) {
      Tensor[] all = inputs.clone();
      for (int i = 0; i < variables.size(); i++) {
        all[gradient.inputs().get(i)] = variables.get(i);
      }
      return List.of(Interpreter.runAll(subject.op(), all));
    }

    /** What is kept and computed depends on which inputs want a gradient; the gradient does not. */
    private void eachAlone(List<Tensor> variables) {
      List<@Nullable Tensor> together = gradients(variables, -1);
      for (int i = 0; i < variables.size() && variables.size() > 1; i++) {
        Tensor alone = gradients(variables, i).getFirst();
        Tensor expected = together.get(i);
        assertEquals(expected == null, alone == null, "input " + i);
        if (expected != null) {
          assertTrue(Objects.requireNonNull(alone).contentEquals(expected), "input " + i);
        }
      }
    }

    private List<@Nullable Tensor> gradients(List<Tensor> variables, int only) {
      List<Tensor> leaves = new ArrayList<>();
      for (int i = 0; i < variables.size(); i++) {
        leaves.add(variables.get(i).detach().requiresGrad(only < 0 || only == i));
      }
      List<Tensor> outputs = run(leaves).stream().filter(Tensor::requiresGrad).toList();
      List<Tensor> wanted = leaves.stream().filter(Tensor::requiresGrad).toList();
      List<Tensor> seeds = outputs.stream().map(y -> y.detach().cos()).toList();
      return Autograd.grad(outputs, wanted, seeds, false, false);
    }
  }
}
