package dev.manabi.tensor.error;

import dev.manabi.tensor.TensorSpec;

/**
 * Operands do not fit an op. The message names the op, every operand with its dimension names, and
 * the fix:
 *
 * <pre>
 * conv2d: input has 3 channels, but weight expects 1 x groups 1
 *   input [N=32, C=3, H=32, W=32] f32
 *   weight [O=64, I=1, KH=3, KW=3] f32
 *   fix: weight.shape[1] * groups must equal input.shape[1]
 * </pre>
 */
public final class ShapeException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private boolean hasLayer;

  private ShapeException(String message) {
    super(message);
  }

  /** The same message with the path of the layer it happened in, such as {@code features.3}. */
  public ShapeException in(String layer) {
    ShapeException e = new ShapeException(getMessage() + "\n  in layer: " + layer);
    e.setStackTrace(getStackTrace());
    e.hasLayer = true;
    return e;
  }

  /** True if the message names a layer. */
  public boolean hasLayer() {
    return hasLayer;
  }

  /** Starts a message: what is wrong with which op. */
  public static Builder of(String op, String problem) {
    return new Builder(op + ": " + problem);
  }

  /** Collects the operands of a message. */
  public static final class Builder {
    private final StringBuilder text;

    private Builder(String head) {
      text = new StringBuilder(head);
    }

    /** Adds an operand; {@code dims} names its dimensions if their number is its rank. */
    public Builder operand(String name, TensorSpec spec, String... dims) {
      text.append("\n  ").append(name).append(" [");
      for (int i = 0; i < spec.rank(); i++) {
        text.append(i == 0 ? "" : ", ");
        text.append(dims.length == spec.rank() ? dims[i] + "=" : "").append(spec.dim(i));
      }
      text.append("] ").append(spec.dtype());
      return this;
    }

    /** Ends the message with how to mend it. */
    public ShapeException fix(String fix) {
      return new ShapeException(text.append("\n  fix: ").append(fix).toString());
    }
  }
}
