/** The interpreter every op passes through, shape inference, and the backend interface. */
@NullMarked
package dev.manabi.tensor.run;

import org.jspecify.annotations.NullMarked;
