package dev.manabi.kernels.cpu;

import dev.manabi.tensor.DType;
import dev.manabi.tensor.Shape;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.TensorSpec;
import dev.manabi.tensor.run.Interpreter;
import java.lang.ref.Reference;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Feeds a {@link RowKernel} with all elements of its operands, whatever their strides.
 *
 * <p>The operands are visited by the loops of a {@link Nest}, a piece at a time, and a piece of
 * each reaches the kernel in the cheapest way there is ({@link Access}). So a kernel is written for
 * rows only, and is right for every layout; and f16 and bf16 are widened where it wants f32.
 *
 * <p>Large tensors are cut into ranges for several threads. Where the cuts are has no influence on
 * the result, since an element depends on nothing but the elements beside it.
 */
final class Sweep {
  /** Elements that are worth a task of their own. */
  static final long GRAIN = 1 << 15;

  /** Rows from here on are handed over one by one; shorter ones are staged several at a time. */
  private static final long LONG_ROW = 256;

  /**
   * Elements per call of a kernel. More would save little; and the JIT counts calls, so that large
   * pieces would keep a new kernel in the interpreter for long.
   */
  private static final int PIECE = Scratch.CHUNK;

  /** Tensors from here on are put in order by a copy if they run across the others. */
  private static final long WORTH_A_COPY = 1 << 12;

  /** How the elements of an operand become a row. */
  private enum Access {
    /** They lie in a row. */
    DIRECT,
    /** All of a piece are one element. */
    REPEATED,
    /** One short row, repeated: it is laid out once, often enough for a piece. */
    PERIODIC,
    /** They are copied into a row in cache, converted there, and an output back afterwards. */
    STAGED
  }

  private final RowKernel kernel;
  private final int inputs;
  private final int operands;
  private final Nest nest;
  private final boolean byRow;
  private final long[] base;
  private final int[] bytes;
  private final @Nullable RowKernel[] converter;
  private final Access[] access;

  /**
   * Computes {@code outputs} from {@code inputs}, elements of the same broadcast index together.
   */
  static void run(RowKernel kernel, Tensor[] inputs, Tensor... outputs) {
    sweep(kernel, false, inputs, outputs);
  }

  /** As {@link #run}, for a kernel of f32: f16 and bf16 are widened for it and rounded after it. */
  static void runWidened(RowKernel kernel, Tensor[] inputs, Tensor... outputs) {
    sweep(kernel, true, inputs, outputs);
  }

  private static void sweep(RowKernel kernel, boolean widen, Tensor[] inputs, Tensor[] outputs) {
    Tensor leader = outputs[outputs.length - 1];
    long count = leader.numel();
    if (count == 0) {
      return;
    }
    Tensor[] tensors = Arrays.copyOf(inputs, inputs.length + outputs.length);
    System.arraycopy(outputs, 0, tensors, inputs.length, outputs.length);
    if (flat(tensors, inputs.length, leader.shape(), widen)) {
      if (count <= GRAIN) {
        flatRange(kernel, tensors, inputs.length, 0, count);
      } else {
        Parallel.forRange(
            count, GRAIN, (from, to) -> flatRange(kernel, tensors, inputs.length, from, to));
      }
    } else {
      Nest nest = straighten(Nest.over(leader.shape(), tensors), tensors, inputs.length, leader);
      Sweep sweep = new Sweep(kernel, widen, tensors, inputs.length, nest);
      Parallel.forRange(count, sweep.grain(), sweep::range);
      releaseCopies(tensors, inputs);
    }
    // A sweep knows addresses only; the tensors must not be collected before it is over.
    Reference.reachabilityFence(tensors);
  }

  /** True for the common cases that need no nest: row-major tensors of one shape, and scalars. */
  private static boolean flat(Tensor[] tensors, int inputs, Shape shape, boolean widen) {
    for (int k = 0; k < tensors.length; k++) {
      Tensor t = tensors[k];
      boolean row = t.layout().isContiguous() && t.shape().equals(shape);
      if (converts(t.dtype(), widen) || !(row || (k < inputs && t.numel() == 1))) {
        return false;
      }
    }
    return true;
  }

