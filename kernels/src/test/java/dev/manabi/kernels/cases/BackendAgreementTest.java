package dev.manabi.kernels.cases;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.manabi.kernels.reference.ReferenceBackend;
import dev.manabi.tensor.run.Backend;
import dev.manabi.tensor.run.Backends;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every case of the catalog on the CPU backend, against the reference. */
class BackendAgreementTest {
  private final Backend reference = new ReferenceBackend();
  private final Backend cpu = Backends.named("cpu");

  @TestFactory
  Stream<DynamicContainer> cpuAgreesWithTheReference() {
    assumeTrue(cpu.unavailableBecause().isEmpty(), cpu.unavailableBecause());
    Map<String, List<OpCase>> byOp =
        OpCases.all().stream()
            .collect(
                Collectors.groupingBy(c -> c.op().name(), LinkedHashMap::new, Collectors.toList()));
    return byOp.entrySet().stream()
        .map(e -> dynamicContainer(e.getKey(), e.getValue().stream().map(this::test)));
  }

  private DynamicTest test(OpCase c) {
    return dynamicTest(
        c.name(),
        () -> {
          String difference = Agreement.difference(c, reference, cpu);
          assertTrue(difference.isEmpty(), difference);
        });
  }
}
