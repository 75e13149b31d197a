/** ONNX Runtime as a peer of the engine in inference. */
@NullMarked
package dev.manabi.bench.onnx;

import org.jspecify.annotations.NullMarked;
