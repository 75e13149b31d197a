package dev.manabi.kernels.ptx;

/**
 * Runs one instruction on many operands. In its text, {@code D} stands for the result and {@code
 * A}, {@code B}, {@code C} for the operands; the widths of these four are given in bits.
 */
final class SingleInstruction {
  private static final int BLOCK = 64;

  private SingleInstruction() {}

  /** The results for each row of operands, cut to the width of the result. */
  static long[] run(String instruction, String widths, long[][] rows) {
    int[] bits = new int[4];
    String[] split = widths.split(" ");
    for (int i = 0; i < split.length; i++) {
      bits[i] = Integer.parseInt(split[i]);
    }
    var body = new StringBuilder();
    body.append("mov.u32 %r30, %tid.x;\nmov.u32 %r31, %ctaid.x;\n");
    body.append("mad.lo.s32 %r32, %r31, 64, %r30;\nmul.wide.u32 %rd10, %r32, 32;\n");
    body.append("ld.param.u64 %rd11, [data];\nadd.s64 %rd12, %rd11, %rd10;\n");
    String text = instruction;
    for (int i = 1; i < split.length; i++) {
      body.append("ld.global.u64 %%rd%d, [%%rd12+%d];\n".formatted(i, 8 * i));
      text = text.replace("" + "DABC".charAt(i), register(i, bits[i]));
      if (bits[i] < 64) {
        body.append("cvt.u%d.u64 %s, %%rd%d;\n".formatted(bits[i], register(i, bits[i]), i));
      }
    }
    body.append(text.replace("D", register(0, bits[0]))).append('\n');
    if (bits[0] < 64) {
      body.append("cvt.u64.u%d %%rd0, %s;\n".formatted(bits[0], register(0, bits[0])));
    }
    body.append("st.global.u64 [%rd12], %rd0;\nret;");
    PtxKernel kernel =
        PtxModule.parse(Device.kernel(".param .u64 data", body.toString())).kernel("k");
    int blocks = (rows.length + BLOCK - 1) / BLOCK;
    long[] data = new long[blocks * BLOCK * 4];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(rows[i], 0, data, 4 * i + 1, rows[i].length);
    }
    var device = new Device();
    Device.Pointer pointer = device.upload(data);
    device.launch(kernel, blocks, BLOCK, pointer);
    long[] after = device.longs(pointer, data.length);
    long[] results = new long[rows.length];
    for (int i = 0; i < rows.length; i++) {
      results[i] = after[4 * i];
    }
    return results;
  }

  private static String register(int i, int bits) {
    return (bits == 16 ? "%h" : bits == 32 ? "%r" : "%rd") + i;
  }

  /** Every pair of these values. */
  static long[][] pairs(long... values) {
    long[][] rows = new long[values.length * values.length][];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = new long[] {values[i / values.length], values[i % values.length]};
    }
    return rows;
  }

  /** Every triple of these values. */
  static long[][] triples(long... values) {
    int n = values.length;
    long[][] rows = new long[n * n * n][];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = new long[] {values[i / n / n], values[i / n % n], values[i % n]};
    }
    return rows;
  }

  static long[][] singles(long... values) {
    long[][] rows = new long[values.length][];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = new long[] {values[i]};
    }
    return rows;
  }
}
