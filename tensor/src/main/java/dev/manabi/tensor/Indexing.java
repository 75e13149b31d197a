package dev.manabi.tensor;

import dev.manabi.tensor.Index.At;
import dev.manabi.tensor.Index.Ellipsis;
import dev.manabi.tensor.Index.NewAxis;
import dev.manabi.tensor.Index.Of;
import dev.manabi.tensor.Index.Range;
import dev.manabi.tensor.op.ViewOp;
import dev.manabi.tensor.run.Interpreter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Carries out an index expression in three steps, each a primitive: one {@code Slice} for all
 * positions and ranges, one reshape that drops and inserts dimensions, and one {@code IndexSelect}
 * for all index tensors together.
 */
final class Indexing {
  private Indexing() {}

  static Tensor get(Tensor x, Index... expression) {
    List<Index> items = fillEllipsis(x, expression);
    int rank = x.rank();
    int[] starts = new int[rank];
    int[] sizes = x.shape().toArray();
    int[] steps = new int[rank];
    Arrays.fill(steps, 1);
    List<Integer> shape = new ArrayList<>();
    List<@Nullable Tensor> tensors = new ArrayList<>();
    int axis = 0;
    for (Index item : items) {
      switch (item) {
        case NewAxis n -> put(shape, tensors, 1, null);
        case At at -> {
          starts[axis] = position(x, axis, at.position());
          sizes[axis++] = 1;
        }
        case Range range -> {
          slice(range, x.size(axis), axis, starts, sizes, steps);
          put(shape, tensors, sizes[axis++], null);
        }
        case Of of when of.tensor().dtype() == DType.BOOL -> {
          for (Tensor index : maskToIndices(x, axis, of.tensor())) {
            put(shape, tensors, sizes[axis++], index);
          }
        }
        case Of of -> put(shape, tensors, x.size(axis), wrap(of.tensor(), sizes[axis++]));
        case Ellipsis e ->
            throw new IllegalArgumentException("index: two ellipses in one expression");
      }
    }
    Tensor y = x;
    if (!Arrays.equals(sizes, x.shape().toArray()) || Arrays.stream(steps).anyMatch(s -> s != 1)) {
      y = Interpreter.run(new ViewOp.Slice(Ints.of(starts), Ints.of(sizes), Ints.of(steps)), x);
    }
    y = y.reshape(shape.stream().mapToInt(Integer::intValue).toArray());
    return select(y, tensors);
  }

  private static void put(
      List<Integer> shape, List<@Nullable Tensor> tensors, int size, @Nullable Tensor index) {
    shape.add(size);
    tensors.add(index);
  }

  private static int position(Tensor x, int axis, int position) {
    int size = x.size(axis);
    int p = position < 0 ? position + size : position;
    if (p < 0 || p >= size) {
      throw new IndexOutOfBoundsException(
          "index: position "
              + position
              + " is outside axis "
              + axis
              + " of size "
              + size
              + " in "
              + x.spec()
              + "\n  fix: use -"
              + size
              + " .. "
              + (size - 1));
    }
    return p;
  }

  /** Python's rule: bounds beyond the ends are cut, negative ones count from the end. */
  private static void slice(
      Range range, int size, int axis, int[] starts, int[] sizes, int[] steps) {
    int step = range.step();
    if (step == 0) {
      throw new IllegalArgumentException("index: the step of a range must not be 0");
    }
    int low = step > 0 ? 0 : -1;
    int high = step > 0 ? size : size - 1;
    int from = bound(range.start(), size, low, high, step > 0 ? low : high);
    int to = bound(range.end(), size, low, high, step > 0 ? high : low);
    int count = step > 0 ? Math.ceilDiv(to - from, step) : Math.ceilDiv(from - to, -step);
    sizes[axis] = Math.max(0, count);
    starts[axis] = sizes[axis] == 0 ? 0 : from;
    steps[axis] = step;
  }

  private static int bound(@Nullable Integer value, int size, int low, int high, int omitted) {
    if (value == null) {
      return omitted;
    }
    return Math.clamp(value < 0 ? (long) value + size : value, low, high);
  }

