package dev.manabi.kernels.cpu;

import dev.manabi.tensor.DType;
import dev.manabi.tensor.Device;
import dev.manabi.tensor.Ints;
import dev.manabi.tensor.Layout;
import dev.manabi.tensor.Shape;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.TensorSpec;
import dev.manabi.tensor.op.Op;
import dev.manabi.tensor.run.Backends;
import dev.manabi.tensor.run.Infer;
import dev.manabi.tensor.run.Interpreter;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Tensors of awkward values in awkward layouts, and the comparison with the reference. */
final class Samples {
  private static final double[] AWKWARD = {
    0.0,
    -0.0,
    1,
    -1,
    0.5,
    -0.5,
    1.5,
    2.5,
    -2.5,
    3,
    0.49999997f,
    8388609,
    1e-40,
    -1e-45,
    3e38,
    -3e38,
    88.5,
    88.8,
    -87.5,
    -103.5,
    9.1,
    -9.1,
    1e-8,
    -1e-8,
    0.95,
    0.96,
    4.1,
    1e10,
    -1e10,
    Float.MIN_NORMAL,
    Double.NaN,
    Double.POSITIVE_INFINITY,
    Double.NEGATIVE_INFINITY
  };

  private Samples() {}

  /** One of the ways a tensor of a shape can lie in memory. */
  enum Lie {
    ROW_MAJOR,
    SHIFTED,
    TRANSPOSED,
    EVERY_SECOND,
    FLIPPED,
    FIRST_REPEATED,
    LAST_REPEATED,
    ALL_REPEATED,
    CHANNELS_LAST
  }

  static Tensor random(DType dtype, Shape shape, Lie lie, long seed) {
    return fill(empty(dtype, shape, lie), new Random(seed), false);
  }

  /** As {@link #random}, with NaN, infinities, subnormal and huge numbers among the values. */
  static Tensor awkward(DType dtype, Shape shape, Lie lie, long seed) {
    return fill(empty(dtype, shape, lie), new Random(seed), true);
  }

  static Tensor empty(DType dtype, Shape shape, Lie lie) {
    int rank = shape.rank();
    int[] d = shape.toArray();
    if (rank == 0) {
      return allocate(dtype, Layout.contiguous(shape), 1);
    }
    Layout layout =
        switch (lie) {
          case ROW_MAJOR -> Layout.contiguous(shape);
          case SHIFTED -> {
            int[] wide = shape.toArray();
            wide[0]++;
            int[] starts = new int[rank];
            starts[0] = 1;
            yield Layout.contiguous(Shape.of(wide)).slice(Ints.of(starts), Ints.of(d), ones(rank));
          }
          case TRANSPOSED -> {
            int[] reversed = new int[rank];
            int[] axes = new int[rank];
            for (int i = 0; i < rank; i++) {
              reversed[i] = d[rank - 1 - i];
              axes[i] = rank - 1 - i;
            }
            yield Layout.contiguous(Shape.of(reversed)).permute(Ints.of(axes));
          }
          case EVERY_SECOND -> {
            int[] wide = shape.toArray();
            wide[rank - 1] = 2 * wide[rank - 1] + 1;
            int[] steps = ones(rank).toArray();
            steps[rank - 1] = 2;
            yield Layout.contiguous(Shape.of(wide))
                .slice(Ints.of(new int[rank]), Ints.of(d), Ints.of(steps));
          }
          case FLIPPED -> {
            int[] starts = new int[rank];
            int[] steps = new int[rank];
            for (int i = 0; i < rank; i++) {
              starts[i] = Math.max(0, d[i] - 1);
              steps[i] = -1;
            }
            yield Layout.contiguous(shape).slice(Ints.of(starts), Ints.of(d), Ints.of(steps));
          }
          case FIRST_REPEATED -> repeated(shape, 0);
          case LAST_REPEATED -> repeated(shape, rank - 1);
          case ALL_REPEATED -> Layout.contiguous(Shape.of()).expand(shape);
          case CHANNELS_LAST -> Layout.channelsLast(shape);
        };
    return allocate(dtype, layout, layout.extent()[1] + 1);
  }

  private static Layout repeated(Shape shape, int axis) {
    int[] d = shape.toArray();
    d[axis] = 1;
    return Layout.contiguous(Shape.of(d)).expand(shape);
  }

  private static Ints ones(int rank) {
    int[] ones = new int[rank];
    java.util.Arrays.fill(ones, 1);
    return Ints.of(ones);
  }

  private static Tensor allocate(DType dtype, Layout layout, long elements) {
    Tensor memory =
        Interpreter.allocate(
            TensorSpec.of(Shape.of((int) Math.max(1, elements)), dtype), Device.CPU);
    return memory.withLayout(layout);
  }

