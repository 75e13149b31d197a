package dev.manabi.tensor.memory;

import java.lang.ref.PhantomReference;
import org.jspecify.annotations.Nullable;

/**
 * Tells whether the storages in some blocks are still reachable: each of them holds the watch's
 * token, so it is unreachable once all of them are. Small storages share a watch, because one for
 * each would cost the garbage collector more than the op that made it.
 *
 * <p>It has no queue: the net asks all watches after a garbage collection. A queue would be filled
 * by another thread, one reference at a time under a lock, which cannot keep up with small tensors.
 */
final class Watch extends PhantomReference<Watch.Token> {
  /** The blocks to take back; {@code null} where that was done by hand. */
  final @Nullable Block[] blocks;

  /** How many blocks were ever put under this watch. */
  private int count;

  private Watch(Token token, int room) {
    super(token, null);
    blocks = new Block[room];
  }

  /** What the storages under a watch hold. */
  static final class Token {
    final Watch watch;

    /** The token of a new watch with room for so many blocks. */
    Token(int room) {
      watch = new Watch(this, room);
    }
  }

  /** Puts one more block under this watch. */
  void add(Block block) {
    block.watch = this;
    block.place = count;
    blocks[count++] = block;
  }

  boolean isFull() {
    return count == blocks.length;
  }

  /** Takes a block out of this watch. */
  void remove(Block block) {
    blocks[block.place] = null;
    block.watch = null;
  }

  /** True if nothing is left to take back. */
  boolean isOver() {
    for (Block block : blocks) {
      if (block != null) {
        return false;
      }
    }
    return isFull();
  }
}
