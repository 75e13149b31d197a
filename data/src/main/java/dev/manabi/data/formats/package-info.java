/** Readers and writers of file formats. Nothing a file claims is believed before it is checked. */
@NullMarked
package dev.manabi.data.formats;

import org.jspecify.annotations.NullMarked;
