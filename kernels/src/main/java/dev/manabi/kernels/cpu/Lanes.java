package dev.manabi.kernels.cpu;

import dev.manabi.tensor.DType;
import dev.manabi.tensor.op.ElementwiseOp.BinaryFn;
import dev.manabi.tensor.op.ElementwiseOp.UnaryFn;
import java.util.stream.Stream;
import jdk.incubator.vector.Vector;
import jdk.incubator.vector.VectorMask;
import org.jspecify.annotations.Nullable;

/** What the elementwise functions do to vectors of a dtype. */
interface Lanes {
  /** A function of up to three numbers, on every lane; what it does not use is any vector. */
  interface Map<E> {
    Vector<E> apply(Vector<E> a, Vector<E> b, Vector<E> c);
  }

  /** A question about up to two numbers, on every lane. */
  interface Test<E> {
    VectorMask<E> apply(Vector<E> a, Vector<E> b);
  }

  /**
   * The functions for vectors of {@code type}: copies of their own, because C2 does not inline what
   * it has compiled into much code before, and a function that has seen vectors of several classes
   * becomes much code.
   */
  static Lanes of(DType type) {
    return ByType.LANES[type.ordinal()];
  }

  /**
   * {@code null} for what {@link FloatMath} computes for f32, {@link DoubleMath} in part for f64.
   */
  <E> @Nullable Map<E> map(UnaryFn fn);

  /** The functions that answer true or false; {@code null} for the others. */
  <E> @Nullable Test<E> test(UnaryFn fn);

  /** {@code null} for what {@link Power} and {@link Divisions} compute, and for comparisons. */
  <E> @Nullable Map<E> map(BinaryFn fn);

  /** The comparisons; {@code null} for the others. */
  <E> @Nullable Test<E> test(BinaryFn fn);

  /** {@code (x, low, high) -> min(max(x, low), high)}. */
  <E> Map<E> clamp();

  /** {@code x != 0}: what a number is as a bool. */
  <E> Test<E> notZero();

  /** A copy for each dtype. */
  final class ByType {
    private static final Lanes[] LANES =
        Stream.of(DType.values())
            .map(_ -> KernelTemplate.copy(Lanes.class, LaneTable.class))
            .toArray(Lanes[]::new);

    private ByType() {}
  }
}
