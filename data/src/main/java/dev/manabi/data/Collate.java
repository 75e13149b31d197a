package dev.manabi.data;

import java.util.List;
import java.util.function.Supplier;

/**
 * Makes a batch of examples, in two steps.
 *
 * <p>The first, {@link #collate}, may run on a worker thread and gathers the values in heap arrays.
 * The second, the supplier it returns, runs on the thread that iterates and makes the tensors, so
 * that they belong to that thread's memory region, and a batch that was prepared but never taken is
 * ordinary garbage.
 *
 * @param <T> what an example is
 * @param <B> what a batch is
 */
@FunctionalInterface
public interface Collate<T, B> {
  /** Gathers {@code examples}, at least one. */
  Supplier<B> collate(List<T> examples);
}
