package dev.manabi.tensor.memory;

import java.lang.ref.PhantomReference;
import org.jspecify.annotations.Nullable;

/**
 * Tells whether the storage in a block is still reachable.
 *
 * <p>It has no queue: the net asks all watches after a garbage collection. A queue would be filled
 * by another thread, one reference at a time under a lock, which cannot keep up with small tensors.
 */
final class Watch extends PhantomReference<Storage> {
  /** The block to take back; {@code null} once that was done by hand. */
  @Nullable Block block;

  Watch(Storage storage, Block block) {
    super(storage, null);
    this.block = block;
  }
}
