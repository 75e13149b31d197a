package dev.manabi.kernels.cuda.library;

/**
 * Something that cuDNN computes, described in full: equal problems take equally long, and share
 * what was prepared for them.
 */
public interface CudnnProblem {
  /** One computation, for tensors anywhere. */
  interface Work {
    /** Starts it; the addresses are in the order that the problem names. */
    void run(long... addresses);
  }

  /** Makes the descriptors that cuDNN wants, which live as long as the process. */
  Work prepare(Cudnn dnn);
}
