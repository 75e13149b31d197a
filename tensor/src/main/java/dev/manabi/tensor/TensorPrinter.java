package dev.manabi.tensor;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleFunction;

/**
 * Prints tensors in PyTorch's form: four digits, aligned columns, scientific where magnitudes
 * differ by more than 1000, and only the borders of tensors above 1000 elements.
 */
final class TensorPrinter {
  private static final int EDGE = 3;
  private static final int MANY = 1000;
  private static final int LINE_WIDTH = 80;
  private static final int DIGITS = 4;
  private static final String PREFIX = "tensor(";

  private final boolean brief;
  private final DoubleFunction<String> format;
  private final int width;

  private TensorPrinter(Tensor tensor) {
    brief = tensor.numel() > MANY;
    List<Tensor> shown = new ArrayList<>();
    collect(tensor, shown);
    double[] telling = tensor.dtype().isFloating() ? finiteNonZero(shown) : new double[0];
    format = format(telling);
    // Numbers that are not finite, and zeros, do not widen the columns.
    width =
        tensor.dtype().isFloating()
            ? widest(Arrays.stream(telling).mapToObj(format).toList())
            : widest(shown.stream().flatMap(t -> texts(t).stream()).toList());
  }

  static String print(Tensor t) {
    Tensor values = t.detach();
    String body = t.numel() == 0 ? "[]" : new TensorPrinter(values).body(values, PREFIX.length());
    List<String> suffixes = new ArrayList<>();
    if (!t.device().equals(Device.CPU)) {
      suffixes.add("device='" + t.device() + "'");
    }
    if (t.numel() == 0 && t.rank() != 1) {
      suffixes.add("size=" + t.shape().toString().replace('[', '(').replace(']', ')'));
    }
    if (!saysItsType(t)) {
      suffixes.add("dtype=" + t.dtype());
    }
    GradFn made = t.gradFn();
    if (made != null) {
      suffixes.add("grad_fn=<" + made.name() + ">");
    } else if (t.requiresGrad()) {
      suffixes.add("requires_grad=True");
    }
    return withSuffixes(PREFIX + body, suffixes);
  }

  /** Whether the dtype can be told from the numbers: f32 is written 1., i64 1, bool True. */
  private static boolean saysItsType(Tensor t) {
    return switch (t.dtype()) {
      case F32 -> true;
      case I64, BOOL -> t.numel() > 0;
      case F64, F16, BF16, I32, I8, U8 -> false;
    };
  }

  /** A suffix that would overrun the line starts a new one. */
  private static String withSuffixes(String text, List<String> suffixes) {
    StringBuilder out = new StringBuilder(text);
    int lineLength = text.length() - text.lastIndexOf('\n') + 1;
    for (String suffix : suffixes) {
      if (lineLength + suffix.length() + 2 > LINE_WIDTH) {
        out.append(",\n").append(" ".repeat(PREFIX.length())).append(suffix);
        lineLength = PREFIX.length() + suffix.length();
      } else {
        out.append(", ").append(suffix);
        lineLength += suffix.length() + 2;
      }
    }
    return out.append(')').toString();
  }

  /** Gathers what will be printed, in one-dimensional parts: all, or what is at the borders. */
  private void collect(Tensor t, List<Tensor> into) {
    boolean cut = t.rank() > 0 && brief && t.size(0) > 2 * EDGE;
    if (cut) {
      Tensor first = t.slice(0, 0, EDGE);
      Tensor last = t.slice(0, t.size(0) - EDGE, t.size(0));
      if (t.rank() == 1) {
        into.add(first);
        into.add(last);
      } else {
        collect(first, into);
        collect(last, into);
      }
    } else if (t.rank() > 1 && brief) {
      t.unbind(0).forEach(part -> collect(part, into));
    } else {
      into.add(t.flatten());
    }
  }

  private static double[] finiteNonZero(List<Tensor> shown) {
    return shown.stream()
        .flatMapToDouble(t -> Arrays.stream(t.toDoubleArray()))
        .filter(v -> Double.isFinite(v) && v != 0)
        .toArray();
  }

