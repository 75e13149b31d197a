package dev.manabi.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.manabi.tensor.DType;
import dev.manabi.tensor.Device;
import dev.manabi.tensor.Shape;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.TensorSpec;
import dev.manabi.tensor.error.OutOfMemoryBudgetException;
import dev.manabi.tensor.memory.AllocationSite;
import dev.manabi.tensor.memory.Memory;
import dev.manabi.tensor.memory.Region;
import dev.manabi.tensor.run.Interpreter;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Outside of the engine's packages, because a trace begins at the first frame that is not its. */
class AllocationTraceTest {
  private final long budget = Memory.budget();

  @BeforeEach
  void track() {
    Memory.trackAllocations(true);
  }

  @AfterEach
  void stop() {
    Memory.trackAllocations(false);
    Memory.setBudget(budget);
  }

  private static Tensor leak(int size) {
    return Interpreter.allocate(TensorSpec.of(Shape.of(size), DType.F32), Device.CPU);
  }

  private static List<AllocationSite> made(String method) {
    return Memory.leaks().stream()
        .filter(s -> s.stack().stream().anyMatch(f -> f.getMethodName().equals(method)))
        .toList();
  }

  @Test
  void leaksAreGroupedByTheLineThatMadeThem() {
    Tensor[] held = new Tensor[4];
    for (int i = 0; i < 3; i++) {
      held[i] = leak(1000);
    }
    held[3] = leak(1_000_000);
    List<AllocationSite> sites = made("leaksAreGroupedByTheLineThatMadeThem");
    assertEquals(2, sites.size());
    assertEquals(1, sites.get(0).count(), "the most bytes come first");
    assertEquals(3, sites.get(1).count());
    assertEquals(3 * 4096, sites.get(1).bytes());
    assertEquals("leak", sites.get(1).stack().getFirst().getMethodName());
    String text = sites.get(1).toString();
    assertTrue(text.startsWith("3 storages, 12.0 KiB\n    at "), text);
    assertTrue(text.contains("AllocationTraceTest.leak(AllocationTraceTest.java:"), text);
    for (Tensor t : held) {
      t.release();
    }
    assertEquals(0, made("leaksAreGroupedByTheLineThatMadeThem").size());
  }

  @Test
  void aRegionListsWhatItHolds() {
    try (var step = Region.open("step")) {
      leak(100);
      assertEquals("leak", step.contents().getFirst().stack().getFirst().getMethodName());
    }
  }

  @Test
  void withoutTrackingTheSiteIsUnknown() {
    Memory.trackAllocations(false);
    try (var step = Region.open("step")) {
      leak(100);
      assertEquals(
          "1 storage, 448 bytes, made while allocations were not tracked",
          step.contents().getFirst().toString());
    }
  }

  @Test
  void theBudgetErrorListsTheLargestSites() {
    Tensor large = leak(5_000_000);
    Memory.setBudget(Memory.liveBytes() + (1 << 20));
    String message =
        assertThrows(OutOfMemoryBudgetException.class, () -> leak(6_000_000)).getMessage();
    assertTrue(message.contains("1 storage, 20.0 MiB\n    at dev.manabi.trace."), message);
    large.release();
  }
}
