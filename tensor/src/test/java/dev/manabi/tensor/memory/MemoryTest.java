package dev.manabi.tensor.memory;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.manabi.tensor.DType;
import dev.manabi.tensor.Device;
import dev.manabi.tensor.Shape;
import dev.manabi.tensor.TensorSpec;
import dev.manabi.tensor.error.OutOfMemoryBudgetException;
import dev.manabi.tensor.run.Interpreter;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MemoryTest {
  private static final long MIB = 1 << 20;
  private final long budget = Memory.budget();

  @BeforeEach
  void startWithNothingUnreachable() {
    Memory.collect();
    Memory.trim();
  }

  @AfterEach
  void restoreBudget() {
    Memory.setBudget(budget);
  }

  private static Storage storage(long bytes) {
    return Storage.allocate(bytes, Device.CPU);
  }

  @Test
  void statisticsFollowAllocationAndRelease() {
    long live = Memory.liveBytes();
    long pooled = Memory.pooledBytes();
    long count = Memory.allocationCount();
    Memory.resetPeak();
    Storage s = storage(4 * MIB);
    assertEquals(live + 4 * MIB, Memory.liveBytes());
    assertEquals(count + 1, Memory.allocationCount());
    s.release();
    assertEquals(live, Memory.liveBytes());
    assertEquals(pooled + 4 * MIB, Memory.pooledBytes());
    assertEquals(live + 4 * MIB, Memory.peakBytes());
    Memory.resetPeak();
    assertEquals(live, Memory.peakBytes());
  }

  @Test
  void trimGivesPooledMemoryBack() {
    long pooled = Memory.pooledBytes();
    storage(4 * MIB).release();
    Storage small = storage(100);
    Memory.trim();
    assertTrue(Memory.pooledBytes() < pooled + MIB, "at most the chunk of the small one is left");
    small.release();
  }

  @Test
  void smallBlocksGoBackOnceTheirWholeChunkIsFree() {
    Storage[] held = new Storage[1000];
    for (int i = 0; i < held.length; i++) {
      held[i] = storage(1000);
    }
    Memory.trim();
    long reserved = Memory.liveBytes() + Memory.pooledBytes();
    for (Storage s : held) {
      s.release();
    }
    Memory.trim();
    long freed = reserved - Memory.liveBytes() - Memory.pooledBytes();
    assertTrue(freed > 900 * 1024, "freed " + freed);
  }

  @Test
  void unreachableStoragesAreTakenBack() {
    long live = Memory.liveBytes();
    Storage[] held = new Storage[10];
    for (int i = 0; i < held.length; i++) {
      held[i] = storage(MIB);
    }
    assertTrue(Memory.liveBytes() > live);
    assertEquals(MIB, held[9].bytes());
    Arrays.fill(held, null);
    Memory.collect();
    assertTrue(Memory.liveBytes() <= live);
  }

  /** Small storages are watched in groups, each of which is kept while one of them is in use. */
  @Test
  void smallUnreachableStoragesAreTakenBack() {
    long live = Memory.liveBytes();
    Storage kept = null;
    for (int i = 0; i < 10_000; i++) {
      Storage s = storage(64);
      kept = i == 5000 ? s : kept;
    }
    Memory.collect();
    assertTrue(Memory.liveBytes() <= live + 32 * 64, Memory.liveBytes() + " of " + live);
    kept.release();
    Memory.collect();
    assertTrue(Memory.liveBytes() <= live);
  }

  @Test
  void aSmallStorageIsReleasedWithoutThoseWatchedWithIt() {
    Storage[] group = new Storage[100];
    Arrays.setAll(group, i -> storage(64));
    long live = Memory.liveBytes();
    for (int i = 0; i < group.length; i += 2) {
      group[i].release();
    }
    assertEquals(live - 50 * 64, Memory.liveBytes());
    Memory.collect();
    assertEquals(live - 50 * 64, Memory.liveBytes());
    for (Storage s : group) {
      s.release();
    }
    assertEquals(live - 100 * 64, Memory.liveBytes());
  }

  @Test
  void reachableStoragesAreNot() {
    Storage s = storage(MIB);
    long live = Memory.liveBytes();
    Memory.collect();
    assertEquals(live, Memory.liveBytes());
    s.release();
  }

  @Test
  void beyondTheBudgetAnErrorSaysWhatIsNeededAndTheFix() {
    Storage held = storage(16 * MIB);
    long watched = Net.watched();
    Memory.setBudget(Memory.liveBytes() + 8 * MIB);
    String message =
        assertThrows(OutOfMemoryBudgetException.class, () -> storage(32 * MIB)).getMessage();
    assertEquals(
        "out of memory: 32.0 MiB needed, "
            + Budget.text(Memory.liveBytes())
            + " live, budget "
            + Budget.text(Memory.budget())
            + "\n  live outside regions "
            + Budget.text(watched)
            + ", inside regions 0 bytes"
            + "\n  fix: use smaller batches, close regions earlier, or raise the budget with"
            + " Memory.setBudget(bytes) or -Dmanabi.memory.budget=8g"
            + "; -Dmanabi.memory.trace=true lists where the memory was made",
        message);
    held.release();
  }

  @Test
  void unreachableMemoryIsFreedBeforeTheBudgetIsExceeded() {
    Memory.setBudget(Memory.liveBytes() + 40 * MIB);
    for (int i = 0; i < 100; i++) {
      storage(16 * MIB);
    }
  }

  @Test
  void pooledMemoryIsFreedBeforeTheBudgetIsExceeded() {
    Memory.setBudget(Memory.liveBytes() + 40 * MIB);
    storage(16 * MIB).release();
    storage(20 * MIB).release();
    storage(32 * MIB).release();
    assertTrue(Memory.liveBytes() + Memory.pooledBytes() <= Memory.budget());
  }

  @Test
  void aShapeLargerThanAnyMemoryIsRefused() {
    TensorSpec spec = TensorSpec.of(Shape.of(1 << 30, 1 << 30, 4), DType.F64);
    String message =
        assertThrows(OutOfMemoryBudgetException.class, () -> Interpreter.allocate(spec, Device.CPU))
            .getMessage();
    assertTrue(message.startsWith("out of memory: 8388608.0 TiB needed"), message);
  }

  @Test
  void growingMemoryIsCollectedBeforeTheBudgetIsUsedUp() {
    Memory.setBudget(Memory.liveBytes() + 256 * MIB);
    Memory.collect();
    Memory.resetPeak();
    long collections = Memory.collectionCount();
    for (int i = 0; i < 2000; i++) {
      storage(MIB);
    }
    assertTrue(Memory.collectionCount() > collections);
    assertTrue(Memory.peakBytes() < Memory.budget() / 5 * 4, "peak " + Memory.peakBytes());
  }

  @Test
  void aNaiveLoopRunsInFlatMemory() {
    Memory.setBudget(Memory.liveBytes() + 512 * MIB);
    Storage[] parameters = new Storage[10];
    for (int i = 0; i < parameters.length; i++) {
      parameters[i] = storage(100_000L * i);
    }
    long firstHalf = 0;
    long secondHalf = 0;
    for (int step = 0; step < 5000; step++) {
      Storage[] activations = new Storage[12];
      for (int i = 0; i < activations.length; i++) {
        activations[i] = storage(1000L + 100_000L * i);
      }
      long reserved = Memory.liveBytes() + Memory.pooledBytes();
      if (step < 2500) {
        firstHalf = Math.max(firstHalf, reserved);
      } else {
        secondHalf = Math.max(secondHalf, reserved);
      }
    }
    assertTrue(secondHalf <= Memory.budget(), "within the budget");
    assertTrue(secondHalf <= firstHalf + 8 * MIB, firstHalf + " and then " + secondHalf);
    assertTrue(parameters[9].segment().byteSize() > 0);
  }

  @ParameterizedTest
  @CsvSource({"4096, 4096", "8k, 8192", "512m, 536870912", "2G, 2147483648", "0, 0"})
  void budgetIsReadInBytesOrWithAUnit(String text, long bytes) {
    assertEquals(bytes, Budget.parse(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "many", "-5m", "1.5g", "12t", "m", "99999999999999999999"})
  void badBudgetsAreRefused(String text) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> Budget.parse(text)).getMessage();
    assertTrue(message.contains("manabi.memory.budget: expected bytes"), message);
  }

  @Test
  void theBudgetComesFromTheSystemProperty() {
    long machines = Budget.initial();
    try (var log = new LogCapture()) {
      System.setProperty(Budget.PROPERTY, "512m");
      assertEquals(512 * MIB, Budget.initial());
      System.setProperty(Budget.PROPERTY, "lots");
      assertEquals(machines, Budget.initial());
      assertEquals(
          "manabi.memory.budget: expected bytes, or a number followed by k, m or g, found lots;"
              + " half of the machine's memory is taken instead",
          log.text());
    } finally {
      System.clearProperty(Budget.PROPERTY);
    }
  }

  @Test
  void aNegativeBudgetIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> Memory.setBudget(-1));
    assertDoesNotThrow(() -> storage(100));
  }
}
