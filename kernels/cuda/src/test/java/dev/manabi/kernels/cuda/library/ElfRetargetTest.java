package dev.manabi.kernels.cuda.library;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A binding is made to need another library, and nothing else in it changes. */
class ElfRetargetTest {
  private static final String FROM = "libcublas.so.12";
  private static final String TO = "libcublas.so.13";

  /** Where the parts of {@link #image} begin. */
  private static final int SEGMENTS = 64;

  private static final int DYNAMIC = SEGMENTS + 2 * 56;
  private static final int NAMES = DYNAMIC + 6 * 16;
  private static final int VERSIONS = NAMES + 64;
  private static final int CUBLAS = VERSIONS + 32;
  private static final int END = CUBLAS + 48;

  /** From the beginning of {@link #NAMES}; the needed name and its version's may be two. */
  private static final int C_NAME = 1;

  private static final int C_VERSION = 11;
  private static final int NEEDED_NAME = 23;
  private static final int VERSION_NAME = 39;

  /** In memory, all of the file begins here. */
  private static final long ADDRESS = 0x40_0000;

  /**
   * What the linker writes for a library that needs libc and cuBLAS, each in one version or two.
   */
  private static byte[] image() {
    ByteBuffer elf = ByteBuffer.allocate(END).order(ByteOrder.LITTLE_ENDIAN);
    elf.put(0, new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1});
    elf.putLong(32, SEGMENTS).putShort(54, (short) 56).putShort(56, (short) 2);
    segment(elf, SEGMENTS, 1, 0, END);
    segment(elf, SEGMENTS + 56, 2, DYNAMIC, NAMES - DYNAMIC);
    long[] dynamic = {
      1, C_NAME, 1, NEEDED_NAME, 5, ADDRESS + NAMES, 0x6ffffffeL, ADDRESS + VERSIONS, 0x6fffffffL, 2
    };
    for (int i = 0; i < dynamic.length; i++) {
      elf.putLong(DYNAMIC + 8 * i, dynamic[i]);
    }
    name(elf, C_NAME, "libc.so.6");
    name(elf, C_VERSION, "GLIBC_2.2.5");
    name(elf, NEEDED_NAME, FROM);
    name(elf, VERSION_NAME, FROM);
    library(elf, VERSIONS, 1, C_NAME, CUBLAS - VERSIONS);
    version(elf, VERSIONS + 16, "GLIBC_2.2.5", C_VERSION, 0);
    library(elf, CUBLAS, 2, NEEDED_NAME, 0);
    version(elf, CUBLAS + 16, FROM, VERSION_NAME, 16);
    version(elf, CUBLAS + 32, "GLIBC_2.2.5", C_VERSION, 0);
    return elf.array();
  }

  private static void segment(ByteBuffer elf, int at, int type, int offset, int bytes) {
    elf.putInt(at, type).putLong(at + 8, offset);
    elf.putLong(at + 16, ADDRESS + offset).putLong(at + 32, bytes);
  }

  private static void name(ByteBuffer elf, int at, String name) {
    elf.put(NAMES + at, name.getBytes(StandardCharsets.US_ASCII));
  }

  private static void library(ByteBuffer elf, int at, int versions, int name, int next) {
    elf.putShort(at, (short) 1).putShort(at + 2, (short) versions);
    elf.putInt(at + 4, name).putInt(at + 8, 16).putInt(at + 12, next);
  }

  private static void version(ByteBuffer elf, int at, String version, int name, int next) {
    elf.putInt(at, ElfRetarget.hash(version)).putInt(at + 8, name).putInt(at + 12, next);
  }

  @Test
  void namesAndTheHashOfTheVersionAreChangedAndNothingElse() {
    byte[] image = image();
    assertEquals(3, ElfRetarget.retarget(image, FROM, TO));
    byte[] expected = image();
    expected[NAMES + NEEDED_NAME + 14] = '3';
    expected[NAMES + VERSION_NAME + 14] = '3';
    ByteBuffer.wrap(expected)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(CUBLAS + 16, ElfRetarget.hash(TO));
    assertArrayEquals(expected, image);
  }

  @Test
  void aLibraryThatDoesNotNeedItStaysAsItIs() {
    byte[] image = image();
    assertEquals(0, ElfRetarget.retarget(image, "libcublas.so.11", "libcublas.so.13"));
    assertEquals(0, ElfRetarget.retarget(image, "libcublas.so", "libcudnn_.so"));
    assertArrayEquals(image(), image);
  }

  /** Those that {@code readelf -V} shows for any program on Linux. */
  @ParameterizedTest
  @CsvSource({"GLIBC_2.2.5, 09691a75", "GLIBC_2.14, 06969194", "GLIBCXX_3.4, 08922974"})
  void hashesAreThoseOfTheLoader(String version, String hash) {
    assertEquals((int) Long.parseLong(hash, 16), ElfRetarget.hash(version));
  }

  @Test
  void jcublasItselfIsMadeToNeedTheOtherAndBack() throws IOException {
    byte[] image;
    String binding = "lib/libJCublas2-12.6.0-linux-x86_64.so";
    try (InputStream in = getClass().getClassLoader().getResourceAsStream(binding)) {
      image = in.readAllBytes();
    }
    byte[] before = image.clone();
    int places = ElfRetarget.retarget(image, FROM, TO);
    assertTrue(places >= 2, "a name and a hash, not " + places + " places");
    int first = Arrays.mismatch(before, image);
    assertEquals(0, ElfRetarget.retarget(image.clone(), FROM, TO), "nothing is left of it");
    assertTrue(first > 0);
    assertEquals(places, ElfRetarget.retarget(image, TO, FROM));
    assertArrayEquals(before, image);
  }

  private static void assertRefused(String message, byte[] image) {
    var e =
        assertThrows(IllegalArgumentException.class, () -> ElfRetarget.retarget(image, FROM, TO));
    assertTrue(e.getMessage().contains(message), e.getMessage());
  }

  @Test
  void whatIsNoSuchFileIsRefused() {
    assertRefused("not a 64-bit little-endian ELF file", new byte[0]);
    assertRefused("not a 64-bit little-endian ELF file", new byte[1000]);
    assertRefused("not a 64-bit little-endian ELF file", Arrays.copyOf(image(), 63));
    byte[] of32Bits = image();
    of32Bits[4] = 1;
    assertRefused("not a 64-bit little-endian ELF file", of32Bits);
    assertThrows(
        IllegalArgumentException.class, () -> ElfRetarget.retarget(image(), FROM, "libcublas.so"));
  }

  @Test
  void aTruncatedFileIsRefused() {
    for (int length = 0; length < END; length++) {
      byte[] part = Arrays.copyOf(image(), length);
      assertThrows(
          IllegalArgumentException.class,
          () -> ElfRetarget.retarget(part, FROM, TO),
          length + " bytes");
    }
  }

  @Test
  void whatLiesOutsideTheFileIsNamed() {
    long far = Long.MAX_VALUE - 8;
    assertRefused("it refers to byte " + far, with(32, far));
    assertRefused("it refers to byte " + far, with(SEGMENTS + 56 + 8, far));
    assertRefused("is in no segment", with(DYNAMIC + 2 * 16 + 8, far));
    assertRefused("is in no segment", with(DYNAMIC + 3 * 16 + 8, ADDRESS + END));
    assertRefused("it refers to byte", with(DYNAMIC + 8, END));
    assertRefused("it refers to byte 4294967295", with(CUBLAS + 24, 0xffff_ffffL));
  }

  private static byte[] with(int at, long value) {
    byte[] image = image();
    ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN).putLong(at, value);
    return image;
  }

  /** Whatever a file says, no memory is made for it, and it ends. */
  @Test
  void noDamageCostsMoreThanTheFileIsLong() {
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    List<Integer> values = List.of(0, 1, 0x7f, 0x80, 0xff);
    long before = threads.getCurrentThreadAllocatedBytes();
    int files = 0;
    for (int at = 0; at < END; at++) {
      for (int value : values) {
        byte[] image = image();
        Arrays.fill(image, at, Math.min(END, at + 4), (byte) value);
        try {
          ElfRetarget.retarget(image, FROM, TO);
        } catch (IllegalArgumentException expected) {
          assertTrue(expected.getMessage().contains("ELF file"), expected.getMessage());
        }
        files++;
      }
    }
    long each = (threads.getCurrentThreadAllocatedBytes() - before) / files;
    assertTrue(each < 100_000, each + " bytes for a file of " + END);
  }
}
