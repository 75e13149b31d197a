/** libtorch as a peer: started fairly, and bridged to plain arrays. */
@NullMarked
package dev.manabi.bench.torch;

import org.jspecify.annotations.NullMarked;
