/** What the lessons share. */
@NullMarked
package dev.manabi.kernels.lessons;

import org.jspecify.annotations.NullMarked;
