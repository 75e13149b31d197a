package dev.manabi.data.formats;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.Tensors;
import dev.manabi.tensor.error.FormatException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Damages good files in random ways: a reader may load the result or throw {@link FormatException},
 * and must do so without taking much memory. Any other exception fails the test.
 */
class FormatFuzzTest {
  private static final int ROUNDS = 10_000;

  /** What one small file may cost, whatever it claims; the two gigabytes of a bad header do not. */
  private static final long MEMORY = 4_000_000;

  @TempDir Path folder;

  private interface Reader {
    void read(byte[] file) throws IOException;
  }

  @Test
  void idxReaderLoadsOrRefuses() throws IOException {
    byte[] plain = IdxTest.idx(0x0803, new int[] {3, 4, 5}, new byte[60]);
    fuzz(1, plain, file -> Idx.read("fuzzed", file, 3));
    fuzz(2, IdxTest.gzip(plain), file -> Idx.read("fuzzed", file, 3));
  }

  @Test
  void safeTensorsReaderLoadsOrRefuses() throws IOException {
    Path path = folder.resolve("fuzzed.safetensors");
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("conv.weight", Tensors.of(new float[36], 4, 1, 3, 3));
    tensors.put("conv.bias", Tensors.of(new double[4]));
    tensors.put("mask", Tensors.of(new boolean[] {true, false, true}));
    SafeTensors.save(path, tensors, Map.of("format", "pt"));
    byte[] good = Files.readAllBytes(path);
    fuzz(
        3,
        good,
        file -> {
          Files.write(path, file);
          SafeTensors.load(path);
        });
  }

  private static void fuzz(long seed, byte[] good, Reader reader) throws IOException {
    var random = new Random(seed);
    int loaded = 0;
    for (int i = 0; i < ROUNDS; i++) {
      byte[] damaged = damage(good, random);
      long before = allocatedBytes();
      if (loads(reader, damaged, "seed " + seed + ", round " + i)) {
        loaded++;
      }
      long taken = allocatedBytes() - before;
      assertTrue(taken < MEMORY, "seed " + seed + ", round " + i + " took " + taken + " bytes");
    }
    // Both outcomes must occur, or the damage is too weak or too strong to test anything.
    assertTrue(loaded > ROUNDS / 100 && loaded < ROUNDS * 99 / 100, loaded + " loaded");
  }

  private static boolean loads(Reader reader, byte[] file, String round) throws IOException {
    try {
      reader.read(file);
      return true;
    } catch (FormatException e) {
      return false;
    } catch (RuntimeException | Error e) {
      throw new AssertionError(round + " threw " + e, e);
    }
  }

  private static byte[] damage(byte[] good, Random random) {
    byte[] file = good.clone();
    int changes = 1 + random.nextInt(3);
    for (int i = 0; i < changes && file.length > 8; i++) {
      file = damageOnce(file, random);
    }
    return file;
  }

  private static byte[] damageOnce(byte[] file, Random random) {
    int at = random.nextInt(file.length);
    int length = 1 + random.nextInt(Math.min(8, file.length - at));
    switch (random.nextInt(7)) {
      case 0 -> file[at] ^= (byte) (1 << random.nextInt(8));
      case 1 -> file[at] = (byte) random.nextInt(256);
      case 2 -> Arrays.fill(file, at, at + length, (byte) (random.nextBoolean() ? 0xff : 0x7f));
      case 3 -> {
        return Arrays.copyOf(file, at);
      }
      case 4 -> {
        return Arrays.copyOf(file, file.length + length);
      }
      case 5 -> {
        // A stretch of the file twice: doubled names, fields, dimensions.
        byte[] longer = new byte[file.length + length];
        System.arraycopy(file, 0, longer, 0, at + length);
        System.arraycopy(file, at, longer, at + length, file.length - at);
        return longer;
      }
      default -> changeADigit(file, at, random);
    }
    return file;
  }

  /** Numbers in text: offsets, shapes, dtypes. */
  private static void changeADigit(byte[] file, int from, Random random) {
    for (int i = from; i < file.length; i++) {
      if (Character.isDigit(file[i])) {
        file[i] = (byte) "0123456789-.eE[]{},:\"".charAt(random.nextInt(21));
        return;
      }
    }
  }

  private static long allocatedBytes() {
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    return threads.getCurrentThreadAllocatedBytes();
  }
}
