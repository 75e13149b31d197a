/** cuBLAS and cuDNN where a machine has them: found, made to load, and called through JCuda. */
@NullMarked
package dev.manabi.kernels.cuda.library;

import org.jspecify.annotations.NullMarked;