  private static int widest(List<String> texts) {
    return texts.stream().mapToInt(String::length).max().orElse(1);
  }

  /** The form of floating numbers that suits {@code values}, which are finite and not zero. */
  private static DoubleFunction<String> format(double[] values) {
    double max = Arrays.stream(values).map(Math::abs).max().orElse(1);
    double min = Arrays.stream(values).map(Math::abs).min().orElse(1);
    if (max / min > 1000 || max > 1e8 || min < 1e-4) {
      return v -> finite(v, TensorPrinter::scientific);
    }
    boolean whole = Arrays.stream(values).allMatch(v -> v == Math.rint(v));
    return whole ? v -> finite(v, x -> fixed(x, 0) + ".") : v -> finite(v, x -> fixed(x, DIGITS));
  }

  /** A finite number by {@code format}; its sign is kept even if it is zero. */
  private static String finite(double v, DoubleFunction<String> format) {
    if (Double.isNaN(v)) {
      return "nan";
    }
    String sign = Math.copySign(1, v) < 0 ? "-" : "";
    return sign + (Double.isInfinite(v) ? "inf" : format.apply(Math.abs(v)));
  }

  /** Rounded as C and Python do, from the exact value, ties to even; Java's formatter does not. */
  private static String fixed(double v, int digits) {
    BigDecimal rounded = new BigDecimal(v).setScale(digits, RoundingMode.HALF_EVEN);
    return rounded.toPlainString();
  }

  private static String scientific(double v) {
    MathContext significant = new MathContext(DIGITS + 1, RoundingMode.HALF_EVEN);
    return String.format(Locale.ROOT, "%." + DIGITS + "e", new BigDecimal(v).round(significant));
  }

  private List<String> texts(Tensor vector) {
    DType dtype = vector.dtype();
    if (dtype.isFloating()) {
      return Arrays.stream(vector.toDoubleArray()).mapToObj(format).toList();
    }
    return Arrays.stream(vector.toLongArray())
        .mapToObj(v -> dtype == DType.BOOL ? (v != 0 ? "True" : "False") : Long.toString(v))
        .toList();
  }

  private String body(Tensor t, int indent) {
    return switch (t.rank()) {
      case 0 -> texts(t.flatten()).getFirst();
      case 1 -> vector(t, indent);
      default -> nested(t, indent);
    };
  }

  private String vector(Tensor t, int indent) {
    List<String> cells = new ArrayList<>();
    boolean cut = brief && t.size(0) > 2 * EDGE;
    addCells(cut ? t.slice(0, 0, EDGE) : t, cells);
    if (cut) {
      cells.add(" ...");
      addCells(t.slice(0, t.size(0) - EDGE, t.size(0)), cells);
    }
    int perLine = Math.max(1, (LINE_WIDTH - indent) / (width + 2));
    StringBuilder text = new StringBuilder("[");
    for (int i = 0; i < cells.size(); i++) {
      if (i > 0) {
        text.append(i % perLine == 0 ? ",\n" + " ".repeat(indent + 1) : ", ");
      }
      text.append(cells.get(i));
    }
    return text.append(']').toString();
  }

  private void addCells(Tensor t, List<String> cells) {
    for (String text : texts(t)) {
      cells.add(" ".repeat(Math.max(0, width - text.length())) + text);
    }
  }

  private String nested(Tensor t, int indent) {
    List<String> parts = new ArrayList<>();
    int n = t.size(0);
    boolean cut = brief && n > 2 * EDGE;
    for (int i = 0; i < (cut ? EDGE : n); i++) {
      parts.add(body(t.select(0, i), indent + 1));
    }
    if (cut) {
      parts.add("...");
      for (int i = n - EDGE; i < n; i++) {
        parts.add(body(t.select(0, i), indent + 1));
      }
    }
    String separator = "," + "\n".repeat(t.rank() - 1) + " ".repeat(indent + 1);
    return "[" + String.join(separator, parts) + "]";
  }
}
