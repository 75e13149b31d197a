package dev.manabi.kernels.ptx;

import org.jspecify.annotations.Nullable;

/**
 * A declared piece of memory. Two variables are the same only if they are the same object: names
 * may repeat in different scopes.
 */
final class Variable {
  final String name;
  final Space space;
  final int alignment;
  final int bytes;

  /** Without a size of its own: the dynamic shared memory of a launch. */
  final boolean dynamic;

  /** The first bytes; the rest is zero. Null for a variable without initialiser. */
  final byte @Nullable [] initial;

  Variable(
      String name,
      Space space,
      int alignment,
      int bytes,
      boolean dynamic,
      byte @Nullable [] initial) {
    this.name = name;
    this.space = space;
    this.alignment = alignment;
    this.bytes = bytes;
    this.dynamic = dynamic;
    this.initial = initial;
  }
}
