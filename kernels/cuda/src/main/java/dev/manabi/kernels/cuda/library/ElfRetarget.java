package dev.manabi.kernels.cuda.library;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Makes a native library need another one of the same interface: JCublas is linked against {@code
 * libcublas.so.12} by versioned symbols, and {@code libcublas.so.13} has the same functions.
 *
 * <p>Rewrites, in the image of a 64-bit little-endian ELF file, the needed name and the name and
 * hash of the symbol version of the same name. Names of equal length only, so nothing moves.
 */
final class ElfRetarget {
  private static final int HEADER_BYTES = 64;
  private static final int SEGMENT_BYTES = 56;
  private static final int MAGIC = 0x464c457f;
  private static final int LOAD = 1;
  private static final int DYNAMIC = 2;
  private static final long NEEDED = 1;
  private static final long STRING_TABLE = 5;
  private static final long VERSIONS_NEEDED = 0x6ffffffeL;
  private static final long VERSIONS_NEEDED_COUNT = 0x6fffffffL;

  private final ByteBuffer elf;
  private final List<long[]> segments = new ArrayList<>();
  private final List<Long> needed = new ArrayList<>();
  private long strings = -1;
  private long versions = -1;
  private long versionCount;

  private ElfRetarget(byte[] image) {
    elf = ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN);
    if (image.length < HEADER_BYTES || elf.getInt(0) != MAGIC || image[4] != 2 || image[5] != 1) {
      throw new IllegalArgumentException("not a 64-bit little-endian ELF file");
    }
    readHeaders();
  }

  /**
   * Rewrites {@code from} to {@code to} in {@code image}.
   *
   * @return how many places were rewritten
   * @throws IllegalArgumentException if it is no such file, or refers to what is not in it
   */
  static int retarget(byte[] image, String from, String to) {
    if (from.length() != to.length()) {
      throw new IllegalArgumentException(from + " and " + to + " differ in length");
    }
    return new ElfRetarget(image).rewrite(from, to);
  }

  private void readHeaders() {
    long start = elf.getLong(32);
    int size = elf.getShort(54) & 0xffff;
    int count = elf.getShort(56) & 0xffff;
    long dynamic = -1;
    long dynamicSize = 0;
    for (int i = 0; i < count; i++) {
      int at = place(start + (long) i * size, SEGMENT_BYTES);
      long offset = elf.getLong(at + 8);
      long bytes = elf.getLong(at + 32);
      if (elf.getInt(at) == LOAD) {
        segments.add(new long[] {elf.getLong(at + 16), offset, bytes});
      } else if (elf.getInt(at) == DYNAMIC) {
        dynamic = offset;
        dynamicSize = bytes;
      }
    }
    for (long at = dynamic; at - dynamic < dynamicSize && u64(at) != 0; at += 16) {
      long tag = u64(at);
      long value = u64(at + 8);
      if (tag == NEEDED) {
        needed.add(value);
      } else if (tag == STRING_TABLE) {
        strings = inFile(value);
      } else if (tag == VERSIONS_NEEDED) {
        versions = inFile(value);
      } else if (tag == VERSIONS_NEEDED_COUNT) {
        versionCount = value;
      }
    }
  }

  /** {@code at}, where so many bytes must be in the file. */
  private int place(long at, int bytes) {
    if (at < 0 || at > elf.limit() - bytes) {
      throw new IllegalArgumentException(
          "the ELF file is damaged: it refers to byte %s of %d"
              .formatted(Long.toUnsignedString(at), elf.limit()));
    }
    return (int) at;
  }

  private long inFile(long address) {
    for (long[] segment : segments) {
      if (address >= segment[0] && address - segment[0] < segment[2]) {
        return address - segment[0] + segment[1];
      }
    }
    throw new IllegalArgumentException(
        "the ELF file is damaged: address " + address + " is in no segment");
  }

  private int rewrite(String from, String to) {
    Set<Long> names = new HashSet<>();
    for (long name : needed) {
      if (isAt(name, from)) {
        names.add(name);
      }
    }
    int places = 0;
    long at = versions;
    for (long i = 0, next = 1; i < versionCount && next != 0; i++) {
      long file = u32(at + 4);
      if (isAt(file, from)) {
        names.add(file);
        places += rewriteVersions(at, from, to, names);
      }
      next = u32(at + 12);
      at += next;
    }
    byte[] bytes = to.getBytes(StandardCharsets.ISO_8859_1);
    for (long name : names) {
      elf.put(place(strings + name, bytes.length), bytes);
      places++;
    }
    return places;
  }

  /** The versions that one file is needed in; each carries the hash of its name. */
  private int rewriteVersions(long need, String from, String to, Set<Long> names) {
    int places = 0;
    int count = elf.getShort(place(need + 2, Short.BYTES)) & 0xffff;
    long at = need + u32(need + 8);
    long next = 1;
    for (int j = 0; j < count && next != 0; j++) {
      long name = u32(at + 8);
      if (isAt(name, from)) {
        names.add(name);
        elf.putInt(place(at, Integer.BYTES), hash(to));
        places++;
      }
      next = u32(at + 12);
      at += next;
    }
    return places;
  }

  private long u64(long at) {
    return elf.getLong(place(at, Long.BYTES));
  }

  private long u32(long at) {
    return elf.getInt(place(at, Integer.BYTES)) & 0xffffffffL;
  }

  /** Whether the string table has {@code text} at {@code name}. */
  private boolean isAt(long name, String text) {
    long at = strings + place(name, 0);
    int length = 0;
    while (length < text.length() && elf.get(place(at + length, 1)) == text.charAt(length)) {
      length++;
    }
    return length == text.length() && elf.get(place(at + length, 1)) == 0;
  }

  /** The hash of a symbol's name, as the System V ABI defines it. */
  static int hash(String name) {
    long h = 0;
    for (byte b : name.getBytes(StandardCharsets.ISO_8859_1)) {
      h = (h << 4) + (b & 0xff);
      long high = h & 0xf0000000L;
      if (high != 0) {
        h ^= high >>> 24;
      }
      h &= ~high;
    }
    return (int) h;
  }
}
