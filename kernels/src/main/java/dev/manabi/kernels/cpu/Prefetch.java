package dev.manabi.kernels.cpu;

/**
 * Brings memory near before a loop reads it. A loop with much arithmetic has only a few cache lines
 * under way at a time, so it waits for each; one that does nothing but read a number of every line,
 * at four places in turn, has as many under way as the core allows. Java has no instruction for
 * this, but reading is as good.
 */
final class Prefetch {
  /** What has fewer bytes than this is probably near already, having just been computed. */
  private static final long FAR = 1 << 20;

  private static final int LINE = 64;

  /** Reads that nobody could see would not happen. */
  private static int seen;

  private Prefetch() {}

  /** Whether a tensor of so many bytes is so large that it comes from far. */
  static boolean pays(long bytes) {
    return bytes >= FAR;
  }

  /** Brings {@code bytes} bytes from {@code address} on: no more than the L2 cache has room for. */
  static void block(long address, long bytes) {
    long part = bytes / 4 / LINE * LINE;
    int sum = 0;
    for (long at = address; at < address + part; at += LINE) {
      sum +=
          Native.getInt(at)
              + Native.getInt(at + part)
              + Native.getInt(at + 2 * part)
              + Native.getInt(at + 3 * part);
    }
    see(sum);
  }

  /** Brings {@code bytes} bytes of each of {@code rows} rows, {@code step} bytes apart. */
  static void rows(long address, int rows, long step, int bytes) {
    int sum = 0;
    for (int at = 0; at < bytes; at += LINE) {
      for (int r = 0; r < rows; r++) {
        sum += Native.getByte(address + r * step + at);
      }
    }
    see(sum);
  }

  private static void see(int sum) {
    if (sum == LINE) {
      seen = sum;
    }
  }
}
