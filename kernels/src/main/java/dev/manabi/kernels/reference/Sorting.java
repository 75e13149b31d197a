package dev.manabi.kernels.reference;

import dev.manabi.tensor.Layout;
import dev.manabi.tensor.op.ReduceOp;
import java.util.Arrays;
import java.util.Comparator;

/** Ops that order the elements along an axis and yield their positions in it. */
final class Sorting {
  private Sorting() {}

  static void argReduce(ReduceOp.ArgReduce op, Elements x, Elements y) {
    Layout result = op.keepDim() ? y.layout().without(op.axis()) : y.layout();
    Lines line = new Lines(op.axis(), x);
    for (Walk w = Walk.over(result); w.more(); w.next(), line.next()) {
      int best = 0;
      for (int i = 1; i < line.length(); i++) {
        if (beats(op.max(), x, line.at(0, i), line.at(0, best))) {
          best = i;
        }
      }
      y.setLong(w.at(0), best);
    }
  }

  /** Only a strictly better element wins, and NaN beats every number in both directions. */
  private static boolean beats(boolean max, Elements x, long challenger, long best) {
    int order = x.compare(challenger, best);
    if (max || (x.isFloating() && (isNaN(x, challenger) || isNaN(x, best)))) {
      return order > 0;
    }
    return order < 0;
  }

  private static boolean isNaN(Elements x, long position) {
    return Double.isNaN(x.get(position));
  }

  static void argSort(ReduceOp.ArgSort op, Elements x, Elements y) {
    for (Lines line = new Lines(op.axis(), x, y); line.more(); line.next()) {
      write(sorted(x, line, op.descending()), y, line);
    }
  }

  static void argTopK(ReduceOp.ArgTopK op, Elements x, Elements y) {
    for (Lines line = new Lines(op.axis(), x, y); line.more(); line.next()) {
      write(Arrays.copyOf(sorted(x, line, op.largest()), op.k()), y, line);
    }
  }

  private static void write(Integer[] order, Elements y, Lines line) {
    for (int i = 0; i < order.length; i++) {
      y.setLong(line.at(1, i), order[i]);
    }
  }

  /** The indices of the line in order of their elements; equals keep their places. */
  private static Integer[] sorted(Elements x, Lines line, boolean descending) {
    Integer[] order = new Integer[line.length()];
    Arrays.setAll(order, i -> i);
    Comparator<Integer> ascending = (i, j) -> x.compare(line.at(0, i), line.at(0, j));
    Arrays.sort(order, descending ? ascending.reversed() : ascending);
    return order;
  }
}
