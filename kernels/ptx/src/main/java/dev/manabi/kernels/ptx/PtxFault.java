package dev.manabi.kernels.ptx;

/** What a kernel did wrong: which kernel, which thread, at which line, and what. */
public final class PtxFault extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** What a kernel can do wrong. */
  public enum Kind {
    /** An access to no allocation, or beyond the end of one. */
    OUT_OF_BOUNDS,
    /** An access to an allocation that has been freed. */
    USE_AFTER_FREE,
    /** An address that is no multiple of the size of the access. */
    MISALIGNED,
    /** A read of global or shared memory that nothing has written. */
    UNINITIALISED_READ,
    /** Two threads use the same shared memory between two barriers, and one of them writes. */
    SHARED_MEMORY_RACE,
    /** A barrier, or an instruction of the whole warp, that not all of its threads reach. */
    BARRIER_DIVERGENCE,
    /** {@code trap}, a failed assertion, or a call out of the module. */
    TRAP,
    /** A launch that asks for more than the machine has, or passes the wrong parameters. */
    BAD_LAUNCH,
    /** A thread that runs beyond the limit of instructions, most likely without an end. */
    NO_END
  }

  private final Kind kind;
  private final String kernel;
  private final int line;
  private final String text;
  private final transient Dim3 block;
  private final transient Dim3 thread;

  PtxFault(Kind kind, String kernel, int line, String text, Dim3 block, Dim3 thread, String what) {
    super(
        "kernel %s, block %s, thread %s, PTX line %d: %s%n  %s"
            .formatted(kernel, block, thread, line, what, text));
    this.kind = kind;
    this.kernel = kernel;
    this.line = line;
    this.text = text;
    this.block = block;
    this.thread = thread;
  }

  /** A launch that did not begin. */
  PtxFault(String kernel, int line, String what) {
    super("kernel %s: %s".formatted(kernel, what));
    this.kind = Kind.BAD_LAUNCH;
    this.kernel = kernel;
    this.line = line;
    this.text = "";
    this.block = Dim3.ZERO;
    this.thread = Dim3.ZERO;
  }

  public Kind kind() {
    return kind;
  }

  public String kernel() {
    return kernel;
  }

  /** The line of the PTX text, from 1; the kernel's own for a launch that did not begin. */
  public int line() {
    return line;
  }

  /** That line. */
  public String text() {
    return text;
  }

  public Dim3 block() {
    return block;
  }

  public Dim3 thread() {
    return thread;
  }
}
