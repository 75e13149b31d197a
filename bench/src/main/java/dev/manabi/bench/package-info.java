/** JMH benchmarks. */
@NullMarked
package dev.manabi.bench;

import org.jspecify.annotations.NullMarked;
