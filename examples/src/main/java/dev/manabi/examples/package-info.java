/** Example programs and the command line. */
@NullMarked
package dev.manabi.examples;

import org.jspecify.annotations.NullMarked;
