/** Fetching of dataset files: checksummed, resumable, from mirrors that the caller names. */
@NullMarked
package dev.manabi.data.download;

import org.jspecify.annotations.NullMarked;
