/** How the example programs train: recipes, the loop, checkpoints. */
@NullMarked
package dev.manabi.examples.train;

import org.jspecify.annotations.NullMarked;
