package dev.manabi.kernels.ptx;

import java.util.List;

/** Looks on while one thread executes. */
@FunctionalInterface
public interface Tracer {
  /**
   * A register that an instruction names.
   *
   * @param name as in the text
   * @param type how the instruction takes it, such as {@code s32}
   * @param bits what it holds after the instruction, zeros above its width
   */
  record Value(String name, String type, long bits) {
    /** The value as a number of its type, and its bits if that is not the same. */
    @Override
    public String toString() {
      Type known = Type.named(type);
      String hex = "0x" + Long.toHexString(bits);
      if (known == null || known.isPacked() || known == Type.TF32) {
        return name + " = " + hex;
      }
      return switch (known) {
        case PRED -> name + " = " + (bits != 0);
        case F32 -> name + " = " + Float.intBitsToFloat((int) bits);
        case F64 -> name + " = " + Double.longBitsToDouble(bits);
        case F16, BF16 -> name + " = " + FloatUnit.decode(known, bits);
        default -> {
          long number = known.narrow(bits);
          yield name + " = " + number + (number < 0 || number > 9 ? " (" + hex + ")" : "");
        }
      };
    }
  }

  /**
   * The thread has executed an instruction.
   *
   * @param line of the text, from 1
   * @param text that line
   * @param values of the registers and predicates it names, in order
   */
  void executed(int line, String text, List<Value> values);
}
