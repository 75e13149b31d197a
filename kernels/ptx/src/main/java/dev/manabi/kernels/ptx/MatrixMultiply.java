package dev.manabi.kernels.ptx;

import java.util.Arrays;

/**
 * {@code mma, ldmatrix, movmatrix}: what a warp does with small matrices of which each lane holds a
 * few elements.
 *
 * <p>How a matrix lies in the lanes: lane {@code l} belongs to row group {@code g = l / 4} and has
 * place {@code t = l % 4} in it. A register of A holds {@code e = 4 / elementBytes} neighbours of
 * one row. Registers alternate between the upper and the lower eight rows, then go on {@code 4e}
 * columns further. B is the same, turned by 90 degrees, and only eight columns wide. C and D hold
 * two neighbours of row {@code g} and two of row {@code g + 8}.
 *
 * <p>The products are added up as f64 and rounded once. A GPU may round in between, in an order
 * that is nobody's to know.
 */
final class MatrixMultiply {
  private static final int ROWS = 16;
  private static final int COLUMNS = 8;

  private MatrixMultiply() {}

  /** {@code mma.sync.aligned.m16n8k*.row.col}. */
  static ControlInstruction multiply(Decoding d) {
    d.form.takeOne("sync");
    d.form.takeOne("aligned");
    String shape = d.form.takeOne("m16n8k4", "m16n8k8", "m16n8k16", "m16n8k32");
    d.form.takeOne("row");
    d.form.takeOne("col");
    d.form.ignore("satfinite");
    Type result = d.form.type();
    Type a = d.form.type();
    Type b = d.form.type();
    Type c = d.form.type();
    int depth = Integer.parseInt(shape.substring(shape.indexOf('k') + 1));
    int perRegister = 4 / a.bytes();
    if (a.bytes() > 4 || b.bytes() != a.bytes() || depth < 4 * perRegister) {
      throw d.form.error("the machine does not know this combination of types");
    }
    d.expect(4);
    int registers = result == Type.F16 ? 2 : 4;
    int[] to = d.targets(0, registers);
    int[] left = d.sources(1, depth / (2 * perRegister), Type.B32);
    int[] right = d.sources(2, depth / (4 * perRegister), Type.B32);
    int[] sum = d.sources(3, c == Type.F16 ? 2 : 4, Type.B32);
    return new WarpInstruction(
        WarpInstruction.ALL_LANES,
        (warp, mask) -> {
          checkFull(warp, mask);
          double[] x = leftMatrix(warp, left, a, depth);
          double[] y = rightMatrix(warp, right, b, depth);
          accumulate(warp, to, result, sum, c, product(x, y, depth));
        });
  }

  private static void checkFull(Warp warp, int mask) {
    if (mask != -1) {
      throw warp.fault(
          PtxFault.Kind.BARRIER_DIVERGENCE,
          Integer.numberOfTrailingZeros(mask),
          "needs all 32 lanes of the warp; there are 0x%08x".formatted(mask));
    }
  }

  /** Element {@code i} of a register that holds several. */
  private static double element(long register, Type type, int i) {
    return switch (type) {
      case F16, BF16 -> FloatUnit.decode(type, register >>> 16 * i);
      // A GPU ignores what a tf32 has no place for.
      case TF32 -> Float.intBitsToFloat((int) register & ~0x1fff);
      case S8 -> (byte) (register >>> 8 * i);
      default -> register >>> 8 * i & 0xff;
    };
  }

  /** A, row by row. */
  private static double[] leftMatrix(Warp warp, int[] registers, Type type, int depth) {
    int each = 4 / type.bytes();
    double[] matrix = new double[ROWS * depth];
    for (int r = 0; r < registers.length; r++) {
      for (int lane = 0; lane < Warp.LANES; lane++) {
        int row = lane / 4 + 8 * (r & 1);
        int column = each * (lane % 4) + 4 * each * (r >> 1);
        for (int i = 0; i < each; i++) {
          matrix[row * depth + column + i] = element(warp.registers[registers[r] + lane], type, i);
        }
      }
    }
    return matrix;
  }

  /** B, column by column. */
  private static double[] rightMatrix(Warp warp, int[] registers, Type type, int depth) {
    int each = 4 / type.bytes();
    double[] matrix = new double[COLUMNS * depth];
    for (int r = 0; r < registers.length; r++) {
      for (int lane = 0; lane < Warp.LANES; lane++) {
        int row = each * (lane % 4) + 4 * each * r;
        for (int i = 0; i < each; i++) {
          matrix[lane / 4 * depth + row + i] =
              element(warp.registers[registers[r] + lane], type, i);
        }
      }
    }
    return matrix;
  }

  private static double[] product(double[] left, double[] right, int depth) {
    double[] product = new double[ROWS * COLUMNS];
    for (int i = 0; i < ROWS; i++) {
      for (int j = 0; j < COLUMNS; j++) {
        double sum = 0;
        for (int k = 0; k < depth; k++) {
          sum += left[i * depth + k] * right[j * depth + k];
        }
        product[i * COLUMNS + j] = sum;
      }
    }
    return product;
  }

