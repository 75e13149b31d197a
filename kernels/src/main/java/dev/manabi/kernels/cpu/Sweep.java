package dev.manabi.kernels.cpu;

import dev.manabi.tensor.DType;
import dev.manabi.tensor.Shape;
import dev.manabi.tensor.Tensor;
import java.lang.ref.Reference;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Feeds a {@link RowKernel} with all elements of its operands, whatever their strides.
 *
 * <p>The operands are visited by the loops of a {@link Nest}. A piece of an operand reaches the
 * kernel in the cheapest way there is: where it lies, if it lies in a row; as one repeated value,
 * if its stride is 0; else it is staged, that is copied into a row in cache first (an output
 * afterwards). f16 and bf16 are staged too where the kernel wants f32. So a kernel is written for
 * rows only, and is right for every layout.
 *
 * <p>Large tensors are cut into ranges for several threads. Where the cuts are has no influence on
 * the result, since an element depends on nothing but the elements beside it.
 */
final class Sweep {
  /** Elements that are worth a task of their own. */
  static final long GRAIN = 1 << 15;

  /** Rows from here on are handed over one by one; shorter ones are staged several at a time. */
  private static final long LONG_ROW = 256;

  /** Elements per call of a kernel: more would not be faster, and calls are what the JIT counts. */
  private static final int BLOCK = 8192;

  private enum Access {
    DIRECT,
    REPEATED,
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
  private final int piece;

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
    Shape shape = leader.shape();
    long count = shape.numel();
    if (count == 0) {
      return;
    }
    Tensor[] tensors = concat(inputs, outputs);
    if (flat(tensors, shape, widen)) {
      Parallel.forRange(
          count, GRAIN, (from, to) -> flatRange(kernel, tensors, inputs.length, from, to));
      return;
    }
    Sweep sweep = new Sweep(kernel, widen, tensors, inputs.length, Nest.over(shape, tensors));
    Parallel.forRange(count, sweep.grain(), sweep::range);
    // The sweep knows addresses only; the tensors must not be collected before it is over.
    Reference.reachabilityFence(tensors);
  }

  private static Tensor[] concat(Tensor[] a, Tensor[] b) {
    Tensor[] all = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, all, a.length, b.length);
    return all;
  }

  /** True for the common case that needs no nest: everything row-major and of one shape. */
  private static boolean flat(Tensor[] tensors, Shape shape, boolean widen) {
    for (Tensor t : tensors) {
      if (!t.layout().isContiguous() || !t.shape().equals(shape) || converts(t.dtype(), widen)) {
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
    for (long p = from; p < to; p += BLOCK) {
      for (int k = 0; k < tensors.length; k++) {
        s.step[k] = tensors[k].dtype().bytes();
        s.at[k] = tensors[k].address() + p * s.step[k];
      }
      s.run(kernel, inputs, tensors.length, (int) Math.min(BLOCK, to - p));
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
    boolean staged = false;
    for (int k = 0; k < operands; k++) {
      DType dtype = tensors[k].dtype();
      base[k] = tensors[k].address();
      bytes[k] = dtype.bytes();
      if (converts(dtype, widen)) {
        converter[k] = k < inputs ? Casts.kernel(dtype, DType.F32) : Casts.kernel(DType.F32, dtype);
      }
      access[k] = access(k);
      staged |= access[k] == Access.STAGED;
    }
    piece = staged ? Scratch.CHUNK : BLOCK;
  }

  private Access access(int k) {
    boolean repeated = byRow ? nest.innerStride(k) == 0 : nest.evenly(k, 0);
    if (repeated && k < inputs) {
      return Access.REPEATED;
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
    long n;
    for (long p = from; p < to; p += n) {
      n = Math.min(piece, to - p);
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
          s.at[k] = base[k] + (byRow ? nest.offset(k, position) : position * bytes[k]);
          s.step[k] = bytes[k];
        }
        case REPEATED -> repeat(s, k, base[k] + nest.offset(k, position));
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
    s.at[k] = s.repeated(k);
    s.step[k] = 0;
    if (s.repeatedFrom[k] == address) {
      return;
    }
    s.repeatedFrom[k] = address;
    RowKernel widening = converter[k];
    if (widening == null) {
      Moves.fill(bytes[k], Moves.load(bytes[k], address), s.at[k], Scratch.LINE / bytes[k]);
    } else {
      convert(widening, address, bytes[k], s.converted(k), Float.BYTES, 1);
      Moves.fill(Float.BYTES, Native.getInt(s.converted(k)), s.at[k], Scratch.LINE / Float.BYTES);
    }
  }

  private void stage(Scratch s, int k, long position, int n) {
    RowKernel conversion = converter[k];
    s.at[k] = conversion == null ? s.staged(k) : s.converted(k);
    s.step[k] = conversion == null ? bytes[k] : Float.BYTES;
    if (k < inputs) {
      rows(k, position, n, s.staged(k), true);
      if (conversion != null) {
        convert(conversion, s.staged(k), bytes[k], s.converted(k), Float.BYTES, n);
      }
    }
  }

  private void unstage(Scratch s, int k, long position, int n) {
    RowKernel conversion = converter[k];
    if (conversion != null) {
      convert(conversion, s.converted(k), Float.BYTES, s.staged(k), bytes[k], n);
    }
    rows(k, position, n, s.staged(k), false);
  }

  private static void convert(RowKernel cast, long from, int fromStep, long to, int toStep, int n) {
    cast.run(new long[] {from, to}, new int[] {fromStep, toStep}, n);
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
