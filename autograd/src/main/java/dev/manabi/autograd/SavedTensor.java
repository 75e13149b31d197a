package dev.manabi.autograd;

import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.op.Op;

/**
 * A tensor kept for backward, and the version its memory had when it was kept.
 *
 * @param tensor the tensor
 * @param version the storage's version at that time
 */
record SavedTensor(Tensor tensor, int version) {

  /**
   * The tensor, if nobody has written to its memory since.
   *
   * @param user the op that kept it
   * @param role which operand of that op it is, such as {@code input 0}
   * @throws IllegalStateException if the memory was modified in place
   */
  Tensor unpack(Op user, String role) {
    int now = tensor.storage().version();
    if (now != version) {
      throw new IllegalStateException(
          "backward: "
              + role
              + " of "
              + user.name()
              + ", "
              + tensor.spec()
              + ", was modified in place after use by "
              + user.name()
              + ": version "
              + version
              + " was saved, version "
              + now
              + " found\n  fix: use the out-of-place form of that write (add instead of add_), or"
              + " write to a copy()");
    }
    return tensor;
  }
}
