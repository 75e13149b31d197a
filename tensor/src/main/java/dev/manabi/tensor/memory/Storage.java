package dev.manabi.tensor.memory;

import dev.manabi.tensor.Device;
import dev.manabi.tensor.TensorSpec;
import dev.manabi.tensor.error.UseAfterReleaseException;
import dev.manabi.tensor.run.Backends;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import org.jspecify.annotations.Nullable;

/**
 * A block of memory that tensors look into. All views of a tensor share one storage.
 *
 * <p>It is owned by the innermost {@link Region} of the thread that made it, or, outside of any, by
 * nobody: then its memory is used again once the storage is unreachable. Code that works on the raw
 * address or on the segment must therefore keep a reference to the storage, or to a tensor in it,
 * until it is done ({@link Reference#reachabilityFence}).
 */
public final class Storage {
  private static final String RELEASE = "by release()";

  private final Block block;
  private final long address;
  private final long bytes;
  private final Device device;

  /** What released this; {@code null} while it is alive. */
  private @Nullable String released;

  private @Nullable Owner owner;

  /** Held because the watch over this memory ends when nobody holds it any more. */
  private @Nullable Object watched;

  private @Nullable MemorySegment segment;
  private boolean exposed;
  private volatile @Nullable Object derived;
  private int version;
  private int graphVersion;

  private Storage(Block block, long bytes, Device device) {
    this.block = block;
    this.address = block.address;
    this.bytes = bytes;
    this.device = device;
  }

  /**
   * Memory for {@code bytes} bytes with arbitrary contents, 64-byte aligned.
   *
   * @throws dev.manabi.tensor.error.OutOfMemoryBudgetException if the budget does not allow it
   */
  public static Storage allocate(long bytes, Device device) {
    Storage storage =
        switch (device.kind()) {
          case CPU -> new Storage(Allocator.take(bytes), bytes, device);
          case CUDA -> {
            DeviceMemory memory = Backends.of(device).memory(device);
            yield new Storage(DeviceBlock.take(memory, bytes), bytes, device);
          }
        };
    Owner owner = Owner.current();
    if (owner == null) {
      Net.watchWithOthers(storage, storage.block);
    } else if (!owner.adopt(storage)) {
      Net.watch(storage, storage.block);
    }
    return storage;
  }

  public long bytes() {
    return bytes;
  }

  public Device device() {
    return device;
  }

  /**
   * The memory itself, bounds-checked; for CPU storages. Valid while this storage is reachable. Who
   * writes to it after others have read it calls {@link #bumpVersion}.
   */
  public MemorySegment segment() {
    MemorySegment s = segment;
    if (s == null) {
      s = block.segment(bytes);
      segment = s;
    }
    return s;
  }

  /** Address of the first byte. Valid while this storage is reachable. */
  public long address() {
    return address;
  }

  /**
   * Refuses to go on if this storage was released.
   *
   * @param spec the tensor in this storage that is about to be used, for the message
   * @throws UseAfterReleaseException if it was
   */
  public void checkAlive(TensorSpec spec) {
    if (released != null) {
      throw useAfterRelease(spec, released);
    }
  }

  private static UseAfterReleaseException useAfterRelease(TensorSpec spec, String how) {
    String fix =
        how.equals(RELEASE)
            ? "release a tensor after its last use, and that of its views"
            : "before that, tensor.keep() moves it out of the region";
    return new UseAfterReleaseException(spec, how, fix);
  }

  /** True once the memory was given back. */
  public boolean isReleased() {
    return released != null;
  }

  /** Gives the memory back now. Whoever still uses it gets an error. A second call does nothing. */
  public void release() {
    releaseIf(true, RELEASE);
  }

  /** Gives the memory back if {@code from} owns it. */
  void releaseFrom(Owner from, String how) {
    releaseIf(owner == from, how);
  }

  private synchronized void releaseIf(boolean condition, String how) {
    if (condition && released == null) {
      released = how;
      owner = null;
      Net.unwatch(block);
      watched = null;
      block.recycle();
    }
    // The watch must not fire while the block is being taken back by hand.
    Reference.reachabilityFence(this);
  }

  /** Moves this storage out of the region that owns it, into the one around that, if any. */
  public void keep() {
    Owner from = owner;
    if (from != null) {
      keepFrom(from);
    }
  }

  /** Moves this storage out of all regions: it lives as long as it is reachable. */
  public synchronized void keepOutside() {
    if (owner != null && released == null) {
      leave();
    }
  }

  /** Moves this storage out of {@code from}, if that owns it. */
  synchronized void keepFrom(Owner from) {
    if (owner == from && released == null && !from.passOn(this)) {
      leave();
    }
  }

  /**
   * Leaves this storage to the garbage collector if {@code from} owns it; how many bytes that is.
   */
  synchronized long abandonFrom(Owner from) {
    if (owner != from || released != null) {
      return 0;
    }
    leave();
    return block.bytes();
  }

  private void leave() {
    owner = null;
    Net.watch(this, block);
  }

  void setOwner(Owner region) {
    owner = region;
  }

  boolean isOwnedBy(Owner region) {
    return owner == region;
  }

  Block block() {
    return block;
  }

  void setWatched(Object by) {
    watched = by;
  }

  /** How often this memory was written in place: saved values compare it before they are used. */
  public int version() {
    return version;
  }

  /** Notes a write in place. */
  public void bumpVersion() {
    version++;
  }

  /**
   * Notes that this memory may be written from now on without anybody calling {@link #bumpVersion}.
   */
  public void expose() {
    exposed = true;
  }

  /** Whether it may. */
  public boolean isExposed() {
    return exposed;
  }

  /**
   * What a backend keeps that it has computed from the contents: of use while {@link #version} is
   * what it was then, and the memory is not {@linkplain #isExposed exposed}.
   */
  public @Nullable Object derived() {
    return derived;
  }

  public void setDerived(Object value) {
    derived = value;
  }

  /** How often a write in place was recorded in a gradient graph: views compare it. */
  public int graphVersion() {
    return graphVersion;
  }

  /** Notes a recorded write in place. */
  public void bumpGraphVersion() {
    graphVersion++;
  }
}
