package dev.manabi.kernels.cpu;

import dev.manabi.tensor.DType;
import dev.manabi.tensor.Layout;
import dev.manabi.tensor.Tensor;
import java.lang.ref.Reference;
import java.util.Arrays;

/**
 * Feeds a {@link RowKernel} of f32 with many rows of operands, one after another, as if their
 * elements stood in one long row: all parameters of a network, most of which are too small to be
 * shared out to threads alone.
 *
 * <p>Row {@code i} has the operands {@code i}, {@code rows + i}, {@code 2 * rows + i} and so on.
 * Where they lie in different orders or are not f32, the row has a {@link Sweep} of its own.
 */
final class ListSweep {
  /** Elements of one task. */
  private static final long GRAIN = 1 << 13;

  /** Rows begin at multiples of this, so that tasks end where vectors end. */
  private static final long ALIGN = Scratch.LINE / Float.BYTES;

  private final RowKernel kernel;
  private final int rows;
  private final int inputs;
  private final int operands;
  private final long[] address;
  private final long[] size;

  /** Where each row begins in the long row, and at the end the length of that. */
  private final long[] start;

  /** Computes {@code out} from {@code in}; an output may be an input. */
  static void run(RowKernel kernel, int rows, Tensor[] in, Tensor[] out) {
    ListSweep sweep = new ListSweep(kernel, rows, in, out);
    Parallel.forRange(sweep.start[rows], GRAIN, sweep::range);
    // A sweep knows addresses only; the tensors must not be collected before it is over.
    Reference.reachabilityFence(in);
    Reference.reachabilityFence(out);
  }

  private ListSweep(RowKernel kernel, int rows, Tensor[] in, Tensor[] out) {
    this.kernel = kernel;
    this.rows = rows;
    inputs = in.length / rows;
    operands = inputs + out.length / rows;
    address = new long[rows * operands];
    size = new long[rows];
    start = new long[rows + 1];
    for (int i = 0; i < rows; i++) {
      if (lieAlike(in[i], rows, i, in) && lieAlike(in[i], rows, i, out)) {
        size[i] = in[i].numel();
        for (int k = 0; k < operands; k++) {
          Tensor t = k < inputs ? in[k * rows + i] : out[(k - inputs) * rows + i];
          address[k * rows + i] = t.address();
        }
      } else {
        Sweep.runWidened(kernel, every(rows, i, in), every(rows, i, out));
      }
      start[i + 1] = start[i] + Math.ceilDiv(size[i], ALIGN) * ALIGN;
    }
  }

  /** True if the tensors of a row are f32 and fill memory in the order in which {@code x} does. */
  private static boolean lieAlike(Tensor x, int rows, int row, Tensor[] tensors) {
    Layout layout = x.layout();
    for (int k = row; k < tensors.length; k += rows) {
      Tensor t = tensors[k];
      boolean alike =
          layout.isContiguous()
              ? t.layout().isContiguous()
              : layout.isDense() && Operands.sameStrides(layout, t.layout());
      if (t.dtype() != DType.F32 || !alike) {
        return false;
      }
    }
    return true;
  }

  static Tensor[] every(int step, int first, Tensor[] all) {
    Tensor[] some = new Tensor[all.length / step];
    Arrays.setAll(some, k -> all[first + k * step]);
    return some;
  }

  private void range(long from, long to) {
    Scratch s = Scratch.get();
    int row = Arrays.binarySearch(start, from);
    row = row < 0 ? -row - 2 : row;
    for (long at = from; at < to; at = start[++row]) {
      long first = at - start[row];
      part(s, row, first, Math.min(size[row], first + to - at));
    }
  }

  /**
   * Elements {@code [from, to)} of a row; there are none between its end and the next one's start.
   */
  private void part(Scratch s, int row, long from, long to) {
    for (int k = 0; k < operands; k++) {
      s.put(k, address[k * rows + row] + from * Float.BYTES, Float.BYTES);
    }
    for (long p = from; p < to; p += Scratch.CHUNK) {
      s.run(kernel, inputs, operands, (int) Math.min(Scratch.CHUNK, to - p));
      s.advance(operands, Scratch.CHUNK);
    }
  }
}
