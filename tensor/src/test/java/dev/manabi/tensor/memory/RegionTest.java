package dev.manabi.tensor.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.manabi.tensor.DType;
import dev.manabi.tensor.Device;
import dev.manabi.tensor.Shape;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.TensorSpec;
import dev.manabi.tensor.error.UseAfterReleaseException;
import dev.manabi.tensor.run.Interpreter;
import java.lang.ref.WeakReference;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class RegionTest {
  private static Tensor tensor(int... shape) {
    return Interpreter.allocate(TensorSpec.of(Shape.of(shape), DType.F32), Device.CPU);
  }

  @Test
  void closingReleasesWhatWasMadeInside() {
    Tensor before = tensor(4);
    Tensor inside;
    long live = Memory.liveBytes();
    try (var step = Region.open("step")) {
      inside = tensor(32, 10);
      assertFalse(inside.isReleased());
    }
    assertTrue(inside.isReleased());
    assertFalse(before.isReleased());
    assertEquals(live, Memory.liveBytes());
  }

  @Test
  void useAfterCloseNamesTensorRegionAndFix() {
    Tensor inside;
    try (var step = Region.open("step")) {
      inside = tensor(32, 10);
    }
    assertEquals(
        """
        tensor [32, 10] f32 was released when region "step" closed
          fix: before that, tensor.keep() moves it out of the region""",
        assertThrows(UseAfterReleaseException.class, inside::address).getMessage());
    assertThrows(UseAfterReleaseException.class, inside::keep);
  }

  @Test
  void keepMovesATensorIntoTheRegionAround() {
    Tensor byRegion;
    Tensor byTensor;
    try (var epoch = Region.open("epoch")) {
      try (var step = Region.open("step")) {
        byRegion = tensor(2);
        assertSame(byRegion, step.keep(byRegion));
        byTensor = tensor(2).keep();
      }
      assertFalse(byRegion.isReleased());
      assertFalse(byTensor.isReleased());
    }
    assertTrue(byRegion.isReleased());
    assertTrue(byTensor.isReleased());
  }

  @Test
  void keepAtTheOutermostRegionLeavesTheTensorToTheCollector() {
    Tensor kept;
    long watched = Net.watched();
    try (var step = Region.open("step")) {
      kept = tensor(1000, 1000);
      assertEquals(watched, Net.watched());
      step.keep(kept);
      step.keep(kept);
    }
    assertFalse(kept.isReleased());
    assertEquals(watched + kept.storage().block().bytes(), Net.watched());
    kept.release();
    assertEquals(watched, Net.watched());
  }

  @Test
  void aRegionKeepsOnlyWhatItOwns() {
    try (var epoch = Region.open("epoch")) {
      Tensor outer = tensor(2);
      try (var step = Region.open("step")) {
        step.keep(outer);
      }
      epoch.close();
      assertTrue(outer.isReleased());
    }
  }

  @Test
  void outsideMakesTensorsThatNoRegionOwns() {
    Tensor state;
    Tensor after;
    Tensor nested;
    try (var step = Region.open("step")) {
      state =
          Region.outside(
              () -> {
                try (var inner = Region.open("inner")) {
                  return inner.keep(tensor(2));
                }
              });
      nested = Region.outside(() -> tensor(3));
      after = tensor(2);
    }
    assertFalse(state.isReleased());
    assertFalse(nested.isReleased());
    assertTrue(after.isReleased());
  }

  @Test
  void otherThreadsAllocateInNoRegion() {
    Tensor theirs;
    try (var step = Region.open("step")) {
      theirs = CompletableFuture.supplyAsync(() -> tensor(2)).join();
    }
    assertFalse(theirs.isReleased());
  }

  @Test
  void anotherThreadMayCloseARegion() {
    Tensor inside;
    Tensor later;
    try (var step = Region.open("step")) {
      inside = tensor(2);
      CompletableFuture.runAsync(step::close).join();
      later = tensor(2);
    }
    assertTrue(inside.isReleased());
    assertFalse(later.isReleased(), "the region was closed before");
  }

  @Test
  void releasingInsideARegionIsAllowed() {
    try (var step = Region.open("step")) {
      Tensor early = tensor(2);
      early.release();
      assertTrue(early.isReleased());
      assertEquals(0, step.contents().size());
    }
  }

  @Test
  void aLongRegionForgetsWhatWasReleasedInside() {
    try (var step = Region.open("step")) {
      Tensor kept = tensor(2);
      WeakReference<Storage> first = released();
      for (int i = 0; i < 1000; i++) {
        released();
      }
      System.gc();
      assertTrue(first.refersTo(null), "its Java object is gone too");
      assertEquals(1, step.contents().getFirst().count());
      assertFalse(kept.isReleased());
    }
  }

  private static WeakReference<Storage> released() {
    Tensor t = tensor(2);
    t.release();
    return new WeakReference<>(t.storage());
  }

  @Test
  void anInnerRegionLeftOpenIsReportedAndClosedWithTheOuter() {
    Tensor inside;
    Tensor after;
    try (var log = new LogCapture()) {
      try (var epoch = Region.open("epoch")) {
        Region.open("step");
        inside = tensor(2);
      }
      after = tensor(2);
      assertTrue(log.text().contains("region \"step\" was still open when region \"epoch\""));
    }
    assertTrue(inside.isReleased());
    assertFalse(after.isReleased());
  }

  @Test
  void aForgottenRegionIsReportedAndLeftToTheCollector() {
    Tensor[] stillHeld = new Tensor[1];
    long live = Memory.liveBytes();
    try (var log = new LogCapture()) {
      openAndForget(stillHeld);
      Memory.collect();
      assertTrue(log.text().contains("region \"lost\" was never closed"), log.text());
    }
    assertFalse(stillHeld[0].isReleased(), "what is in use stays valid");
    Tensor after = tensor(2);
    try (var step = Region.open("step")) {
      assertFalse(after.isReleased());
    }
    Memory.collect();
    long kept = stillHeld[0].storage().block().bytes() + after.storage().block().bytes();
    assertTrue(Memory.liveBytes() <= live + kept, "what is not in use was freed");
  }

  private static void openAndForget(Tensor[] stillHeld) {
    Region.open("lost");
    stillHeld[0] = tensor(2);
    for (int i = 0; i < 10; i++) {
      tensor(1000, 1000);
    }
  }

  @Test
  void aThreadThatDiesInARegionLeaksNothing() throws InterruptedException {
    Memory.collect();
    long live = Memory.liveBytes();
    Thread thread =
        new Thread(
            () -> {
              Region.open("dying");
              tensor(1000, 1000);
            });
    try (var log = new LogCapture()) {
      thread.start();
      thread.join();
      assertTrue(Memory.liveBytes() >= live + 4_000_000);
      thread = null;
      Memory.collect();
      Memory.collect();
      assertTrue(log.text().contains("region \"dying\" was never closed"));
    }
    assertTrue(Memory.liveBytes() <= live);
  }
}
