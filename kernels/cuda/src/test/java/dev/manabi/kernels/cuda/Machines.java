package dev.manabi.kernels.cuda;

import dev.manabi.tensor.Device;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.memory.Storage;
import dev.manabi.tensor.run.Backends;
import java.lang.ref.Reference;

/** What the tests of this module run on, and how tensors get there. */
final class Machines {
  private Machines() {}

  /** The PTX machine, unless a driver was named. */
  static void choose() {
    if (System.getProperty(Gpus.DRIVER) == null) {
      System.setProperty(Gpus.DRIVER, "ptx");
    }
  }

  /** The whole storage of {@code x} on {@code device}, gaps and all, with the same strides. */
  static Tensor sameMemory(Tensor x, Device device) {
    Storage storage = Storage.allocate(x.storage().bytes(), device);
    if (storage.bytes() > 0) {
      Backends.of(device).memory(device).copyIn(storage.address(), x.storage().segment());
    }
    Reference.reachabilityFence(x);
    return new Tensor(x.spec(), storage);
  }
}
