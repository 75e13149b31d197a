package dev.manabi.bench;

import dev.manabi.bench.torch.Torch;
import dev.manabi.kernels.cpu.Parallel;
import org.bytedeco.javacpp.PointerScope;
import org.openjdk.jmh.annotations.Setup;

/**
 * What all comparisons share: the same work for the engine and for libtorch, with as many threads,
 * checked to give the same result before it is timed.
 *
 * <p>{@link Report} reads the names of the methods: those that begin with {@code manabi} are the
 * engine's, those with {@code libtorch} its peer's (several where it may choose, say, between
 * layouts; the fastest counts).
 */
public abstract class SideBySide extends Timed {
  /** Makes both sides ready; without libtorch's libraries the engine's side alone. */
  @Setup
  public final void prepare() {
    Parallel.setThreads(threads);
    prepareManabi();
    if (Torch.isAvailable()) {
      Torch.start(threads);
      prepareLibtorch();
      try (var scope = new PointerScope()) {
        checkAgreement();
      }
    }
  }

  /** Makes the engine's operands. */
  abstract void prepareManabi();

  /** Makes libtorch's operands from the engine's. */
  abstract void prepareLibtorch();

  /**
   * Computes on both sides and compares, with {@link Agreement}. What libtorch makes meanwhile is
   * freed afterwards.
   */
  abstract void checkAgreement();
}
