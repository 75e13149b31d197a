package dev.manabi.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.manabi.tensor.Device;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.Tensors;
import dev.manabi.tensor.error.UseAfterReleaseException;
import dev.manabi.tensor.memory.Region;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Mistakes with tensors on a device, and the memory under them. */
class MisuseTest {
  private static final Device GPU = Device.cuda(0);

  @BeforeAll
  static void chooseTheMachine() {
    Machines.choose();
  }

  @BeforeEach
  void needsADevice() {
    assumeTrue(Gpus.unavailableBecause().isEmpty(), Gpus.unavailableBecause());
  }

  @Test
  void aBadIndexIsToldWhenTheHostNextReads() {
    Tensor table = Tensors.rand(4, 3).to(GPU);
    Tensor index = Tensors.of(new long[] {0, 7}).to(GPU);
    Tensor rows = table.indexSelect(0, index);
    var e = assertThrows(IndexOutOfBoundsException.class, () -> rows.sum().item());
    assertTrue(e.getMessage().contains("index 7"), e.getMessage());
    assertEquals(4, table.numel() / 3);
    // And it is told once.
    assertEquals(0, Tensors.zeros(2).to(GPU).sum().item());
  }

  @Test
  void tensorsOnTwoDevicesDoNotMix() {
    Tensor here = Tensors.ones(3);
    Tensor there = here.to(GPU);
    var e = assertThrows(IllegalArgumentException.class, () -> here.add(there));
    assertTrue(e.getMessage().contains(".to(device)"), e.getMessage());
  }

  @Test
  void theHostCannotLookIntoTheDevice() {
    Tensor there = Tensors.ones(3).to(GPU);
    var e = assertThrows(IllegalStateException.class, there::segment);
    assertTrue(e.getMessage().contains("fix: "), e.getMessage());
  }

  @Test
  void aRegionReleasesWhatWasMadeOnTheDevice() {
    Tensor kept;
    Tensor lost;
    try (var region = Region.open("step")) {
      lost = Tensors.ones(5).to(GPU);
      kept = lost.mul(2);
      kept.keep();
    }
    assertEquals(10, kept.sum().item());
    assertThrows(UseAfterReleaseException.class, lost::sum);
  }

  @Test
  void whatIsUnreachableIsFreed() {
    DevicePool pool = Gpus.of(GPU).memory();
    long before = pool.live();
    for (int i = 0; i < 200; i++) {
      Tensor unused = Tensors.zeros(1 << 18).to(GPU);
      assertEquals(GPU, unused.device());
    }
    long grown = pool.live() - before;
    assertTrue(grown < 190L << 20, grown + " bytes live after 200 MiB were dropped");
  }
}
