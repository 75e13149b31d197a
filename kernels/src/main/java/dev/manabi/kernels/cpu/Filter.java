package dev.manabi.kernels.cpu;

import static dev.manabi.kernels.cpu.Tiles.COLUMNS;
import static dev.manabi.kernels.cpu.Tiles.COLUMN_BYTES;

import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.memory.Storage;
import java.util.function.Consumer;

/**
 * The weights of a convolution, or of one group of it, with any strides (in elements).
 *
 * @param storage that the weights lie in
 * @param address of weight (0, 0, 0, 0)
 * @param out number of output channels O
 * @param in number of input channels C
 * @param height KH
 * @param width KW
 */
record Filter(
    Storage storage,
    long address,
    int out,
    int in,
    int height,
    int width,
    long outStride,
    long inStride,
    long rowStride,
    long columnStride) {

  /** Group {@code group} of {@code groups} of a weight [O, C / groups, KH, KW]. */
  static Filter of(Tensor w, int group, int groups) {
    var l = w.layout();
    int out = w.size(0) / groups;
    return new Filter(
        w.storage(),
        w.address() + group * out * l.stride(0) * Float.BYTES,
        out,
        w.size(1),
        w.size(2),
        w.size(3),
        l.stride(0),
        l.stride(1),
        l.stride(2),
        l.stride(3));
  }

  /** Number of positions in the kernel. */
  int taps() {
    return height * width;
  }

  long at(int o, int c, int kh, int kw) {
    return address
        + (o * outStride + c * inStride + kh * rowStride + kw * columnStride) * Float.BYTES;
  }

  /** Of the kernel, the rows and columns of some {@link Phase}s. */
  Filter part(Phase rows, Phase columns) {
    return new Filter(
        storage,
        at(0, 0, rows.tap(), columns.tap()),
        out,
        in,
        rows.taps(),
        columns.taps(),
        outStride,
        inStride,
        rowStride * rows.tapStep(),
        columnStride * columns.tapStep());
  }

  /** With the kernel turned by 180 degrees. */
  Filter flipped() {
    return new Filter(
        storage,
        at(0, 0, height - 1, width - 1),
        out,
        in,
        height,
        width,
        outStride,
        inStride,
        -rowStride,
        -columnStride);
  }

  /**
   * What the gradient of the input is convolved with: inputs and outputs exchanged, the kernel
   * turned by 180 degrees.
   */
  Filter turned() {
    Filter f = flipped();
    return new Filter(
        storage,
        f.address,
        in,
        out,
        height,
        width,
        inStride,
        outStride,
        f.rowStride,
        f.columnStride);
  }

  /**
   * Hands {@code work} the weights as a right operand [KH * KW * C, O]: row {@code (kh * KW + kw) *
   * C + c}.
   */
  void withOutputColumns(Consumer<Panels> work) {
    int depth = taps() * in;
    Prepared.use(
        this,
        Prepared.Form.OUTPUT_COLUMNS,
        Panels.packedFloats(depth, out),
        to -> packOutputColumns(Panels.packed(to, depth, out)),
        at -> work.accept(Panels.packed(at, depth, out)));
  }

  private void packOutputColumns(Panels panels) {
    Parallel.forRange(
        panels.count(),
        Math.max(1, (1 << 14) / (taps() * in * COLUMNS)),
        (from, to) -> {
          for (int p = (int) from; p < to; p++) {
            for (int tap = 0; tap < taps(); tap++) {
              for (int c = 0; c < in; c++) {
                long row = panels.at(p) + ((long) tap * in + c) * COLUMN_BYTES;
                long first = at(p * COLUMNS, c, tap / width, tap % width);
                Runs.gather(first, outStride * Float.BYTES, row, panels.width(p));
                clearTail(row, panels.width(p));
              }
            }
          }
        });
  }

  /** As a right operand [O, KH * KW * C]: column {@code (kh * KW + kw) * C + c}. */
  Panels inputColumns() {
    long address =
        Workspace.get().floats(Workspace.Use.WEIGHTS, Panels.packedFloats(out, taps() * in));
    Panels panels = Panels.packed(address, out, taps() * in);
    Parallel.forRange(
        panels.count(),
        Math.max(1, (1 << 14) / (out * COLUMNS)),
        (from, to) -> {
          for (int p = (int) from; p < to; p++) {
            for (int o = 0; o < out; o++) {
              fillInputs(o, p * COLUMNS, panels.width(p), panels.at(p) + o * COLUMN_BYTES);
              clearTail(panels.at(p) + o * COLUMN_BYTES, panels.width(p));
            }
          }
        });
    return panels;
  }

  private void fillInputs(int o, int first, int count, long to) {
    for (int j = 0; j < count; ) {
      int tap = (first + j) / in;
      int c = (first + j) % in;
      int run = Math.min(count - j, in - c);
      Runs.gather(
          at(o, c, tap / width, tap % width),
          inStride * Float.BYTES,
          to + (long) j * Float.BYTES,
          run);
      j += run;
    }
  }

  private static void clearTail(long row, int width) {
    if (width < COLUMNS) {
      Runs.clear(row + (long) width * Float.BYTES, COLUMNS - width);
    }
  }

  /**
   * Fills the filter from rows {@code (kh * KW + kw) * C + c} of {@code pitch} numbers, the o-th of
   * which belongs to output channel o.
   */
  void spread(long rows, int pitch) {
    Parallel.forRange(
        out,
        Math.max(1, (1 << 14) / (taps() * in)),
        (from, to) -> {
          for (int c = 0; c < in; c++) {
            for (int tap = 0; tap < taps(); tap++) {
              long row = rows + ((long) tap * in + c) * pitch * Float.BYTES;
              for (int o = (int) from; o < to; o++) {
                long place = at(o, c, tap / width, tap % width);
                Native.putFloat(place, Native.getFloat(row + (long) o * Float.BYTES));
              }
            }
          }
        });
  }
}
