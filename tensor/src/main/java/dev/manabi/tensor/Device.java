package dev.manabi.tensor;

/**
 * Where a tensor's memory lives and its kernels run.
 *
 * @param kind the kind of machine
 * @param index which one of that kind, from 0
 */
public record Device(Kind kind, int index) {
  /** The kinds of machine a backend can exist for. */
  public enum Kind {
    CPU,
    CUDA
  }

  /** The host processor. */
  public static final Device CPU = new Device(Kind.CPU, 0);

  public Device {
    if (index < 0 || (kind == Kind.CPU && index != 0)) {
      throw new IllegalArgumentException("device: no " + kind + " with index " + index);
    }
  }

  /** The host processor. */
  public static Device cpu() {
    return CPU;
  }

  /** The CUDA card with this index, counted from 0. */
  public static Device cuda(int index) {
    return new Device(Kind.CUDA, index);
  }

  /**
   * Reads {@code cpu}, {@code cuda} or {@code cuda:1}.
   *
   * @throws IllegalArgumentException for any other text
   */
  public static Device parse(String text) {
    if (text.equals("cpu")) {
      return CPU;
    }
    if (text.equals("cuda")) {
      return cuda(0);
    }
    if (text.matches("cuda:\\d{1,4}")) {
      return cuda(Integer.parseInt(text.substring(5)));
    }
    throw new IllegalArgumentException("device: expected cpu, cuda or cuda:N, found " + text);
  }

  @Override
  public String toString() {
    return kind == Kind.CPU ? "cpu" : "cuda:" + index;
  }
}
