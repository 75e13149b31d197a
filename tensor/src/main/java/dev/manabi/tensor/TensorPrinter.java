package dev.manabi.tensor;

import java.util.ArrayList;
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
  private static final String PREFIX = "tensor(";

  private final boolean brief;
  private final DoubleFunction<String> format;
  private final int width;

  private TensorPrinter(Tensor tensor) {
    brief = tensor.numel() > MANY;
    List<Double> shown = new ArrayList<>();
    collect(tensor, shown);
    format = format(tensor.dtype(), shown);
    width = shown.stream().mapToInt(v -> format.apply(v).length()).max().orElse(0);
  }

  static String print(Tensor t) {
    Tensor values = t.detach();
    String body = t.numel() == 0 ? "[]" : new TensorPrinter(values).body(values, PREFIX.length());
    List<String> suffixes = new ArrayList<>();
    if (t.numel() == 0 && t.rank() != 1) {
      suffixes.add("size=" + t.shape());
    }
    if (!t.device().equals(Device.CPU)) {
      suffixes.add("device='" + t.device() + "'");
    }
    if (t.dtype() != DType.F32 && t.dtype() != DType.I64 && t.dtype() != DType.BOOL) {
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

  /** A suffix that would overrun the line starts a new one. */
  private static String withSuffixes(String text, List<String> suffixes) {
    StringBuilder out = new StringBuilder(text);
    int lineLength = text.length() - text.lastIndexOf('\n') - 1;
    for (String suffix : suffixes) {
      if (lineLength + suffix.length() + 3 > LINE_WIDTH) {
        out.append(",\n").append(" ".repeat(PREFIX.length())).append(suffix);
        lineLength = PREFIX.length() + suffix.length();
      } else {
        out.append(", ").append(suffix);
        lineLength += suffix.length() + 2;
      }
    }
    return out.append(')').toString();
  }

  /** Gathers the values that will be printed: all, or those at the borders. */
  private void collect(Tensor t, List<Double> into) {
    if (t.rank() > 1 && brief && t.size(0) > 2 * EDGE) {
      collect(t.slice(0, 0, EDGE), into);
      collect(t.slice(0, t.size(0) - EDGE, t.size(0)), into);
    } else if (t.rank() > 1 && brief) {
      t.unbind(0).forEach(part -> collect(part, into));
    } else {
      Tensor shown = t;
      if (t.rank() == 1 && brief && t.size(0) > 2 * EDGE) {
        shown =
            Tensors.cat(List.of(t.slice(0, 0, EDGE), t.slice(0, t.size(0) - EDGE, t.size(0))), 0);
      }
      for (double v : shown.toDoubleArray()) {
        into.add(v);
      }
    }
  }

  private static DoubleFunction<String> format(DType dtype, List<Double> values) {
    if (dtype == DType.BOOL) {
      return v -> v != 0 ? "True" : "False";
    }
    if (!dtype.isFloating()) {
      return v -> Long.toString((long) v);
    }
    double max = 0;
    double min = Double.POSITIVE_INFINITY;
    boolean whole = true;
    for (double v : values) {
      if (Double.isFinite(v) && v != 0) {
        max = Math.max(max, Math.abs(v));
        min = Math.min(min, Math.abs(v));
        whole &= v == Math.rint(v);
      }
    }
    boolean wide = max > 0 && (max / min > 1000 || max > 1e8);
    boolean scientific = wide || (!whole && min < 1e-4);
    String pattern = scientific ? "%.4e" : whole ? "%.0f." : "%.4f";
    return v -> Double.isFinite(v) ? String.format(Locale.ROOT, pattern, v) : notFinite(v);
  }

  private static String notFinite(double v) {
    return Double.isNaN(v) ? "nan" : v > 0 ? "inf" : "-inf";
  }

  private String body(Tensor t, int indent) {
    if (t.rank() == 0) {
      return format.apply(t.item());
    }
    return t.rank() == 1 ? vector(t, indent) : nested(t, indent);
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
    for (double v : t.toDoubleArray()) {
      cells.add(" ".repeat(Math.max(0, width - format.apply(v).length())) + format.apply(v));
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
