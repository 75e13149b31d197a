package dev.manabi.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.manabi.kernels.cases.Agreement;
import dev.manabi.kernels.cases.OpCase;
import dev.manabi.kernels.cases.OpCases;
import dev.manabi.kernels.reference.ReferenceBackend;
import dev.manabi.tensor.Device;
import dev.manabi.tensor.memory.Region;
import dev.manabi.tensor.op.ViewOp;
import dev.manabi.tensor.run.Backend;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Every case of the catalog on the CUDA backend against the reference: on the PTX machine unless
 * {@code -Dmanabi.cuda.driver=jcuda} names real cards.
 */
class CudaAgreementTest {
  private final Backend reference = new ReferenceBackend();

  @BeforeAll
  static void chooseTheMachine() {
    Machines.choose();
  }

  @TestFactory
  Stream<DynamicContainer> cudaAgreesWithTheReference() {
    assumeTrue(Gpus.unavailableBecause().isEmpty(), Gpus.unavailableBecause());
    // The interpreter itself makes views.
    return OpCases.byOp(c -> !(c.op() instanceof ViewOp)).entrySet().stream()
        .map(e -> dynamicContainer(e.getKey(), e.getValue().stream().map(this::test)));
  }

  private DynamicTest test(OpCase c) {
    return dynamicTest(
        c.name(),
        () -> {
          try (var region = Region.open("case")) {
            String difference = Agreement.difference(c, reference, Device.cuda(0));
            assertTrue(difference.isEmpty(), difference);
          }
        });
  }
}
