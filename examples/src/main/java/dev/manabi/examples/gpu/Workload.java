package dev.manabi.examples.gpu;

import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * Something to measure on a device; {@link Figure} tells what the numbers mean.
 *
 * @param dims the sizes that it depends on
 * @param preparation makes what it works on
 */
record Workload(
    String name,
    String dtype,
    int[] dims,
    double bytes,
    double operations,
    Preparation preparation) {

  /** Makes inputs, which live until the work is closed. */
  interface Preparation {
    Work prepare();
  }

  /** One run of a workload. */
  interface Work extends AutoCloseable {
    void run();

    @Override
    default void close() {
      // Most hold nothing but tensors of the region around them.
    }
  }

  Figure figure(double milliseconds) {
    String sizes = Arrays.stream(dims).mapToObj(Integer::toString).collect(Collectors.joining("x"));
    return new Figure(name, dtype, sizes, bytes, operations, milliseconds);
  }
}
