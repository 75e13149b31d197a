/** Datasets and the loaders that batch them. */
@NullMarked
package dev.manabi.data;

import org.jspecify.annotations.NullMarked;
