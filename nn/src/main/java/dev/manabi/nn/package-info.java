/** Modules with named children and parameters. */
@NullMarked
package dev.manabi.nn;

import org.jspecify.annotations.NullMarked;