  private static void accumulate(
      Warp warp, int[] to, Type result, int[] from, Type type, double[] product) {
    for (int lane = 0; lane < Warp.LANES; lane++) {
      for (int i = 0; i < 4; i++) {
        int row = lane / 4 + 8 * (i >> 1);
        int column = 2 * (lane % 4) + (i & 1);
        double value = accumulator(warp.registers, from, type, lane, i);
        double sum = value + product[row * COLUMNS + column];
        if (result == Type.F16) {
          int at = to[i >> 1] + lane;
          long half = FloatFormat.F16.encode(sum) << 16 * (i & 1);
          warp.registers[at] = (i & 1) == 0 ? half : (warp.registers[at] & 0xffff) | half;
        } else {
          warp.registers[to[i] + lane] =
              result == Type.F32 ? FloatUnit.encode(result, sum) : (long) sum;
        }
      }
    }
  }

  private static double accumulator(long[] registers, int[] from, Type type, int lane, int i) {
    return switch (type) {
      case F16 -> FloatFormat.F16.decode(registers[from[i >> 1] + lane] >>> 16 * (i & 1));
      case F32 -> Float.intBitsToFloat((int) registers[from[i] + lane]);
      default -> (int) registers[from[i] + lane];
    };
  }

  /**
   * {@code ldmatrix}: one to four matrices of 8 x 8 elements of 16 bits. Lanes 0 to 7 have the
   * addresses of the rows of the first, lanes 8 to 15 of the second, and so on.
   */
  static ControlInstruction load(Decoding d) {
    Form form = d.form;
    int count = fragment(form);
    boolean transposed = form.take("trans");
    Space space = form.space();
    form.type();
    d.expect(2);
    int[] to = d.targets(0, count);
    Decoding.Address address = d.address(1);
    AddressSpace memory = AddressSpace.of(space);
    return new WarpInstruction(
        WarpInstruction.ALL_LANES,
        (warp, mask) -> {
          checkFull(warp, mask);
          int suppliers = (int) ((1L << 8 * count) - 1);
          MemoryAccess.profile(warp, space, address.base(), address.offset(), suppliers, 16);
          int[] rows = new int[8 * count * 8];
          for (int lane = 0; lane < 8 * count; lane++) {
            long at = warp.registers[address.base() + lane] + address.offset();
            AddressSpace.checkAligned(warp, lane, at, 16);
            for (int i = 0; i < 4; i++) {
              long pair = memory.read(warp, lane, at + 4L * i, 4);
              rows[lane * 8 + 2 * i] = (int) pair & 0xffff;
              rows[lane * 8 + 2 * i + 1] = (int) (pair >>> 16);
            }
          }
          for (int j = 0; j < count; j++) {
            int[] matrix = Arrays.copyOfRange(rows, j * 64, j * 64 + 64);
            distribute(warp, to[j], matrix, transposed);
          }
        });
  }

  private static int fragment(Form form) {
    form.takeOne("sync");
    form.takeOne("aligned");
    form.takeOne("m8n8");
    return form.takeOne("x1", "x2", "x4").charAt(1) - '0';
  }

  /** Gives each lane two neighbours of a row; or, transposed, of a column. */
  private static void distribute(Warp warp, int to, int[] matrix, boolean transposed) {
    for (int lane = 0; lane < Warp.LANES; lane++) {
      int first = index(lane, 0, transposed);
      int second = index(lane, 1, transposed);
      warp.registers[to + lane] = matrix[first] | (long) matrix[second] << 16;
    }
  }

  /** Where in a matrix of 8 x 8 a lane's first or second element stands. */
  private static int index(int lane, int i, boolean transposed) {
    int row = lane / 4;
    int column = 2 * (lane % 4) + i;
    return transposed ? column * 8 + row : row * 8 + column;
  }

  /** {@code movmatrix.trans}: transposes a matrix within the registers of the warp. */
  static ControlInstruction transpose(Decoding d) {
    d.form.takeOne("sync");
    d.form.takeOne("aligned");
    d.form.takeOne("m8n8");
    d.form.takeOne("trans");
    d.form.type();
    d.expect(2);
    int to = d.target(0);
    int from = d.source(1, Type.B32);
    return new WarpInstruction(
        WarpInstruction.ALL_LANES,
        (warp, mask) -> {
          checkFull(warp, mask);
          int[] matrix = new int[64];
          for (int lane = 0; lane < Warp.LANES; lane++) {
            long pair = warp.registers[from + lane];
            matrix[index(lane, 0, false)] = (int) pair & 0xffff;
            matrix[index(lane, 1, false)] = (int) (pair >>> 16) & 0xffff;
          }
          distribute(warp, to, matrix, true);
        });
  }
}
