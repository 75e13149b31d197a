package dev.manabi.tensor.memory;

import java.lang.System.Logger.Level;
import java.lang.ref.PhantomReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link Region} owns, and its place on the stack of its thread. It is not the region
 * itself, so that a region which nobody can close any more is noticed.
 */
final class Owner {
  private static final System.Logger LOG = System.getLogger("dev.manabi");
  private static final ThreadLocal<@Nullable Owner> CURRENT = new ThreadLocal<>();
  private static final Set<Handle> OPEN = ConcurrentHashMap.newKeySet();
  private static final int FIRST_SWEEP = 256;

  final String name;
  final @Nullable Owner parent;
  private final boolean outside;
  private @Nullable Handle handle;
  private List<Storage> storages = new ArrayList<>();
  private int nextSweep = FIRST_SWEEP;
  private volatile boolean closed;

  private Owner(String name, @Nullable Owner parent, boolean outside) {
    this.name = name;
    this.parent = parent;
    this.outside = outside;
  }

  /** Notices that a region became unreachable before it was closed. */
  private static final class Handle extends PhantomReference<Region> {
    private final Owner owner;

    Handle(Region region, Owner owner) {
      super(region, null);
      this.owner = owner;
    }
  }

  /** Looks for regions that became unreachable before they were closed. */
  static void findAbandoned() {
    for (Handle handle : OPEN) {
      if (handle.refersTo(null) && OPEN.remove(handle)) {
        handle.owner.abandon();
      }
    }
  }

  /** A new innermost owner on this thread; if {@code outside}, one that owns nothing. */
  static Owner push(String name, boolean outside) {
    Owner owner = new Owner(name, current(), outside);
    CURRENT.set(owner);
    return owner;
  }

  /** The innermost open owner of this thread. */
  static @Nullable Owner current() {
    Owner owner = CURRENT.get();
    if (owner != null && owner.closed) {
      do {
        owner = owner.parent;
      } while (owner != null && owner.closed);
      CURRENT.set(owner);
    }
    return owner;
  }

  /** Has {@code region} stand for this owner: without it, nobody can close this. */
  void attach(Region region) {
    Handle h = new Handle(region, this);
    handle = h;
    OPEN.add(h);
  }

  /** Takes {@code storage} in; false if this is closed, or owns nothing by design. */
  boolean adopt(Storage storage) {
    if (outside) {
      return false;
    }
    synchronized (this) {
      if (closed) {
        return false;
      }
      if (storages.size() >= nextSweep) {
        storages.removeIf(s -> !s.isOwnedBy(this));
        nextSweep = Math.max(FIRST_SWEEP, 2 * storages.size());
      }
      storages.add(storage);
      // Set in here, so that whoever ends this owner sees storages that know it.
      storage.setOwner(this);
      return true;
    }
  }

  /** Releases everything owned, and closes what was opened inside and is still open. */
  void close() {
    if (closed) {
      return;
    }
    closeInner();
    List<Storage> owned = end();
    String how = "when region \"" + name + "\" closed";
    for (Storage storage : owned) {
      storage.releaseFrom(this, how);
    }
  }

  private void closeInner() {
    Owner inner = current();
    if (!isOpenBelow(inner)) {
      return;
    }
    while (inner != null && inner != this) {
      if (!inner.outside) {
        LOG.log(
            Level.WARNING,
            "region \"{0}\" was still open when region \"{1}\" around it closed; fix: open it with"
                + " try (var region = Region.open(..))",
            inner.name,
            name);
      }
      inner.close();
      inner = inner.parent;
    }
  }

  /** True if this is {@code inner} or one around it; false on a thread that did not open this. */
  private boolean isOpenBelow(@Nullable Owner inner) {
    Owner owner = inner;
    while (owner != null && owner != this) {
      owner = owner.parent;
    }
    return owner == this;
  }

  private synchronized List<Storage> end() {
    closed = true;
    Handle h = handle;
    if (h != null) {
      h.clear();
      OPEN.remove(h);
    }
    List<Storage> owned = storages;
    storages = List.of();
    return owned;
  }

  /** Hands everything owned over to the garbage collector, because nobody can close this. */
  private void abandon() {
    List<Storage> owned = end();
    long bytes = 0;
    for (Storage storage : owned) {
      bytes += storage.abandonFrom(this);
    }
    LOG.log(
        Level.WARNING,
        "region \"{0}\" was never closed; its {1} are left to the garbage collector; fix: open it"
            + " with try (var region = Region.open(..))",
        name,
        Budget.text(bytes));
  }

  /** The blocks of what is owned now. */
  synchronized List<Block> blocks() {
    return storages.stream().filter(s -> s.isOwnedBy(this)).map(Storage::block).toList();
  }

  /** Gives {@code storage} to the innermost open owner around this one; false if there is none. */
  boolean passOn(Storage storage) {
    Owner above = parent;
    while (above != null && !above.outside && !above.adopt(storage)) {
      above = above.parent;
    }
    return above != null && !above.outside;
  }
}
