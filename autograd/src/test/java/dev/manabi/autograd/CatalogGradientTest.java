package dev.manabi.autograd;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.manabi.kernels.cases.OpCase;
import dev.manabi.kernels.cases.OpCases;
import dev.manabi.tensor.DType;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.run.Interpreter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The gradients of the op catalog's small cases against finite differences, in f64. */
class CatalogGradientTest {
  // The cost grows with the square of the size for the first, and faster for the second order.
  private static final int FIRST_ORDER_UP_TO = 130;
  private static final int SECOND_ORDER_UP_TO = 64;
  private static final int ENOUGH = 3;

  @TestFactory
  Stream<DynamicTest> firstOrder() {
    return tests(1, FIRST_ORDER_UP_TO, GradCheck.STANDARD::first);
  }

  @TestFactory
  Stream<DynamicTest> secondOrder() {
    return tests(2, SECOND_ORDER_UP_TO, GradCheck.STANDARD::second);
  }

  private interface Check {
    GradCheck.Report of(Function<List<Tensor>, List<Tensor>> fn, List<Tensor> inputs);
  }

  private static Stream<DynamicTest> tests(int order, int largest, Check check) {
    Map<String, List<OpCase>> byOp =
        OpCases.all().stream()
            .filter(c -> c.gradient().order() >= order)
            .collect(
                Collectors.groupingBy(c -> c.op().name(), LinkedHashMap::new, Collectors.toList()));
    return byOp.entrySet().stream()
        .map(e -> dynamicTest(e.getKey(), () -> checkSmall(e.getValue(), largest, check)));
  }

  private static void checkSmall(List<OpCase> cases, int largest, Check check) {
    int checked = 0;
    for (OpCase c : cases) {
      if (c.size() <= largest) {
        GradCheck.Report report =
            check.of(inputs -> floatingOutputs(c, inputs), List.of(c.variables(DType.F64)));
        assertTrue(report.passed(), () -> c + "\n  " + report);
        checked += report.compared() > 0 ? 1 : 0;
      }
    }
    assertTrue(checked >= ENOUGH, "only " + checked + " cases are small enough to be checked");
  }

  private static List<Tensor> floatingOutputs(OpCase c, List<Tensor> inputs) {
    return Stream.of(Interpreter.runAll(c.op(), inputs.toArray(new Tensor[0])))
        .filter(y -> y.dtype().isFloating())
        .toList();
  }
}
