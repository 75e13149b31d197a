package dev.manabi.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.manabi.kernels.cpu.Samples.Lie;
import dev.manabi.tensor.DType;
import dev.manabi.tensor.Shape;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.op.ElementwiseOp.Copy;
import dev.manabi.tensor.op.ElementwiseOp.Order;
import dev.manabi.tensor.run.Backends;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Transpositions of what is too large for caches; small ones are among the catalog's cases. */
class CopiesTest {
  /** Left and right of the target's columns. */
  private static final int MARGIN = 3;

  static Stream<Arguments> transpositions() {
    return Stream.of(
        // More than whole blocks, in both directions; a power of two; few columns; few rows.
        Arguments.of(DType.F32, 700, 531),
        Arguments.of(DType.F32, 512, 1024),
        Arguments.of(DType.F32, 1301, 201),
        Arguments.of(DType.F32, 9, 30_011),
        Arguments.of(DType.F64, 385, 397),
        Arguments.of(DType.BF16, 777, 771),
        Arguments.of(DType.U8, 1025, 1283));
  }

  @ParameterizedTest
  @MethodSource("transpositions")
  void everyElementGetsToItsPlaceAndNoOtherIsWritten(DType dtype, int rows, int columns) {
    Tensor x = Samples.random(dtype, Shape.of(columns, rows), Lie.ROW_MAJOR, 1);
    Tensor turned = x.permute(1, 0);
    assertArrayEquals(written("reference", turned), written("cpu", turned));
  }

  /** All bytes around and in a target into which a backend has copied {@code x}. */
  private static byte[] written(String backend, Tensor x) {
    Shape wide = Shape.of(x.size(0), x.size(1) + 2 * MARGIN);
    Tensor room = Samples.random(x.dtype(), wide, Lie.ROW_MAJOR, 2);
    Tensor target = room.narrow(1, MARGIN, x.size(1));
    Backends.named(backend)
        .execute(new Copy(Order.ROW_MAJOR), new Tensor[] {x}, new Tensor[] {target});
    return Samples.bytes(room);
  }
}
