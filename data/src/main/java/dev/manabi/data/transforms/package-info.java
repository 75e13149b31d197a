/** Image transforms, plain and random, that a dataset applies to its examples. */
@NullMarked
package dev.manabi.data.transforms;

import org.jspecify.annotations.NullMarked;
