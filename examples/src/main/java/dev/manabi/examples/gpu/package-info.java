/** What {@code ./manabi gpu} checks and measures. */
@NullMarked
package dev.manabi.examples.gpu;

import org.jspecify.annotations.NullMarked;
