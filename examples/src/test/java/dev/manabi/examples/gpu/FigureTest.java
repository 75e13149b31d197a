package dev.manabi.examples.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Figures on their way from one program to another. */
class FigureTest {
  private static final Figure COPY = new Figure("copy", "f32", "4x8", 256, 0, 0.125);
  private static final Figure PRODUCT = new Figure("A B", "bf16", "2x3x4", 0, 48, 1e-3);

  @TempDir private Path folder;

  @Test
  void eachWritingReplacesTheOneBefore() throws IOException {
    Path file = folder.resolve("hand.tsv");
    assertEquals(List.of(), Figure.read(file));
    Figure.write(file, List.of(COPY));
    Figure.write(file, List.of(COPY, PRODUCT));
    assertEquals(List.of(COPY, PRODUCT), Figure.read(file));
    try (var files = Files.list(folder)) {
      assertEquals(List.of(file), files.toList());
    }
  }

  @Test
  void aBrokenLineIsToldWithItsFile() throws IOException {
    Path file = Files.writeString(folder.resolve("torch.tsv"), "copy\tf32\t4x");
    var e = assertThrows(IllegalArgumentException.class, () -> Figure.read(file));
    assertTrue(e.getMessage().contains("torch.tsv: not a line of figures"), e.getMessage());
  }
}
