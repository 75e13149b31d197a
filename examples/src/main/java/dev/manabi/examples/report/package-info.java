/** What a run shows: curves, matrices, reports and grids of pictures. */
@NullMarked
package dev.manabi.examples.report;

import org.jspecify.annotations.NullMarked;
