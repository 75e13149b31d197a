package dev.manabi.tensor;

import dev.manabi.tensor.op.RandomKey;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A source of random streams: a seed and a count of the streams handed out. Each random op takes
 * one stream, so results depend on the seed and the order of ops alone. Every device has its own.
 */
public final class Generator {
  private static final ConcurrentHashMap<Device, Generator> DEFAULTS = new ConcurrentHashMap<>();

  /** Where the generators of devices begin that nobody asked for yet. */
  private static volatile long firstSeed;

  private volatile long seed;
  private final AtomicLong streams = new AtomicLong();

  /** A generator that starts at {@code seed}. */
  public Generator(long seed) {
    this.seed = seed;
  }

  /** The generator that random ops on {@code device} use. Its seed is 0 until set. */
  public static Generator of(Device device) {
    return DEFAULTS.computeIfAbsent(device, d -> new Generator(firstSeed));
  }

  /** Restarts the generators of all devices at {@code seed}. */
  static void seedAll(long seed) {
    firstSeed = seed;
    DEFAULTS.values().forEach(g -> g.seed(seed));
  }

  /** Restarts at {@code seed}. */
  public void seed(long newSeed) {
    restore(newSeed, 0);
  }

  /** Continues from a state read by {@link #seed()} and {@link #position()}. */
  public void restore(long savedSeed, long savedPosition) {
    seed = savedSeed;
    streams.set(savedPosition);
  }

  public long seed() {
    return seed;
  }

  /** How many streams were handed out since the seed was set. */
  public long position() {
    return streams.get();
  }

  /** The next stream. */
  public RandomKey nextKey() {
    return new RandomKey(seed, streams.getAndIncrement());
  }
}
