package dev.manabi.kernels.cases;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.manabi.tensor.DType;
import dev.manabi.tensor.op.CustomOp;
import dev.manabi.tensor.op.Op;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class CatalogCompletenessTest {
  private static final int ENOUGH = 20;
  private static final List<OpCase> ALL = OpCases.all();

  @Test
  void everyOpAndEveryVariantOfOneHasTwentyCases() {
    Map<String, Integer> counts = new TreeMap<>();
    required(Op.class).forEach(kind -> counts.put(kind, 0));
    for (OpCase c : ALL) {
      kinds(c.op()).forEach(kind -> counts.merge(kind, 1, Integer::sum));
    }
    List<String> missing = new ArrayList<>();
    counts.forEach(
        (kind, count) -> {
          if (count < ENOUGH) {
            missing.add(kind + " has " + count + " cases");
          }
        });
    assertTrue(missing.isEmpty(), String.join("\n", missing));
    assertTrue(counts.size() > 100, "found only " + counts.keySet());
  }

  /** Every record below {@code type}, and each value of those components that select a variant. */
  private static Collection<String> required(Class<?> type) {
    Set<String> kinds = new HashSet<>();
    if (type == CustomOp.class) {
      return kinds;
    }
    if (!type.isRecord()) {
      for (Class<?> permitted : type.getPermittedSubclasses()) {
        kinds.addAll(required(permitted));
      }
      return kinds;
    }
    kinds.add(type.getSimpleName());
    for (RecordComponent component : type.getRecordComponents()) {
      for (Object variant : variants(component.getType())) {
        kinds.add(kind(type, component, variant));
      }
    }
    return kinds;
  }

  /** The constants of an enum, the classes of a sealed interface; a dtype is no variant. */
  private static List<?> variants(Class<?> type) {
    if (type.isEnum() && type != DType.class) {
      return List.of(type.getEnumConstants());
    }
    if (type == boolean.class) {
      return List.of(true, false);
    }
    return type.isSealed() ? List.of(type.getPermittedSubclasses()) : List.of();
  }

  private static Set<String> kinds(Op op) {
    Set<String> kinds = new HashSet<>();
    kinds.add(op.getClass().getSimpleName());
    for (RecordComponent component : op.getClass().getRecordComponents()) {
      Object value = value(op, component);
      boolean bySubclass = component.getType().isSealed();
      if (!variants(component.getType()).isEmpty()) {
        Object variant = bySubclass && value != null ? value.getClass() : value;
        kinds.add(kind(op.getClass(), component, variant));
      }
    }
    return kinds;
  }

  private static String kind(Class<?> type, RecordComponent component, Object variant) {
    Object label = variant instanceof Class<?> c ? c.getSimpleName() : variant;
    return type.getSimpleName() + " with " + component.getName() + " " + label;
  }

  private static Object value(Op op, RecordComponent component) {
    try {
      return component.getAccessor().invoke(op);
    } catch (ReflectiveOperationException e) {
      return fail(e);
    }
  }

  @Test
  void inputsAreEqualAtEveryCall() {
    OpCase c = ALL.stream().filter(x -> x.size() > 10).findFirst().orElseThrow();
    OpCase copy = new OpCase(c.name(), c.op(), c.inputs(), Tolerance.EXACT, c.gradient());
    assertEquals("", Agreement.difference(copy, c.tensors(), c.tensors()));
  }

  @Test
  void mostOpsHaveSmallCasesForGradientChecks() {
    Map<String, Integer> counts = new TreeMap<>();
    for (OpCase c : ALL) {
      int small = c.gradient().order() > 0 && c.size() > 0 && c.size() <= 200 ? 1 : 0;
      counts.merge(c.op().getClass().getSimpleName(), small, Integer::sum);
    }
    Set<String> flat =
        Set.of(
            "Fill", "Range", "Random", "ArgReduce", "ArgSort", "ArgTopK", "NonZero", "Sgd", "Adam");
    counts.forEach((op, n) -> assertTrue(n >= 3 || flat.contains(op), op + " has " + n));
  }
}
