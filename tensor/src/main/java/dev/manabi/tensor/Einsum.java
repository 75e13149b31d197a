package dev.manabi.tensor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Einstein summation by broadcasting: repeated letters of an operand become a diagonal, every
 * operand is laid out over all letters, and pairs are contracted left to right. A pair whose
 * letters split into batch, row, column and contracted ones is one batched matrix product.
 */
final class Einsum {
  private Einsum() {}

  /** A tensor with one letter for each dimension. */
  private record Labelled(Tensor tensor, String letters) {}

  static Tensor evaluate(String equation, Tensor... operands) {
    String[] sides = equation.replace(" ", "").split("->", -1);
    String[] terms = sides[0].split(",", -1);
    if (sides.length > 2 || terms.length != operands.length || !sides[0].matches("[a-zA-Z,]*")) {
      throw new IllegalArgumentException(
          "einsum: \""
              + equation
              + "\" does not describe "
              + operands.length
              + " operands\n  fix: one term of letters per operand, such as \"ij,jk->ik\"");
    }
    String output = sides.length == 2 ? sides[1] : implicitOutput(sides[0]);
    checkOutput(equation, sides[0], output);
    Labelled acc = diagonalise(equation, terms[0], operands[0]);
    for (int i = 1; i < terms.length; i++) {
      String later = String.join("", Arrays.asList(terms).subList(i + 1, terms.length)) + output;
      acc = contract(equation, acc, diagonalise(equation, terms[i], operands[i]), later);
    }
    return arrange(sumOut(acc, output), output);
  }

  private static String implicitOutput(String terms) {
    StringBuilder once = new StringBuilder();
    terms
        .chars()
        .filter(c -> c != ',' && terms.chars().filter(d -> d == c).count() == 1)
        .sorted()
        .forEach(c -> once.append((char) c));
    return once.toString();
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

  private static Labelled diagonalise(String equation, String term, Tensor x) {
    if (term.length() != x.rank()) {
      throw new IllegalArgumentException(
          "einsum: term "
              + term
              + " of \""
              + equation
              + "\" names "
              + term.length()
              + " dimensions, but its operand is "
              + x.spec());
    }
    StringBuilder letters = new StringBuilder(term);
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