  private static boolean converts(DType dtype, boolean widen) {
    return widen && (dtype == DType.F16 || dtype == DType.BF16);
  }

  private static void flatRange(
      RowKernel kernel, Tensor[] tensors, int inputs, long from, long to) {
    Scratch s = Scratch.get();
    boolean scalars = tensors[tensors.length - 1].numel() > 1;
    for (int k = 0; k < tensors.length; k++) {
      int bytes = tensors[k].dtype().bytes();
      if (scalars && tensors[k].numel() == 1) {
        s.repeatedFrom[k] = 0;
        s.repeat(k, bytes, tensors[k].address());
      } else {
        s.put(k, tensors[k].address() + from * bytes, bytes);
      }
    }
    for (long p = from; p < to; p += PIECE) {
      s.run(kernel, inputs, tensors.length, (int) Math.min(PIECE, to - p));
      s.advance(tensors.length, PIECE);
    }
  }

  /**
   * Replaces large inputs that run through memory across the others (a transposed matrix, say) by
   * copies that run along: {@link Copies} tiles, which a sweep over several tensors cannot.
   */
  private static Nest straighten(Nest nest, Tensor[] tensors, int inputs, Tensor leader) {
    boolean copied = false;
    for (int k = 0; k < inputs; k++) {
      Tensor t = tensors[k];
      boolean across =
          nest.innerStride(k) != 0
              && nest.unitLoop(k, t.dtype().bytes()) != nest.depth - 1
              && t.shape().equals(leader.shape());
      if (across && leader.numel() >= WORTH_A_COPY) {
        var spec = new TensorSpec(leader.layout().denseLike(t.shape()), t.dtype());
        tensors[k] = Interpreter.allocate(spec, leader.device());
        Copies.run(t, tensors[k]);
        copied = true;
      }
    }
    return copied ? Nest.over(leader.shape(), tensors) : nest;
  }

  private static void releaseCopies(Tensor[] tensors, Tensor[] inputs) {
    for (int k = 0; k < inputs.length; k++) {
      if (tensors[k] != inputs[k]) {
        tensors[k].storage().release();
      }
    }
  }

  private Sweep(RowKernel kernel, boolean widen, Tensor[] tensors, int inputs, Nest nest) {
    this.kernel = kernel;
    this.inputs = inputs;
    this.operands = tensors.length;
    this.nest = nest;
    this.byRow = nest.depth > 1 && nest.inner() >= LONG_ROW;
    base = new long[operands];
    bytes = new int[operands];
    converter = new RowKernel[operands];
    access = new Access[operands];
    for (int k = 0; k < operands; k++) {
      DType dtype = tensors[k].dtype();
      base[k] = tensors[k].address();
      bytes[k] = dtype.bytes();
      if (converts(dtype, widen)) {
        converter[k] = k < inputs ? Casts.kernel(dtype, DType.F32) : Casts.kernel(DType.F32, dtype);
      }
      access[k] = access(k);
    }
  }

  private Access access(int k) {
    boolean repeated = byRow ? nest.innerStride(k) == 0 : nest.evenly(k, 0);
    if (repeated && k < inputs) {
      return Access.REPEATED;
    }
    if (!byRow && k < inputs && nest.repeatsRow(k, bytes[k])) {
      return Access.PERIODIC;
    }
    boolean row = byRow ? nest.innerStride(k) == bytes[k] : nest.evenly(k, bytes[k]);
    return row && converter[k] == null ? Access.DIRECT : Access.STAGED;
  }

  /** Elements per task: whole rows, so that no task begins in the middle of one needlessly. */
  private long grain() {
    return byRow && nest.inner() < GRAIN ? GRAIN / nest.inner() * nest.inner() : GRAIN;
  }

