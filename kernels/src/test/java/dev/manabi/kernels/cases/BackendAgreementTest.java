package dev.manabi.kernels.cases;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.manabi.kernels.reference.ReferenceBackend;
import dev.manabi.tensor.run.Backend;
import dev.manabi.tensor.run.Backends;
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
    return OpCases.byOp(c -> true).entrySet().stream()
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
