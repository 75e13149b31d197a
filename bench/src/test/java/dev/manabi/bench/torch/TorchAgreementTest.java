package dev.manabi.bench.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.manabi.kernels.cases.OpCase;
import dev.manabi.kernels.cases.OpCases;
import dev.manabi.tensor.op.CreateOp;
import dev.manabi.tensor.op.ElementwiseOp;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Every case of the catalog through the engine and through libtorch, on the same values and the
 * same strides: outputs, and the gradients of what can be differentiated.
 */
class TorchAgreementTest {
  /** Random numbers are compared as distributions, elsewhere. */
  private static final List<OpCase> CASES =
      OpCases.all().stream()
          .filter(
              c -> !(c.op() instanceof CreateOp.Random || c.op() instanceof ElementwiseOp.Dropout))
          .toList();

  @BeforeAll
  static void start() {
    assumeTrue(Torch.isAvailable(), "libtorch's libraries are here for x86-64 Linux only");
    Torch.start(1);
  }

  @TestFactory
  Stream<DynamicTest> outputsAgree() {
    List<OpCase> cases = CASES.stream().filter(c -> !Deviation.coversAny(c)).toList();
    return byOp(cases, PeerCheck::outputs);
  }

  @TestFactory
  Stream<DynamicTest> gradientsAgreeInF32() {
    return byOp(differentiable(), c -> PeerCheck.gradients(c, 1e-5));
  }

  @TestFactory
  Stream<DynamicTest> gradientsAgreeInF64() {
    return byOp(differentiable(), c -> PeerCheck.gradients(PeerCheck.inF64(c), 1e-11));
  }

  private static List<OpCase> differentiable() {
    return CASES.stream().filter(c -> c.gradient().order() > 0).toList();
  }

  /** A test for each op, which compares all of its cases. */
  private static Stream<DynamicTest> byOp(List<OpCase> cases, Function<OpCase, String> compare) {
    Map<String, List<OpCase>> groups =
        cases.stream()
            .collect(
                Collectors.groupingBy(c -> c.op().name(), LinkedHashMap::new, Collectors.toList()));
    return groups.entrySet().stream()
        .map(
            e ->
                dynamicTest(
                    e.getKey() + ", " + e.getValue().size() + " cases",
                    () -> PeerCheck.assertAll(e.getValue(), compare)));
  }

  /** A deviation that is none any more must leave the list. */
  @TestFactory
  Stream<DynamicTest> deviationsAreReal() {
    return Arrays.stream(Deviation.values())
        .map(
            d ->
                dynamicTest(
                    d.name(),
                    () ->
                        assertTrue(
                            CASES.stream()
                                .filter(d::covers)
                                .anyMatch(c -> !PeerCheck.inScope(c, PeerCheck::outputs).isEmpty()),
                            d.toString())));
  }

  @Test
  void onlyRandomNumbersHaveNoPeer() {
    TreeSet<String> without = new TreeSet<>();
    for (OpCase c : OpCases.all()) {
      if (c.size() < 1000) {
        try (PointerScope scope = new PointerScope()) {
          TorchOps.Result result = TorchOps.run(c.op(), Peers.of(List.of(c.tensors())));
          if (result instanceof TorchOps.NoPeer) {
            without.add(c.op().name());
          }
        }
      }
    }
    assertEquals(new TreeSet<>(List.of("dropout", "random")), without);
  }
}
