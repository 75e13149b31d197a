package dev.manabi.kernels.cuda;

/** What the tests of this module run on. */
final class Machines {
  private Machines() {}

  /** The PTX machine, unless a driver was named. */
  static void choose() {
    if (System.getProperty(Gpus.DRIVER) == null) {
      System.setProperty(Gpus.DRIVER, "ptx");
    }
  }
}
