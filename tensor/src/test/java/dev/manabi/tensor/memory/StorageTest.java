package dev.manabi.tensor.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.manabi.tensor.DType;
import dev.manabi.tensor.Device;
import dev.manabi.tensor.Ints;
import dev.manabi.tensor.Shape;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.TensorSpec;
import dev.manabi.tensor.error.UseAfterReleaseException;
import dev.manabi.tensor.op.ElementwiseOp.Unary;
import dev.manabi.tensor.op.ElementwiseOp.UnaryFn;
import dev.manabi.tensor.run.Interpreter;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class StorageTest {
  /** A size that no other test uses, so that the pool holds no such blocks. */
  private static final long RARE = 7_654_321;

  private static Storage storage(long bytes) {
    return Storage.allocate(bytes, Device.CPU);
  }

  private static Tensor tensor(int... shape) {
    return Interpreter.allocate(TensorSpec.of(Shape.of(shape), DType.F32), Device.CPU);
  }

  @Test
  void addressesAreAligned() {
    for (long bytes : new long[] {0, 1, 64, 65, 1000, 8192, 8193, 1_000_000}) {
      assertEquals(0, storage(bytes).address() % 64, bytes + " bytes");
    }
  }

  @Test
  void segmentHasTheSizeAskedForAndChecksBounds() {
    Storage s = storage(100);
    assertEquals(100, s.segment().byteSize());
    assertEquals(s.address(), s.segment().address());
    assertThrows(
        IndexOutOfBoundsException.class, () -> s.segment().get(ValueLayout.JAVA_BYTE, 100));
  }

  @Test
  void releasedMemoryIsUsedAgainAndNotCleared() {
    Storage first = storage(RARE);
    first.segment().set(ValueLayout.JAVA_INT, 400, 42);
    first.release();
    Storage second = storage(RARE - 1000);
    assertEquals(first.address(), second.address());
    assertEquals(42, second.segment().get(ValueLayout.JAVA_INT, 400));
    second.release();
  }

  @Test
  void releasingTwiceGivesTheMemoryBackOnce() {
    Storage s = storage(RARE);
    s.release();
    long live = Memory.liveBytes();
    s.release();
    assertEquals(live, Memory.liveBytes());
    assertTrue(s.isReleased());
    Storage a = storage(RARE);
    Storage b = storage(RARE);
    assertNotEquals(a.address(), b.address());
    a.release();
    b.release();
  }

  @Test
  void useAfterReleaseNamesTheTensorAndTheFix() {
    Tensor t = tensor(32, 10);
    Tensor view = t.withLayout(t.layout().permute(Ints.of(1, 0)));
    t.release();
    String message =
        """
        tensor [10, 32] f32 was released by release()
          fix: release a tensor after its last use, and that of its views""";
    assertEquals(message, assertThrows(UseAfterReleaseException.class, view::address).getMessage());
    assertEquals(message, assertThrows(UseAfterReleaseException.class, view::segment).getMessage());
    assertEquals(
        message,
        assertThrows(
                UseAfterReleaseException.class, () -> Interpreter.run(new Unary(UnaryFn.EXP), view))
            .getMessage());
    assertEquals(
        message,
        assertThrows(
                UseAfterReleaseException.class,
                () ->
                    Interpreter.runInto(
                        new Unary(UnaryFn.EXP), new Tensor[] {tensor(10, 32)}, view))
            .getMessage());
  }

  @Test
  void threadsNeverShareABlock() throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<Callable<Void>> tasks = new ArrayList<>();
      for (long id = 1; id <= 4; id++) {
        long seed = id;
        tasks.add(() -> writeAndCheck(seed));
      }
      for (Future<Void> result : threads.invokeAll(tasks)) {
        result.get();
      }
    }
  }

  /** Makes, marks, checks and drops storages in random order; some by hand, some by oblivion. */
  private static Void writeAndCheck(long id) {
    SplittableRandom random = new SplittableRandom(id);
    Storage[] held = new Storage[50];
    for (int step = 0; step < 20_000; step++) {
      int i = random.nextInt(held.length);
      Storage old = held[i];
      if (old != null) {
        assertEquals(id * 1000 + i, old.segment().get(ValueLayout.JAVA_LONG, 0));
        if (random.nextBoolean()) {
          old.release();
        }
      }
      Storage s = storage(8 + random.nextInt(3000));
      s.segment().set(ValueLayout.JAVA_LONG, 0, id * 1000 + i);
      held[i] = s;
      if (step % 5000 == 0) {
        System.gc();
      }
    }
    return null;
  }
}
