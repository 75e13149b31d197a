package dev.manabi.tensor;

import java.util.Arrays;

/** An immutable list of ints with value equality, for axes, starts and sizes inside an op. */
public final class Ints {
  private static final Ints EMPTY = new Ints(new int[0]);
  private final int[] values;

  private Ints(int[] values) {
    this.values = values;
  }

  /** Copies {@code values}. */
  public static Ints of(int... values) {
    return values.length == 0 ? EMPTY : new Ints(values.clone());
  }

  /** The ints {@code from, from + 1, .. , to - 1}. */
  public static Ints range(int from, int to) {
    int[] values = new int[Math.max(0, to - from)];
    for (int i = 0; i < values.length; i++) {
      values[i] = from + i;
    }
    return new Ints(values);
  }

  public int size() {
    return values.length;
  }

  public int get(int i) {
    return values[i];
  }

  public boolean contains(int value) {
    for (int v : values) {
      if (v == value) {
        return true;
      }
    }
    return false;
  }

  /** The numbers below {@code count} that are not among these: of a shape's axes, the others. */
  public Ints others(int count) {
    int[] rest = new int[count - size()];
    int n = 0;
    for (int i = 0; i < count; i++) {
      if (!contains(i)) {
        rest[n++] = i;
      }
    }
    return of(rest);
  }

  public int[] toArray() {
    return values.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Ints o && Arrays.equals(values, o.values);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(values);
  }

  @Override
  public String toString() {
    return Arrays.toString(values);
  }
}
