package dev.manabi.tensor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Einstein summation by broadcasting: {@code ...} stands for the dimensions without a letter,
 * repeated letters of an operand become a diagonal, every operand is laid out over all letters, and
 * pairs are contracted left to right. A pair whose letters split into batch, row, column and
 * contracted ones is one batched matrix product.
 */
final class Einsum {
  private static final String DOTS = "...";
  private static final Pattern TERM = Pattern.compile("[a-zA-Z]*(\\.\\.\\.)?[a-zA-Z]*");

  private Einsum() {}

  /** A tensor with one letter for each dimension. */
  private record Labelled(Tensor tensor, String letters) {}

  static Tensor evaluate(String equation, Tensor... operands) {
    String[] sides = equation.replace(" ", "").split("->", -1);
    String[] terms = sides[0].split(",", -1);
    boolean readable = sides.length <= 2 && terms.length == operands.length;
    for (String term : terms) {
      readable &= TERM.matcher(term).matches();
    }
    if (!readable || (sides.length == 2 && !TERM.matcher(sides[1]).matches())) {
      throw new IllegalArgumentException(
          "einsum: \""
              + equation
              + "\" does not describe "
              + operands.length
              + " operands\n  fix: one term of letters per operand, such as \"ij,jk->ik\", with at"
              + " most one ... in each");
    }
    String output = sides.length == 2 ? sides[1] : implicitOutput(sides[0]);
    Ellipsis ellipsis = Ellipsis.of(equation, terms, operands);
    List<Labelled> inputs = new ArrayList<>();
    for (int i = 0; i < terms.length; i++) {
      inputs.add(diagonalise(ellipsis.label(terms[i], operands[i])));
    }
    output = ellipsis.expand(equation, output);
    checkOutput(equation, sides[0] + ellipsis.letters(0), output);
    Labelled acc = inputs.getFirst();
    for (int i = 1; i < terms.length; i++) {
      StringBuilder later = new StringBuilder(output);
      inputs.subList(i + 1, terms.length).forEach(x -> later.append(x.letters));
      acc = contract(equation, acc, inputs.get(i), later.toString());
    }
    return arrange(sumOut(acc, output), output);
  }

  /** The ellipsis, if there is one, and then in alphabetical order what occurs once. */
  private static String implicitOutput(String terms) {
    StringBuilder once = new StringBuilder(terms.contains(DOTS) ? DOTS : "");
    terms
        .chars()
        .filter(c -> Character.isLetter(c) && terms.chars().filter(d -> d == c).count() == 1)
        .sorted()
        .forEach(c -> once.append((char) c));
    return once.toString();
  }

  /**
   * The dimensions for which {@code ...} stands, each with a letter of its own. They are aligned at
   * the last one and broadcast, as in elementwise ops.
   *
   * @param sizes after broadcasting
   */
  private record Ellipsis(int[] sizes, boolean present) {
    /** The letters of these dimensions follow from here; no equation has them. */
    private static final char FIRST = '\u2460';

    static Ellipsis of(String equation, String[] terms, Tensor... operands) {
      int[] sizes = new int[0];
      boolean present = false;
      for (int i = 0; i < terms.length; i++) {
        int covered = covered(equation, terms[i], operands[i]);
        present |= terms[i].contains(DOTS);
        int first = terms[i].indexOf(DOTS);
        int[] wider = new int[Math.max(sizes.length, covered)];
        Arrays.fill(wider, 1);
        System.arraycopy(sizes, 0, wider, wider.length - sizes.length, sizes.length);
        for (int k = 0; k < covered; k++) {
          int at = wider.length - covered + k;
          wider[at] = broadcast(equation, i, wider[at], operands[i].size(first + k));
        }
        sizes = wider;
      }
      return new Ellipsis(sizes, present);
    }

    /** How many dimensions of {@code x} have no letter in {@code term}. */
    private static int covered(String equation, String term, Tensor x) {
      int named = term.replace(DOTS, "").length();
      boolean dots = term.contains(DOTS);
      if (dots ? named > x.rank() : named != x.rank()) {
        throw new IllegalArgumentException(
            "einsum: term "
                + term
                + " of \""
                + equation
                + "\" names "
                + named
                + " dimensions, but its operand is "
                + x.spec()
                + (dots || named > x.rank()
                    ? "\n  fix: one letter for each dimension"
                    : "\n  fix: one letter for each dimension, or ... for those without one"));
      }
      return x.rank() - named;
    }

    private static int broadcast(String equation, int operand, int a, int b) {
      if (a != b && a != 1 && b != 1) {
        throw new IllegalArgumentException(
            "einsum: a dimension under ... of \""
                + equation
                + "\" has size "
                + b
                + " in operand "
                + operand
                + " and "
                + a
                + " in one before\n  fix: equal sizes, counted from the last, or size 1");
      }
      return a == 1 ? b : a;
    }

    /** The letters of all dimensions from the {@code from}-th on. */
    String letters(int from) {
      StringBuilder letters = new StringBuilder();
      for (int k = from; k < sizes.length; k++) {
        letters.append((char) (FIRST + k));
      }
      return letters.toString();
    }

