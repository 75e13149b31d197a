/** Trainings that the engine and libtorch both run, from the same weights on the same batches. */
@NullMarked
package dev.manabi.bench.training;

import org.jspecify.annotations.NullMarked;
