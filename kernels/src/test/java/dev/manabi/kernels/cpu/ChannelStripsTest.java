package dev.manabi.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.manabi.kernels.cpu.ChannelStrips.Axis;
import dev.manabi.kernels.cpu.ChannelStrips.Windows;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChannelStripsTest {
  @Test
  void outputsAmidARowMeetAllTapsAndThoseAtItsEndsFewer() {
    assertEquals(
        List.of(new Windows(0, 1, 1, 2, 0), new Windows(1, 6, 0, 3, 0), new Windows(7, 1, 0, 2, 6)),
        new Axis(8, 3, 1, 1, 1, 8).windows());
  }

  @Test
  void strideAndDilationMoveWhatIsMet() {
    assertEquals(
        List.of(new Windows(0, 1, 1, 2, 0), new Windows(1, 2, 0, 3, 0), new Windows(3, 1, 0, 2, 4)),
        new Axis(4, 3, 2, 2, 2, 8).windows());
  }

  @Test
  void outputsBeyondTheInputMeetNoTap() {
    assertEquals(
        List.of(new Windows(0, 1, 1, 0, 0), new Windows(1, 1, 0, 1, 0), new Windows(2, 1, 0, 0, 0)),
        new Axis(3, 1, 1, 1, 1, 1).windows());
  }

  @Test
  void phasesOfAStrideShareOutTheTaps() {
    Phase even = Phase.of(0, 3, 2, 1, 1, 8, 4);
    Phase odd = Phase.of(1, 3, 2, 1, 1, 8, 4);
    assertEquals(new Phase(0, 1, 2, new Axis(4, 1, 1, 1, 0, 4)), even);
    assertEquals(new Phase(1, 0, 2, new Axis(4, 2, 1, 1, 0, 4)), odd);
    assertEquals(
        List.of(new Windows(0, 3, 0, 2, 0), new Windows(3, 1, 0, 1, 3)), odd.axis().windows());
  }

  @Test
  void positionsBetweenWindowsHaveMetNoTap() {
    assertEquals(0, Phase.of(1, 1, 2, 1, 0, 8, 4).taps());
    assertEquals(0, Phase.of(1, 3, 2, 2, 0, 9, 3).taps());
  }
}
