package dev.manabi.tensor.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.manabi.tensor.TensorSpec;
import dev.manabi.tensor.error.ShapeException;
import dev.manabi.tensor.op.CustomOp;
import dev.manabi.tensor.op.Op;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class InferMisuseTest {
  private static Stream<Misuse> misuses() {
    return Stream.of(
            ElementwiseMisuse.CASES,
            ViewMisuse.CASES,
            IndexMisuse.CASES,
            PlaneMisuse.CASES,
            TrainingMisuse.CASES)
        .flatMap(List::stream);
  }

  @ParameterizedTest
  @MethodSource("misuses")
  void misuseIsRefusedWithOpOperandsAndFix(Misuse misuse) {
    TensorSpec[] inputs = misuse.inputs().toArray(new TensorSpec[0]);
    ShapeException error =
        assertThrows(ShapeException.class, () -> Infer.outputs(misuse.op(), inputs));
    assertEquals(misuse.message(), error.getMessage());
    assertTrue(error.getMessage().contains("\n  fix: "), "there is a fix");
  }

  @Test
  void everyOpHasAtLeastTwoMisuses() {
    Map<Class<?>, Long> count =
        misuses().collect(Collectors.groupingBy(m -> m.op().getClass(), Collectors.counting()));
    List<String> missing = new ArrayList<>();
    for (Class<?> op : records(Op.class)) {
      if (count.getOrDefault(op, 0L) < 2) {
        missing.add(op.getSimpleName());
      }
    }
    assertEquals(List.of(), missing);
  }

  /** All records under a sealed type. Custom ops come from outside and are not ours to test. */
  private static List<Class<?>> records(Class<?> type) {
    if (type.isRecord()) {
      return List.of(type);
    }
    if (type == CustomOp.class) {
      return List.of();
    }
    return Stream.of(type.getPermittedSubclasses()).flatMap(t -> records(t).stream()).toList();
  }
}
