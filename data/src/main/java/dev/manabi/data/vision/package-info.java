/** Image classification datasets. */
@NullMarked
package dev.manabi.data.vision;

import org.jspecify.annotations.NullMarked;
