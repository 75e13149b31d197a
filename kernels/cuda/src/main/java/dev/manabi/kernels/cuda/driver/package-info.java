/**
 * The boundary at which a GPU is substituted: {@link dev.manabi.kernels.cuda.driver.CudaDriver}
 * with one implementation on JCuda, for cards, and one on the PTX machine, for tests and students.
 */
@NullMarked
package dev.manabi.kernels.cuda.driver;

import org.jspecify.annotations.NullMarked;
