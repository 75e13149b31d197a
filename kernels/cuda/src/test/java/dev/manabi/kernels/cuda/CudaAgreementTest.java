package dev.manabi.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.manabi.kernels.cases.Agreement;
import dev.manabi.kernels.cases.OpCase;
import dev.manabi.kernels.cases.OpCases;
import dev.manabi.kernels.cuda.driver.PtxDriver;
import dev.manabi.kernels.reference.ReferenceBackend;
import dev.manabi.tensor.Device;
import dev.manabi.tensor.memory.Region;
import dev.manabi.tensor.op.ViewOp;
import dev.manabi.tensor.run.Backend;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Every case of the catalog on the CUDA backend against the reference: on the PTX machine unless
 * {@code -Dmanabi.cuda.driver=jcuda} names real cards. On the machine every kernel must then have
 * run, so that {@code assembly.tsv} is right to say so.
 */
class CudaAgreementTest {
  private final Backend reference = new ReferenceBackend();

  @BeforeAll
  static void chooseTheMachine() {
    Machines.choose();
  }

  @TestFactory
  Stream<DynamicNode> cudaAgreesWithTheReference() {
    // The interpreter itself makes views.
    Stream<DynamicNode> catalog =
        OpCases.byOp(c -> !(c.op() instanceof ViewOp)).entrySet().stream()
            .map(e -> container(e.getKey(), Device.cuda(0), e.getValue()));
    Stream<DynamicNode> others =
        Stream.of(container("other kernels", Device.cuda(0), KernelCases.all()));
    if (!isAvailable() || !(Gpus.driver() instanceof PtxDriver)) {
      return Stream.concat(catalog, others);
    }
    Stream<DynamicNode> old =
        Stream.of(
            container("without tensor cores", Device.cuda(1), KernelCases.withoutTensorCores()),
            dynamicTest("every kernel of the table has run", this::checkThatAllHaveRun));
    return Stream.of(catalog, others, old).flatMap(nodes -> nodes);
  }

  private static boolean isAvailable() {
    return Gpus.unavailableBecause().isEmpty();
  }

  /** But for those of the lessons, of which {@code LessonsTest} knows. */
  private void checkThatAllHaveRun() throws IOException {
    Set<String> left = new TreeSet<>();
    for (String line : Files.readAllLines(KernelFiles.table())) {
      String[] columns = line.split("\t");
      if (!columns[0].equals("module") && !columns[0].startsWith("lessons/")) {
        left.add(String.join("\t", columns[0], columns[1], columns[2]));
      }
    }
    Gpus.kernelsRun(Device.cuda(0)).forEach(left::remove);
    Gpus.kernelsRun(Device.cuda(1)).forEach(left::remove);
    assertEquals(Set.of(), left, "no case comes by these kernels");
  }

  private DynamicContainer container(String name, Device device, List<OpCase> cases) {
    return dynamicContainer(name, cases.stream().map(c -> test(device, c)));
  }

  private DynamicTest test(Device device, OpCase c) {
    return dynamicTest(
        c.name(),
        () -> {
          // Here and not for all of them, so that each is reported as skipped.
          assumeTrue(isAvailable(), Gpus.unavailableBecause());
          try (var region = Region.open("case")) {
            String difference = Agreement.difference(c, reference, device);
            assertTrue(difference.isEmpty(), difference);
          }
        });
  }
}