  private static Tensor fill(Tensor t, Random random, boolean awkward) {
    Cell cell = Cell.of(t.dtype());
    long bytes = t.dtype().bytes();
    for (long at = 0; at < t.storage().bytes(); at += bytes) {
      double value = random.nextGaussian() * (random.nextInt(4) == 0 ? 20 : 2);
      if (awkward && random.nextInt(3) == 0) {
        value = AWKWARD[random.nextInt(AWKWARD.length)];
      }
      if (t.dtype() == DType.BOOL) {
        value = random.nextInt(2);
      }
      cell.putDouble(t.storage().address() + at, value);
    }
    return t;
  }

  /** Runs {@code op} on both backends and compares every output. */
  static void agree(Op op, double ulps, Tensor... in) {
    compare(op, run("reference", op, in), run("cpu", op, in), ulps);
  }

  static void compare(Op op, Tensor[] expected, Tensor[] actual, double ulps) {
    for (int i = 0; i < expected.length; i++) {
      double[] want = values(expected[i]);
      double[] got = values(actual[i]);
      for (int j = 0; j < want.length; j++) {
        if (!near(expected[i].dtype(), want[j], got[j], ulps)) {
          throw new AssertionError(
              op
                  + " output "
                  + i
                  + " "
                  + expected[i].spec()
                  + " element "
                  + j
                  + ": expected "
                  + want[j]
                  + ", found "
                  + got[j]);
        }
      }
    }
  }

  private static boolean near(DType dtype, double want, double got, double ulps) {
    if (Double.compare(want, got) == 0) {
      return true;
    }
    if (Double.isNaN(want) || Double.isNaN(got) || Double.isInfinite(want)) {
      return false;
    }
    double ulp =
        switch (dtype) {
          case F32 -> Math.ulp((float) want);
          case F64 -> Math.ulp(want);
          case F16 -> Math.ulp((float) want) * 0x1p13;
          case BF16 -> Math.ulp((float) want) * 0x1p16;
          case I64, I32, I8, U8, BOOL -> 0;
        };
    return Math.abs(want - got) <= ulps * ulp;
  }

  static Tensor[] run(String backend, Op op, Tensor... in) {
    TensorSpec[] specs = new TensorSpec[in.length];
    for (int i = 0; i < in.length; i++) {
      specs[i] = in[i].spec();
    }
    TensorSpec[] outs = Infer.outputs(op, specs);
    Tensor[] out = new Tensor[outs.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = Interpreter.allocate(outs[i], Device.CPU);
      out[i].segment().fill((byte) 0x5A);
    }
    Backends.named(backend).execute(op, in, out);
    return out;
  }

  /** The elements in row-major order. */
  static double[] values(Tensor t) {
    Cell cell = Cell.of(t.dtype());
    Nest nest = Nest.over(t.shape(), new Tensor[] {rowMajorTwin(t), t});
    double[] values = new double[(int) t.numel()];
    long bytes = t.dtype().bytes();
    for (int p = 0; p < values.length; p++) {
      int at = (int) (nest.offset(0, p) / bytes);
      values[at] = cell.getDouble(t.address() + nest.offset(1, p));
    }
    return values;
  }

  private static Tensor rowMajorTwin(Tensor t) {
    return new Tensor(TensorSpec.of(t.shape(), t.dtype()), t.storage());
  }

  /** The bytes of a dense tensor's memory. */
  static byte[] bytes(Tensor t) {
    return t.segment().asSlice(0, t.numel() * t.dtype().bytes()).toArray(ValueLayout.JAVA_BYTE);
  }

  /** Shapes that fill vectors, miss them, need rows or chunks. */
  static List<Shape> shapes() {
    return shapes(
        new int[][] {
          {},
          {1},
          {3},
          {16},
          {17},
          {64},
          {1025},
          {5, 7},
          {3, 301},
          {70, 3},
          {2, 3, 4, 5},
          {2, 17, 9, 8},
          {0},
          {4, 0}
        });
  }

  /** {@link #shapes}, and some that are worth several tasks. */
  static List<Shape> shapesAndLargeOnes() {
    List<Shape> shapes = shapes();
    shapes.addAll(shapes(new int[][] {{80_003}, {129, 515}, {40, 2, 33, 37}}));
    return shapes;
  }

  private static List<Shape> shapes(int[][] dims) {
    List<Shape> shapes = new ArrayList<>();
    for (int[] d : dims) {
      shapes.add(Shape.of(d));
    }
    return shapes;
  }
}
