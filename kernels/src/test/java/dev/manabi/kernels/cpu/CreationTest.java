package dev.manabi.kernels.cpu;

import dev.manabi.kernels.cpu.Samples.Lie;
import dev.manabi.tensor.DType;
import dev.manabi.tensor.Shape;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.op.CreateOp;
import dev.manabi.tensor.op.CreateOp.Distribution;
import dev.manabi.tensor.op.RandomKey;
import dev.manabi.tensor.run.Backends;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Ops without inputs against the reference. */
class CreationTest {
  private static final RandomKey[] KEYS = {
    new RandomKey(0, 0), new RandomKey(-1, 42), new RandomKey(0x0123_4567_89AB_CDEFL, 1L << 40)
  };

  @ParameterizedTest
  @EnumSource
  void randomNumbersHaveTheSameBits(Distribution distribution) {
    for (RandomKey key : KEYS) {
      for (Shape shape : Samples.shapesAndLargeOnes()) {
        for (DType type : new DType[] {DType.F32, DType.F64, DType.BF16}) {
          var op = new CreateOp.Random(shape, type, distribution, -3, 5.7, key);
          Samples.agree(op, 0);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void fillWritesEveryDtype(DType type) {
    for (Shape shape : Samples.shapes()) {
      Samples.agree(new CreateOp.Fill(shape, type, 3.7), 0);
    }
    if (type != DType.BOOL) {
      Samples.agree(new CreateOp.Range(2, 0.5, 100, type), 0);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"TRANSPOSED", "EVERY_SECOND", "FLIPPED"})
  void viewsAreFilledInPlace(Lie lie) {
    Shape shape = Shape.of(7, 33, 5);
    for (CreateOp op :
        new CreateOp[] {
          new CreateOp.Fill(shape, DType.F32, 2),
          new CreateOp.Random(shape, DType.F32, Distribution.UNIFORM, 0, 1, KEYS[2])
        }) {
      Tensor want = Samples.random(DType.F32, shape, lie, 1);
      Tensor got = Samples.random(DType.F32, shape, lie, 1);
      Backends.named("reference").execute(op, new Tensor[0], new Tensor[] {want});
      Backends.named("cpu").execute(op, new Tensor[0], new Tensor[] {got});
      Samples.compare(op, new Tensor[] {want}, new Tensor[] {got}, 0);
    }
  }

  /** Enough of them for the vector loops, and to have some that the reference decides. */
  @ParameterizedTest
  @ValueSource(doubles = {0, -3, 1000})
  void manyNormalNumbersHaveTheSameBits(double mean) {
    Shape shape = Shape.of(5_000_003);
    Samples.agree(
        new CreateOp.Random(shape, DType.F32, Distribution.NORMAL, mean, 0.37, KEYS[1]), 0);
  }

  /** Enough of them for vectors to take over from the scalar loop. */
  @Test
  void manyUniformNumbersHaveTheSameBits() {
    for (RandomKey key : KEYS) {
      Shape shape = Shape.of(2_000_003);
      Samples.agree(new CreateOp.Random(shape, DType.F32, Distribution.UNIFORM, -1, 2.5, key), 0);
    }
  }

  @Test
  void uniformNumbersStayBelowTheirUpperBound() {
    var op =
        new CreateOp.Random(
            Shape.of(100_000), DType.F32, Distribution.UNIFORM, 0, 1, new RandomKey(3, 4));
    for (double u : Samples.values(Samples.run("cpu", op)[0])) {
      if (!(u >= 0 && u < 1)) {
        throw new AssertionError(u + " is not in [0, 1)");
      }
    }
  }
}
