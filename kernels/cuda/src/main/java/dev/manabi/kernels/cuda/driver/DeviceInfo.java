package dev.manabi.kernels.cuda.driver;

/**
 * What is known about a device.
 *
 * @param name as the vendor calls it
 * @param major major compute capability
 * @param minor minor compute capability
 * @param multiprocessors how many of them run blocks
 * @param memory in bytes
 * @param sharedPerBlock the most dynamic shared memory a block can ask for, in bytes
 * @param l2 size of the second-level cache, in bytes
 */
public record DeviceInfo(
    String name,
    int major,
    int minor,
    int multiprocessors,
    long memory,
    int sharedPerBlock,
    int l2) {
  /** Compute capability as one number: 90 for 9.0. */
  public int capability() {
    return 10 * major + minor;
  }
}
