package dev.manabi.kernels.cases;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * The catalog: at least twenty cases for every op, and for every function, window and mode of one,
 * over awkward sizes, strides, values and parameters. A test fails while an op has fewer.
 */
public final class OpCases {
  private OpCases() {}

  /** Every case, always in the same order. */
  public static List<OpCase> all() {
    List<OpCase> cases = new ArrayList<>();
    CreateCases.addTo(cases);
    ElementwiseCases.addTo(cases);
    ViewCases.addTo(cases);
    ReduceCases.addTo(cases);
    IndexCases.addTo(cases);
    LinalgCases.addTo(cases);
    ConvCases.addTo(cases);
    PoolCases.addTo(cases);
    NormCases.addTo(cases);
    LossCases.addTo(cases);
    OptimCases.addTo(cases);
    // Lists that go round can come by the same case twice.
    Map<String, OpCase> byName = new LinkedHashMap<>();
    cases.forEach(c -> byName.putIfAbsent(c.name(), c));
    return List.copyOf(byName.values());
  }

  /** The cases that are wanted, by the names of their ops. */
  public static Map<String, List<OpCase>> byOp(Predicate<OpCase> wanted) {
    Map<String, List<OpCase>> byOp = new LinkedHashMap<>();
    for (OpCase c : all()) {
      if (wanted.test(c)) {
        byOp.computeIfAbsent(c.op().name(), name -> new ArrayList<>()).add(c);
      }
    }
    return byOp;
  }
}
