/** Optimizers and learning-rate schedules. */
@NullMarked
package dev.manabi.nn.optim;

import org.jspecify.annotations.NullMarked;
