package dev.manabi.bench;

/** Flags that every measuring JVM gets. */
final class Flags {
  /** Without it the Vector API is not there on the class path, and the kernels are scalar. */
  static final String VECTOR_API = "--add-modules=jdk.incubator.vector";

  /** Tensors live in native memory; without it the JVM warns in the middle of the results. */
  static final String NATIVE_ACCESS = "--enable-native-access=ALL-UNNAMED";

  private Flags() {}
}