    String expand(String equation, String output) {
      if (output.contains(DOTS) && !present) {
        throw new IllegalArgumentException(
            "einsum: the output of \""
                + equation
                + "\" has ..., but no input has\n  fix: put ... into the term of an input, too");
      }
      return output.replace(DOTS, letters(0));
    }

    /** A size of 1 that is broadcast takes no part in the sum of products. */
    Labelled label(String term, Tensor x) {
      int covered = x.rank() - term.replace(DOTS, "").length();
      String letters = term.replace(DOTS, letters(sizes.length - covered));
      int first = term.indexOf(DOTS);
      for (int k = covered - 1; k >= 0; k--) {
        if (x.size(first + k) != sizes[sizes.length - covered + k]) {
          x = x.squeeze(first + k);
          letters = new StringBuilder(letters).deleteCharAt(first + k).toString();
        }
      }
      return new Labelled(x, letters);
    }
  }

  private static void checkOutput(String equation, String terms, String output) {
    for (char c : output.toCharArray()) {
      if (terms.indexOf(c) < 0 || output.indexOf(c) != output.lastIndexOf(c)) {
        throw new IllegalArgumentException(
            "einsum: output letter "
                + c
                + " of \""
                + equation
                + "\" must occur in an input and only once in the output");
      }
    }
  }

  private static Labelled diagonalise(Labelled labelled) {
    Tensor x = labelled.tensor;
    StringBuilder letters = new StringBuilder(labelled.letters);
    for (int i = 0; i < letters.length(); i++) {
      int twin = letters.indexOf(letters.substring(i, i + 1), i + 1);
      if (twin >= 0) {
        letters.append(letters.charAt(i)).deleteCharAt(twin).deleteCharAt(i);
        x = x.diagonal(i, twin);
        i = -1;
      }
    }
    return new Labelled(x, letters.toString());
  }

  /** Sums over the letters that {@code wanted} does not need. */
  private static Labelled sumOut(Labelled x, String wanted) {
    int[] axes =
        java.util.stream.IntStream.range(0, x.letters.length())
            .filter(i -> wanted.indexOf(x.letters.charAt(i)) < 0)
            .toArray();
    if (axes.length == 0) {
      return x;
    }
    StringBuilder kept = new StringBuilder();
    x.letters.chars().filter(c -> wanted.indexOf(c) >= 0).forEach(c -> kept.append((char) c));
    return new Labelled(x.tensor.sum(axes), kept.toString());
  }

  private static Tensor arrange(Labelled x, String order) {
    int[] axes = order.chars().map(x.letters::indexOf).toArray();
    return x.tensor.permute(axes);
  }

  private static Labelled contract(String equation, Labelled a, Labelled b, String later) {
    a = sumOut(a, b.letters + later);
    b = sumOut(b, a.letters + later);
    StringBuilder batch = new StringBuilder();
    StringBuilder sum = new StringBuilder();
    StringBuilder rows = new StringBuilder();
    for (char c : a.letters.toCharArray()) {
      boolean shared = b.letters.indexOf(c) >= 0;
      (!shared ? rows : later.indexOf(c) >= 0 ? batch : sum).append(c);
    }
    StringBuilder columns = new StringBuilder();
    for (char c : b.letters.toCharArray()) {
      if (a.letters.indexOf(c) < 0) {
        columns.append(c);
      }
    }
    checkSizes(equation, a, b);
    Tensor left = arrange(a, batch.toString() + rows + sum);
    Tensor right = arrange(b, batch.toString() + sum + columns);
    List<Integer> sizes = new ArrayList<>();
    int nb = batch.length();
    int[] lead = Arrays.copyOf(left.shape().toArray(), nb);
    int inner = product(right, nb, nb + sum.length());
    Arrays.stream(left.shape().toArray(), 0, nb + rows.length()).forEach(sizes::add);
    Arrays.stream(right.shape().toArray(), nb + sum.length(), right.rank()).forEach(sizes::add);
    Tensor product =
        left.reshape(matrix(lead, product(left, nb, nb + rows.length()), inner))
            .matmul(
                right.reshape(
                    matrix(lead, inner, product(right, nb + sum.length(), right.rank()))));
    return new Labelled(
        product.reshape(sizes.stream().mapToInt(Integer::intValue).toArray()),
        batch.toString() + rows + columns);
  }

  private static void checkSizes(String equation, Labelled a, Labelled b) {
    for (int i = 0; i < a.letters.length(); i++) {
      int j = b.letters.indexOf(a.letters.charAt(i));
      if (j >= 0 && a.tensor.size(i) != b.tensor.size(j)) {
        throw new IllegalArgumentException(
            "einsum: letter "
                + a.letters.charAt(i)
                + " of \""
                + equation
                + "\" has size "
                + a.tensor.size(i)
                + " in one operand and "
                + b.tensor.size(j)
                + " in another");
      }
    }
  }

  private static int product(Tensor x, int from, int to) {
    int n = 1;
    for (int i = from; i < to; i++) {
      n *= x.size(i);
    }
    return n;
  }

  /** Shape {@code [lead.., rows, columns]}. */
  private static int[] matrix(int[] lead, int rows, int columns) {
    int[] d = Arrays.copyOf(lead, lead.length + 2);
    d[lead.length] = rows;
    d[lead.length + 1] = columns;
    return d;
  }
}
