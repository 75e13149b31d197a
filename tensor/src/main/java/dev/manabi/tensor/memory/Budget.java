package dev.manabi.tensor.memory;

import com.sun.management.OperatingSystemMXBean;
import java.lang.System.Logger.Level;
import java.lang.management.ManagementFactory;
import java.util.Locale;

/** How many bytes of native memory the engine may take from the operating system. */
final class Budget {
  static final String PROPERTY = "manabi.memory.budget";

  /** Up to here nobody asks for the budget: finding the machine's memory takes 20 ms. */
  private static final long FREE_OF_CHARGE = 64L << 20;

  private static final System.Logger LOG = System.getLogger("dev.manabi");
  private static volatile long limit = -1;

  private Budget() {}

  /** The budget in bytes. */
  static long bytes() {
    long bytes = limit;
    if (bytes < 0) {
      bytes = initial();
      limit = bytes;
    }
    return bytes;
  }

  /** A lower bound of the budget that is quick to have, and enough for {@code wanted} bytes. */
  static long bytesFor(long wanted) {
    return limit < 0 && wanted <= FREE_OF_CHARGE && System.getProperty(PROPERTY) == null
        ? FREE_OF_CHARGE
        : bytes();
  }

  static void set(long bytes) {
    if (bytes < 0) {
      throw new IllegalArgumentException("memory budget: " + bytes + " bytes is negative");
    }
    limit = bytes;
  }

  /** The budget before anyone set one. */
  static long initial() {
    String text = System.getProperty(PROPERTY);
    if (text != null) {
      try {
        return parse(text);
      } catch (IllegalArgumentException e) {
        LOG.log(Level.WARNING, e.getMessage() + "; half of the machine's memory is taken instead");
      }
    }
    OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    return system.getTotalMemorySize() / 2;
  }

  /** Reads {@code 1048576}, {@code 1024k}, {@code 512m} or {@code 2g}. */
  static long parse(String text) {
    String lower = text.strip().toLowerCase(Locale.ROOT);
    if (!lower.matches("\\d{1,15}[kmg]?")) {
      throw new IllegalArgumentException(
          PROPERTY + ": expected bytes, or a number followed by k, m or g, found " + text);
    }
    int shift =
        switch (lower.charAt(lower.length() - 1)) {
          case 'k' -> 10;
          case 'm' -> 20;
          case 'g' -> 30;
          default -> 0;
        };
    long number = Long.parseLong(shift == 0 ? lower : lower.substring(0, lower.length() - 1));
    return number > Long.MAX_VALUE >> shift ? Long.MAX_VALUE : number << shift;
  }

  /** {@code bytes} as people read it, such as {@code 1.5 MiB}. */
  static String text(long bytes) {
    String[] units = {"bytes", "KiB", "MiB", "GiB", "TiB"};
    int unit = 0;
    double number = bytes;
    while (number >= 1024 && unit < units.length - 1) {
      number /= 1024;
      unit++;
    }
    return String.format(Locale.ROOT, unit == 0 ? "%.0f %s" : "%.1f %s", number, units[unit]);
  }
}
