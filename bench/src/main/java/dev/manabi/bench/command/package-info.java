/** {@code ./manabi bench}: whole programs of the engine and its peers, in turn in one process. */
@NullMarked
package dev.manabi.bench.command;

import org.jspecify.annotations.NullMarked;
