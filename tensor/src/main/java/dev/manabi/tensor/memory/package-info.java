/** Storages, regions, and the pool that native memory comes from. */
@NullMarked
package dev.manabi.tensor.memory;

import org.jspecify.annotations.NullMarked;