  private void range(long from, long to) {
    Scratch s = Scratch.get();
    Arrays.fill(s.repeatedFrom, 0);
    for (int k = 0; k < inputs; k++) {
      if (access[k] == Access.PERIODIC) {
        layOutPeriods(s, k, (int) Math.min(to - from, PIECE));
      }
    }
    long n;
    for (long p = from; p < to; p += n) {
      n = Math.min(PIECE, to - p);
      if (byRow) {
        n = Math.min(n, nest.inner() - p % nest.inner());
      }
      piece(s, p, (int) n);
    }
  }

  private void piece(Scratch s, long position, int n) {
    for (int k = 0; k < operands; k++) {
      switch (access[k]) {
        case DIRECT -> {
          long offset = byRow ? nest.offset(k, position) : position * bytes[k];
          s.put(k, base[k] + offset, bytes[k]);
        }
        case REPEATED -> repeat(s, k, base[k] + nest.offset(k, position));
        case PERIODIC -> {
          row(s, k);
          s.at[k] += position % nest.inner() * s.step[k];
        }
        case STAGED -> stage(s, k, position, n);
      }
    }
    s.run(kernel, inputs, operands, n);
    for (int k = inputs; k < operands; k++) {
      if (access[k] == Access.STAGED) {
        unstage(s, k, position, n);
      }
    }
  }

  private void repeat(Scratch s, int k, long address) {
    RowKernel widening = converter[k];
    if (widening == null) {
      s.repeat(k, bytes[k], address);
    } else if (s.repeatedFrom[k] == address) {
      s.put(k, s.repeated(k), 0);
    } else {
      Moves.copy(address, s.staged(k), bytes[k]);
      s.convert(widening, s.staged(k), bytes[k], s.converted(k), Float.BYTES, 1);
      s.repeat(k, Float.BYTES, s.converted(k));
      s.repeatedFrom[k] = address;
    }
  }

  /** Where the kernel finds the staged row of operand {@code k}. */
  private void row(Scratch s, int k) {
    if (converter[k] == null) {
      s.put(k, s.staged(k), bytes[k]);
    } else {
      s.put(k, s.converted(k), Float.BYTES);
    }
  }

  private void stage(Scratch s, int k, long position, int n) {
    row(s, k);
    if (k < inputs) {
      rows(k, position, n, s.staged(k), true);
      RowKernel widening = converter[k];
      if (widening != null) {
        s.convert(widening, s.staged(k), bytes[k], s.converted(k), Float.BYTES, n);
      }
    }
  }

  /** Lays out a short row and then copies of it: a piece of {@code n} can begin anywhere in it. */
  private void layOutPeriods(Scratch s, int k, int n) {
    int period = (int) nest.inner();
    int total = period + n;
    long row = s.staged(k);
    rows(k, 0, period, row, true);
    for (int done = period; done < total; done *= 2) {
      long size = (long) Math.min(done, total - done) * bytes[k];
      Moves.copy(row, row + (long) done * bytes[k], size);
    }
    RowKernel widening = converter[k];
    if (widening != null) {
      s.convert(widening, row, bytes[k], s.converted(k), Float.BYTES, total);
    }
  }

  private void unstage(Scratch s, int k, long position, int n) {
    RowKernel rounding = converter[k];
    if (rounding != null) {
      s.convert(rounding, s.converted(k), Float.BYTES, s.staged(k), bytes[k], n);
    }
    rows(k, position, n, s.staged(k), false);
  }

  /** Copies {@code n} elements from {@code position} on into a row at {@code buffer}, or back. */
  private void rows(int k, long position, int n, long buffer, boolean in) {
    long inner = nest.inner();
    long step = nest.innerStride(k);
    long p = position;
    long at = buffer;
    while (p < position + n) {
      long run = Math.min(inner - p % inner, position + n - p);
      long place = base[k] + nest.offset(k, p);
      if (in) {
        Moves.row(bytes[k], place, step, at, bytes[k], run);
      } else {
        Moves.row(bytes[k], at, bytes[k], place, step, run);
      }
      p += run;
      at += run * bytes[k];
    }
  }
}
