package dev.manabi.kernels.cpu;

import dev.manabi.tensor.DType;
import dev.manabi.tensor.Ints;
import dev.manabi.tensor.Layout;
import dev.manabi.tensor.Shape;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.op.Op;
import dev.manabi.tensor.op.OptimOp;
import dev.manabi.tensor.op.ReduceOp.Reduce;
import dev.manabi.tensor.run.Backend;
import dev.manabi.tensor.run.Backends;
import java.util.Arrays;

/**
 * Runs the scalar reference loops on all threads: an op is cut into parts (see {@link Cut}), each
 * of which is the same op on narrower views of its operands.
 *
 * <p>The parts depend on the sizes alone, so the result does not depend on the number of threads.
 */
final class Shares {
  private static final Backend REFERENCE = Backends.named("reference");

  /** Elements that are worth a part: some tens of microseconds. */
  private static final long GRAIN = 1 << 11;

  /** Each part costs some preparation. */
  private static final long MOST_PARTS = 64;

  private Shares() {}

  static void run(Op op, Tensor[] in, Tensor[] out) {
    long elements = 0;
    for (Tensor[] operands : new Tensor[][] {in, out}) {
      for (Tensor t : operands) {
        elements += t.numel();
      }
    }
    run(op, in, out, Math.min(MOST_PARTS, elements / GRAIN));
  }

  /** Runs {@code op} in at most so many parts. */
  static void run(Op op, Tensor[] in, Tensor[] out, long parts) {
    if (op instanceof OptimOp o && in.length > o.inputsPerParameter()) {
      int parameters = in.length / o.inputsPerParameter();
      for (int i = 0; i < parameters; i++) {
        run(op, ListSweep.every(parameters, i, in), ListSweep.every(parameters, i, out));
      }
      return;
    }
    Cut cut = parts < 2 ? null : Cut.of(op, in, out);
    if (cut == null || cut.extent() < 2) {
      REFERENCE.execute(op, in, out);
      return;
    }
    long grain = Math.ceilDiv(cut.extent(), parts);
    int count = Parallel.chunks(cut.extent(), grain);
    try (var operands = new Operands()) {
      Tensor[] partials = partials(cut, out, count, operands);
      Parallel.forRange(
          cut.extent(),
          grain,
          (from, to) -> {
            Tensor[] partIn = new Tensor[in.length];
            Arrays.setAll(partIn, i -> narrow(in[i], cut.in().get(i), from, to));
            Tensor[] partOut = new Tensor[out.length];
            Arrays.setAll(
                partOut,
                i ->
                    cut.out().get(i) == Cut.JOINED
                        ? row(partials[i], (int) (from / grain))
                        : narrow(out[i], cut.out().get(i), from, to));
            REFERENCE.execute(op, partIn, partOut);
          });
      for (int i = 0; i < out.length; i++) {
        if (cut.out().get(i) == Cut.JOINED) {
          Reduce join = new Reduce(cut.join(), Ints.of(0), false);
          REFERENCE.execute(join, new Tensor[] {partials[i]}, new Tensor[] {out[i]});
        }
      }
    } catch (IndexOutOfBoundsException e) {
      // Parts may meet several bad indices; the one to be named is the first of all.
      REFERENCE.execute(op, in, out);
      throw e;
    }
  }

  /**
   * For every output that is joined, room for what each part says of it, as precise as sums are.
   */
  private static Tensor[] partials(Cut cut, Tensor[] out, int parts, Operands operands) {
    Tensor[] partials = out.clone();
    for (int i = 0; i < out.length; i++) {
      if (cut.out().get(i) == Cut.JOINED) {
        Shape shape = out[i].shape().insert(0, parts);
        DType wide = out[i].dtype().isFloating() ? DType.F64 : DType.I64;
        partials[i] = operands.blank(Layout.contiguous(shape), wide);
      }
    }
    return partials;
  }

  private static Tensor row(Tensor t, int i) {
    Tensor one = Indexes.slice(t, 0, i, 1);
    return one.withLayout(one.layout().without(0));
  }

  private static Tensor narrow(Tensor t, int axis, long from, long to) {
    return axis == Cut.WHOLE ? t : Indexes.slice(t, axis, (int) from, (int) (to - from));
  }
}
