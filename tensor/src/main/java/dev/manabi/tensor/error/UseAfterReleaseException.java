package dev.manabi.tensor.error;

import dev.manabi.tensor.TensorSpec;

/**
 * A tensor is used whose memory was given back. The message names the tensor, what released it, and
 * the fix:
 *
 * <pre>
 * tensor [32, 10] f32 was released when region "step" closed
 *   fix: before that, tensor.keep() moves it out of the region
 * </pre>
 */
public final class UseAfterReleaseException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  /**
   * @param spec the tensor that was to be used
   * @param how what released it, such as {@code when region "step" closed}
   * @param fix how to mend it
   */
  public UseAfterReleaseException(TensorSpec spec, String how, String fix) {
    super("tensor " + spec + " was released " + how + "\n  fix: " + fix);
  }
}
