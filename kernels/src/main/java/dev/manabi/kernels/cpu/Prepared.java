package dev.manabi.kernels.cpu;

import dev.manabi.tensor.Device;
import dev.manabi.tensor.error.OutOfMemoryBudgetException;
import dev.manabi.tensor.memory.Storage;
import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Weights of convolutions in the form in which a kernel reads them. It is kept beside the weights
 * when these come a second time as they were: so inference prepares its weights once, and training,
 * which changes them with every step, keeps nothing. The garbage collector may take it at any time.
 */
final class Prepared {
  /** How weights are prepared. */
  enum Form {
    OUTPUT_COLUMNS,
    WINOGRAD
  }

  private record Key(Form form, Filter filter) {}

  /** What is known of one form of the weights. */
  private static final class Entry {
    private int version;
    private WeakReference<Storage> kept = new WeakReference<>(null);

    Entry(int version) {
      this.version = version;
    }
  }

  private final Map<Key, Entry> entries = new HashMap<>();

  private Prepared() {}

  /**
   * Hands the address of prepared weights to {@code work}.
   *
   * @param floats room that the form needs
   * @param prepare writes the form to an address
   */
  static void use(Filter filter, Form form, long floats, LongConsumer prepare, LongConsumer work) {
    Storage kept = of(filter.storage()).kept(new Key(form, filter), floats, prepare);
    if (kept != null) {
      work.accept(kept.address());
      Reference.reachabilityFence(kept);
      return;
    }
    long address = Workspace.get().floats(Workspace.Use.WEIGHTS, floats);
    prepare.accept(address);
    work.accept(address);
  }

  private static Prepared of(Storage weights) {
    if (weights.derived() instanceof Prepared p) {
      return p;
    }
    Prepared p = new Prepared();
    weights.setDerived(p);
    return p;
  }

  /** The form, kept now or earlier; {@code null} if it is not to be kept. */
  private synchronized @Nullable Storage kept(Key key, long floats, LongConsumer prepare) {
    Storage weights = key.filter().storage();
    Entry entry = entries.computeIfAbsent(key, _ -> new Entry(weights.version() - 1));
    if (weights.isExposed() || entry.version != weights.version()) {
      entry.version = weights.version();
      entry.kept.clear();
      return null;
    }
    Storage kept = entry.kept.get();
    if (kept == null) {
      kept = room(floats);
      if (kept != null) {
        prepare.accept(kept.address());
        entry.kept = new WeakReference<>(kept);
      }
    }
    return kept;
  }

  /** Whether any form is kept now. */
  synchronized boolean keepsAny() {
    return entries.values().stream().anyMatch(e -> e.kept.get() != null);
  }

  private static @Nullable Storage room(long floats) {
    try {
      long bytes = floats * Float.BYTES + Workspace.READABLE_BEYOND;
      Storage room = Storage.allocate(bytes, Device.CPU);
      room.keepOutside();
      return room;
    } catch (OutOfMemoryBudgetException e) {
      return null;
    }
  }
}