  /** Replaces the ellipsis, or the missing tail, by full ranges. */
  private static List<Index> fillEllipsis(Tensor x, Index[] expression) {
    int used = 0;
    for (Index item : expression) {
      used +=
          switch (item) {
            case NewAxis n -> 0;
            case Ellipsis e -> 0;
            case Of of -> of.tensor().dtype() == DType.BOOL ? of.tensor().rank() : 1;
            case At at -> 1;
            case Range r -> 1;
          };
    }
    if (used > x.rank()) {
      throw new IndexOutOfBoundsException(
          "index: "
              + used
              + " positions for a tensor of rank "
              + x.rank()
              + ", "
              + x.spec()
              + "\n  fix: give at most one position per dimension");
    }
    List<Index> items = new ArrayList<>(Arrays.asList(expression));
    int hole = items.indexOf(new Ellipsis());
    if (hole >= 0) {
      items.remove(hole);
    } else {
      hole = items.size();
    }
    for (int i = used; i < x.rank(); i++) {
      items.add(hole, Index.all());
    }
    return items;
  }

  private static List<Tensor> maskToIndices(Tensor x, int axis, Tensor mask) {
    for (int i = 0; i < mask.rank(); i++) {
      if (mask.size(i) != x.size(axis + i)) {
        throw dev.manabi.tensor.error.ShapeException.of(
                "index", "a mask must have the sizes of the dimensions it selects from")
            .operand("input", x.spec())
            .operand("mask", mask.spec())
            .fix(
                "mask.shape must equal input.shape["
                    + axis
                    + ".."
                    + (axis + mask.rank() - 1)
                    + "]");
      }
    }
    return mask.nonZero().unbind(1);
  }

  /** Positions as i64, negative ones counted from the end. */
  private static Tensor wrap(Tensor index, int size) {
    Tensor i = index.to(DType.I64);
    return Tensors.where(i.lt(0), i.add(size), i);
  }

  /**
   * Selects by all index tensors at once: their axes are moved together, merged into one, and
   * addressed by one linear index. The result takes their place if they were adjacent, else the
   * front.
   */
  private static Tensor select(Tensor x, List<@Nullable Tensor> tensors) {
    List<Integer> chosen = new ArrayList<>();
    List<Integer> rest = new ArrayList<>();
    for (int i = 0; i < tensors.size(); i++) {
      (tensors.get(i) == null ? rest : chosen).add(i);
    }
    if (chosen.isEmpty()) {
      return x;
    }
    int first = chosen.getFirst();
    boolean adjacent = chosen.getLast() - first + 1 == chosen.size();
    int at = adjacent ? first : 0;
    List<Integer> order = new ArrayList<>(rest);
    order.addAll(at, chosen);
    Tensor moved = x.permute(order.stream().mapToInt(Integer::intValue).toArray());
    Tensor linear = Tensors.zeros(DType.I64);
    for (int axis : chosen) {
      Tensor index = java.util.Objects.requireNonNull(tensors.get(axis));
      checkBounds(x, axis, index);
      linear = linear.mul(x.size(axis)).add(index);
    }
    return moved.flatten(at, at + chosen.size() - 1).indexSelect(at, linear);
  }

  private static void checkBounds(Tensor x, int axis, Tensor index) {
    Tensor outside = index.lt(0).or(index.ge(x.size(axis)));
    if (index.numel() > 0 && outside.any().item() != 0) {
      throw new IndexOutOfBoundsException(
          "index: an index tensor leaves axis "
              + axis
              + " of size "
              + x.size(axis)
              + " in "
              + x.spec()
              + "\n  fix: use -"
              + x.size(axis)
              + " .. "
              + (x.size(axis) - 1));
    }
  }

  /** Writes {@code value}, broadcast, to the places that {@code expression} names. */
  static void set(Tensor x, Tensor value, Index... expression) {
    boolean isView = Arrays.stream(expression).noneMatch(Of.class::isInstance);
    if (isView) {
      get(x, expression).copy_(value);
      return;
    }
    Tensor places =
        get(Tensors.arange(Math.toIntExact(x.numel())).reshape(x.shape().toArray()), expression);
    Tensor source = value.to(x.dtype()).expand(places.shape());
    Tensor flat = x.reshape(-1).scatter(0, places.reshape(-1), source.reshape(-1));
    x.copy_(flat.reshape(x.shape().toArray()));
  }
}
