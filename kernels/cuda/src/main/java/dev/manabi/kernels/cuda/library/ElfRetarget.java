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
  private int versionCount;

  private ElfRetarget(byte[] image) {
    elf = ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN);
    if (elf.getInt(0) != MAGIC || image[4] != 2 || image[5] != 1) {
      throw new IllegalArgumentException("not a 64-bit little-endian ELF file");
    }
    readHeaders();
  }

  /**
   * Rewrites {@code from} to {@code to} in {@code image}.
   *
   * @return how many places were rewritten
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
      int at = (int) (start + (long) i * size);
      long offset = elf.getLong(at + 8);
      long bytes = elf.getLong(at + 32);
      if (elf.getInt(at) == LOAD) {
        segments.add(new long[] {elf.getLong(at + 16), offset, bytes});
      } else if (elf.getInt(at) == DYNAMIC) {
        dynamic = offset;
        dynamicSize = bytes;
      }
    }
    for (long at = dynamic; at < dynamic + dynamicSize && u64(at) != 0; at += 16) {
      long tag = u64(at);
      long value = u64(at + 8);
      if (tag == NEEDED) {
        needed.add(value);
      } else if (tag == STRING_TABLE) {
        strings = inFile(value);
      } else if (tag == VERSIONS_NEEDED) {
        versions = inFile(value);
      } else if (tag == VERSIONS_NEEDED_COUNT) {
        versionCount = (int) value;
      }
    }
  }

  private long inFile(long address) {
    for (long[] segment : segments) {
      if (address >= segment[0] && address < segment[0] + segment[2]) {
        return address - segment[0] + segment[1];
      }
    }
    throw new IllegalArgumentException("address " + address + " is in no segment");
  }

  private int rewrite(String from, String to) {
    Set<Long> names = new HashSet<>();
    for (long name : needed) {
      if (string(name).equals(from)) {
        names.add(name);
      }
    }
    int places = 0;
    long at = versions;
    for (int i = 0; i < versionCount; i++) {
      long file = u32(at + 4);
      if (string(file).equals(from)) {
        names.add(file);
        places += rewriteVersions(at, from, to, names);
      }
      at += u32(at + 12);
    }
    byte[] bytes = to.getBytes(StandardCharsets.ISO_8859_1);
    for (long name : names) {
      elf.put((int) (strings + name), bytes);
      places++;
    }
    return places;
  }

  /** The versions that one file is needed in; each carries the hash of its name. */
  private int rewriteVersions(long need, String from, String to, Set<Long> names) {
    int places = 0;
    int count = elf.getShort((int) need + 2) & 0xffff;
    long at = need + u32(need + 8);
    for (int j = 0; j < count; j++) {
      long name = u32(at + 8);
      if (string(name).equals(from)) {
        names.add(name);
        elf.putInt((int) at, hash(to));
        places++;
      }
      at += u32(at + 12);
    }
    return places;
  }

  private long u64(long at) {
    return elf.getLong((int) at);
  }

  private long u32(long at) {
    return elf.getInt((int) at) & 0xffffffffL;
  }

  private String string(long name) {
    StringBuilder text = new StringBuilder();
    for (int p = (int) (strings + name); elf.get(p) != 0; p++) {
      text.append((char) (elf.get(p) & 0xff));
    }
    return text.toString();
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
