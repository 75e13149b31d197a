package dev.manabi.kernels.cuda.library;

import jcuda.Pointer;

/** A device address that is known as a number. */
final class DeviceAddress extends Pointer {
  DeviceAddress(long address) {
    super(new Pointer(), address);
  }
}
