/** What goes wrong, said so that the reader can mend it. */
@NullMarked
package dev.manabi.tensor.error;

import org.jspecify.annotations.NullMarked;
