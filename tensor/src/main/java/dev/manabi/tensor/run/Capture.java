package dev.manabi.tensor.run;

import dev.manabi.tensor.op.OptimOp;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Work of one thread that a backend notes down, to run it again and again. Ops keep the numbers
 * that they were noted with; only an optimizer's are asked for anew before every run, because rates
 * are scheduled and steps counted.
 */
public final class Capture {
  private static final ThreadLocal<@Nullable Capture> CURRENT = new ThreadLocal<>();

  private final List<OptimOp> ops = new ArrayList<>();
  private final List<Update> updates = new ArrayList<>();

  private Capture() {}

  /** An optimizer's update of some parameters. */
  public interface Update {
    /** The op of the next run: of the same kind, for the same tensors, with other numbers. */
    OptimOp op();

    /** Called after each run. */
    void done();
  }

  /** What {@code work} does on this thread. */
  public static Capture of(Runnable work) {
    Capture capture = new Capture();
    Capture outer = CURRENT.get();
    CURRENT.set(capture);
    try {
      work.run();
    } finally {
      CURRENT.set(outer);
    }
    return capture;
  }

  /** What this thread captures now, or {@code null}. */
  public static @Nullable Capture current() {
    return CURRENT.get();
  }

  /** Notes that {@code op}, which is about to be captured, stands for {@code update}. */
  public void add(OptimOp op, Update update) {
    ops.add(op);
    updates.add(update);
  }

  /** Which update {@code op}, this very object, stands for; -1 if for none. */
  public int indexOf(OptimOp op) {
    for (int i = 0; i < ops.size(); i++) {
      if (ops.get(i) == op) {
        return i;
      }
    }
    return -1;
  }

  /** The updates in the order of their capture. */
  public List<Update> updates() {
    return Collections.unmodifiableList(updates);
  }
}
