/** libtorch as a peer: started fairly, bridged to plain arrays, and every op in its words. */
@NullMarked
package dev.manabi.bench.torch;

import org.jspecify.annotations.NullMarked;
