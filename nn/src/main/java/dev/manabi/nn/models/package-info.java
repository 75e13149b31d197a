/** Networks, as published. */
@NullMarked
package dev.manabi.nn.models;

import org.jspecify.annotations.NullMarked;
