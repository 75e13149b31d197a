package dev.manabi.data.formats;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.manabi.tensor.error.FormatException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdxTest {
  @TempDir Path folder;

  /** A 2x3 array of the bytes 250 to 255. */
  static byte[] small() {
    return idx(0x0802, new int[] {2, 3}, new byte[] {-6, -5, -4, -3, -2, -1});
  }

  static byte[] idx(int magic, int[] dims, byte[] data) {
    ByteBuffer file = ByteBuffer.allocate(4 + 4 * dims.length + data.length);
    file.putInt(magic);
    for (int dim : dims) {
      file.putInt(dim);
    }
    return file.put(data).array();
  }

  static byte[] gzip(byte[] content) {
    var out = new ByteArrayOutputStream();
    try (OutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  private FormatException refused(byte[] content, int rank) {
    Path file = folder.resolve("some-idx-ubyte");
    try {
      Files.write(file, content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    var e = assertThrows(FormatException.class, () -> Idx.read(file, rank));
    assertTrue(e.getMessage().startsWith(file.toString()), e.getMessage());
    return e;
  }

  private static void assertSays(FormatException e, String expected, String found) {
    assertTrue(e.getMessage().contains("expected " + expected), e.getMessage());
    assertTrue(e.getMessage().endsWith("found " + found), e.getMessage());
  }

  @Test
  void readsPlainFiles() throws IOException {
    Path file = Files.write(folder.resolve("plain"), small());
    Idx idx = Idx.read(file, 2);
    assertEquals(2, idx.rank());
    assertEquals(2, idx.dim(0));
    assertEquals(3, idx.dim(1));
    assertArrayEquals(new byte[] {-6, -5, -4, -3, -2, -1}, idx.data());
  }

  @Test
  void readsGzippedFilesWhateverTheirName() throws IOException {
    Path file = Files.write(folder.resolve("no-suffix"), gzip(small()));
    assertArrayEquals(new byte[] {-6, -5, -4, -3, -2, -1}, Idx.read(file, 2).data());
  }

  @Test
  void readsAnEmptyArray() {
    assertEquals(0, Idx.read("empty", idx(0x0801, new int[] {0}, new byte[0]), 1).data().length);
  }

  @Test
  void refusesAWrongMagicNumber() {
    assertSays(refused(small(), 3), "magic number 00000803", "00000802");
    assertSays(
        refused(idx(0x0d02, new int[] {1, 1}, new byte[4]), 2),
        "magic number 00000802",
        "00000d02");
    assertSays(refused(gzip(small()), 1), "magic number 00000801", "00000802");
    assertSays(refused(new byte[] {0, 0}, 1), "magic number 00000801", "0000");
    assertSays(refused(new byte[0], 1), "magic number 00000801", "");
  }

  @Test
  void refusesATruncatedHeader() {
    assertSays(refused(Arrays.copyOf(small(), 9), 2), "a header of 12 bytes", "9 bytes");
  }

  @Test
  void refusesTruncatedData() {
    byte[] cut = Arrays.copyOf(small(), small().length - 1);
    assertSays(refused(cut, 2), "18 bytes for dimensions [2, 3]", "17 at most");
    assertSays(refused(gzip(cut), 2), "18 bytes for dimensions [2, 3]", "17");
  }

  @Test
  void refusesBytesAfterTheLastElement() {
    byte[] longer = Arrays.copyOf(small(), small().length + 1);
    assertSays(refused(longer, 2), "18 bytes for dimensions [2, 3]", "19");
    assertSays(refused(gzip(longer), 2), "18 bytes for dimensions [2, 3]", "more");
  }

  @Test
  void refusesATruncatedGzip() {
    byte[] whole = gzip(small());
    for (int length = 2; length < whole.length; length++) {
      refused(Arrays.copyOf(whole, length), 2);
    }
  }

  @Test
  void refusesAGzipWithAWrongChecksum() {
    byte[] broken = gzip(small());
    broken[broken.length - 8] ^= 1;
    assertSays(refused(broken, 2), "one whole gzip stream", "Corrupt GZIP trailer");
  }

  @Test
  void refusesDimensionsThatCannotBe() {
    assertSays(
        refused(idx(0x0802, new int[] {-1, 3}, new byte[9]), 2),
        "dimensions from 0 up with at most 2,147,483,639 elements",
        "[-1, 3]");
    int max = Integer.MAX_VALUE;
    refused(idx(0x0803, new int[] {max, max, max}, new byte[9]), 3);
    refused(idx(0x0803, new int[] {0, -1, max}, new byte[0]), 3);
  }

  /** Two gigabytes are claimed; the test JVM could not even allocate them beside the others. */
  @Test
  void takesNoMemoryForWhatAHeaderMerelyClaims() {
    int[] huge = {2_000_000, 1000};
    long before = allocatedBytes();
    refused(idx(0x0802, huge, new byte[6]), 2);
    refused(gzip(idx(0x0802, huge, new byte[6])), 2);
    // Large enough that the claim is within what a gzip of its size could inflate to.
    byte[] plausible = gzip(idx(0x0802, new int[] {80, 1000}, new byte[50_000]));
    assertSays(refused(plausible, 2), "80,012 bytes for dimensions [80, 1000]", "50,012");
    assertTrue(allocatedBytes() - before < 20_000_000);
  }

  private static long allocatedBytes() {
    var threads =
        (com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean();
    return threads.getCurrentThreadAllocatedBytes();
  }

  @Test
  void stopsAtTheClaimedSizeOfAGzipBomb() {
    byte[] bomb = gzip(idx(0x0801, new int[] {10}, new byte[50_000_000]));
    long before = allocatedBytes();
    assertSays(refused(bomb, 1), "18 bytes for dimensions [10]", "more");
    assertTrue(allocatedBytes() - before < 5_000_000);
  }

  @Test
  void aMissingFileIsAnIoError() {
    assertThrows(UncheckedIOException.class, () -> Idx.read(folder.resolve("none"), 1));
  }
}
