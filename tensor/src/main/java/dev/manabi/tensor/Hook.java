package dev.manabi.tensor;

/** A registered hook; closing it removes the hook. */
@FunctionalInterface
public interface Hook extends AutoCloseable {
  @Override
  void close();
}
