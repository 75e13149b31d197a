package dev.manabi.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.manabi.kernels.cpu.ChannelStrips.Axis;
import dev.manabi.kernels.cpu.ChannelStrips.Windows;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChannelStripsTest {
  @Test
  void outputsAmidARowMeetAllTapsAndThoseAtItsEndsFewer() {
    assertEquals(
        List.of(new Windows(0, 1, 1, 2, 0), new Windows(1, 6, 0, 3, 0), new Windows(7, 1, 0, 2, 6)),
        new Axis(8, 3, 1, 1, 1, 1, 8).windows());
  }

  @Test
  void strideAndDilationMoveWhatIsMet() {
    assertEquals(
        List.of(new Windows(0, 1, 1, 2, 0), new Windows(1, 2, 0, 3, 0), new Windows(3, 1, 0, 2, 4)),
        new Axis(4, 3, 2, 2, 2, 1, 8).windows());
  }

  @Test
  void outputsBeyondTheInputMeetNoTap() {
    assertEquals(
        List.of(new Windows(0, 1, 1, 0, 0), new Windows(1, 1, 0, 1, 0), new Windows(2, 1, 0, 0, 0)),
        new Axis(3, 1, 1, 1, 1, 1, 1).windows());
  }

  @Test
  void aGapHoldsZerosBetweenSources() {
    Axis axis = new Axis(5, 3, 1, 1, 1, 2, 3);
    int[] sources = new int[axis.length(5)];
    for (int i = 0; i < sources.length; i++) {
      sources[i] = axis.source(i);
    }
    assertEquals(List.of(-1, 0, -1, 1, -1, 2, -1), Arrays.stream(sources).boxed().toList());
  }
}
