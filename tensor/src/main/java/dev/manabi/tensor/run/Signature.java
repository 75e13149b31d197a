package dev.manabi.tensor.run;

import java.util.Arrays;

/**
 * The names of an op's operands and of their dimensions, for messages.
 *
 * <p>One text per operand: {@code "input N C H W"}. Two dots stand for any number of leading
 * dimensions, {@code "a .. M K"}; a star after the last name for any number of operands, {@code
 * "x*"}.
 */
final class Signature {
  private final String[] names;
  private final String[][] dims;

  private Signature(String[] names, String[][] dims) {
    this.names = names;
    this.dims = dims;
  }

  static Signature of(String... operands) {
    String[] names = new String[operands.length];
    String[][] dims = new String[operands.length][];
    for (int i = 0; i < operands.length; i++) {
      String[] words = operands[i].split(" ");
      names[i] = words[0];
      dims[i] = Arrays.copyOfRange(words, 1, words.length);
    }
    return new Signature(names, dims);
  }

  /** How many operands have a name of their own. */
  int size() {
    return names.length;
  }

  /** The name of operand {@code i}. */
  String name(int i) {
    String name = names[Math.min(i, names.length - 1)];
    return name.endsWith("*") ? name.substring(0, name.length() - 1) + i : name;
  }

  /** How many dimensions operand {@code i} has. */
  int rank(int i) {
    return dims[i].length;
  }

  /** The shape operand {@code i} should have, such as {@code [N, C]}. */
  String shape(int i) {
    return "[" + String.join(", ", dims[i]) + "]";
  }

  /** Names for the dimensions of operand {@code i}, or none if it has not the rank to bear them. */
  String[] dims(int i, int rank) {
    String[] named = dims[Math.min(i, dims.length - 1)];
    boolean open = named.length > 0 && named[0].equals("..");
    int first = open ? 1 : 0;
    int lead = rank - (named.length - first);
    if (lead < 0 || (lead > 0 && !open)) {
      return new String[0];
    }
    String[] all = new String[rank];
    for (int k = 0; k < rank; k++) {
      all[k] = k >= lead ? named[k - lead + first] : lead == 1 ? "B" : "B" + k;
    }
    return all;
  }
}
