package dev.manabi.tensor.run;

import dev.manabi.tensor.Device;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The backends on this program's path, and which of them runs the ops of a device. */
public final class Backends {
  private static final ConcurrentHashMap<Device.Kind, Backend> CHOSEN = new ConcurrentHashMap<>();
  private static final ThreadLocal<@Nullable Backend> FORCED = new ThreadLocal<>();
  private static final boolean[] ANY_FORCED = new boolean[1];

  private Backends() {}

  /** All backends found, available or not. */
  public static List<Backend> all() {
    List<Backend> found = new ArrayList<>();
    ServiceLoader.load(Backend.class, Backends.class.getClassLoader()).forEach(found::add);
    return found;
  }

  /**
   * The backend for {@code device}: the one that {@code -Dmanabi.backend} names, else the available
   * one with the highest priority.
   *
   * @throws IllegalStateException if there is none
   */
  public static Backend of(Device device) {
    if (ANY_FORCED[0]) {
      Backend forced = FORCED.get();
      if (forced != null && forced.kind() == device.kind()) {
        return forced;
      }
    }
    Backend chosen = CHOSEN.get(device.kind());
    return chosen != null ? chosen : CHOSEN.computeIfAbsent(device.kind(), Backends::choose);
  }

  private static Backend choose(Device.Kind kind) {
    String wanted = System.getProperty("manabi.backend", "");
    List<Backend> candidates = new ArrayList<>();
    for (Backend b : all()) {
      if (b.kind() == kind
          && (wanted.isEmpty() || kind != Device.Kind.CPU || b.name().equals(wanted))) {
        candidates.add(b);
      }
    }
    candidates.sort(Comparator.comparingInt(Backend::priority).reversed());
    for (Backend b : candidates) {
      String missing = b.unavailableBecause();
      if (missing.isEmpty()) {
        return b;
      }
      if (kind == Device.Kind.CPU) {
        // Once per run and exactly one line, which a logger's default format would not give.
        System.err.println(missing);
      }
    }
    String artifact = kind == Device.Kind.CUDA ? "manabi-cuda" : "manabi-kernels";
    throw new IllegalStateException(
        "no backend for "
            + kind
            + (wanted.isEmpty() || kind != Device.Kind.CPU ? "" : " named " + wanted)
            + (candidates.isEmpty()
                ? "\n  fix: put " + artifact + " on the class path or module path"
                : "\n  " + candidates.getFirst().unavailableBecause()));
  }

  /** The backend with this name. */
  public static Backend named(String name) {
    return all().stream()
        .filter(b -> b.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no backend is named " + name));
  }

  /** Runs {@code body} on this thread with {@code backend} for its kind of device. */
  public static void with(Backend backend, Runnable body) {
    Backend before = FORCED.get();
    ANY_FORCED[0] = true;
    FORCED.set(backend);
    try {
      body.run();
    } finally {
      FORCED.set(before);
    }
  }
}
