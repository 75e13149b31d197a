package dev.manabi.kernels.ptx;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** A machine for tests: arrays go in and out, a launch takes its arguments as they come. */
final class Device {
  final Machine machine;

  Device(Machine.Options options) {
    machine = new Machine(new DeviceMemory(), options);
  }

  Device() {
    this(Machine.Options.strict());
  }

  /** The text of a resource beside the tests. */
  static String text(String name) {
    try (InputStream in = Device.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalArgumentException("no resource " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A module of one kernel {@code k} with registers enough, whose body is given. */
  static String kernel(String parameters, String body) {
    return """
        .version 7.0
        .target sm_80
        .address_size 64
        .visible .entry k(%s)
        {
          .reg .pred %%p<10>;
          .reg .b16 %%h<10>;
          .reg .b32 %%r<40>;
          .reg .f32 %%f<20>;
          .reg .b64 %%rd<20>;
          .reg .f64 %%fd<20>;
        %s
        }
        """
        .formatted(parameters, body);
  }

  /** Memory for so many bytes that nothing has written. */
  Pointer allocate(long bytes) {
    return new Pointer(machine.memory().allocate(bytes));
  }

  Pointer upload(int... values) {
    return upload(MemorySegment.ofArray(values));
  }

  Pointer upload(long... values) {
    return upload(MemorySegment.ofArray(values));
  }

  Pointer upload(float... values) {
    return upload(MemorySegment.ofArray(values));
  }

  Pointer upload(double... values) {
    return upload(MemorySegment.ofArray(values));
  }

  Pointer upload(short... values) {
    return upload(MemorySegment.ofArray(values));
  }

  private Pointer upload(MemorySegment values) {
    Pointer pointer = allocate(values.byteSize());
    machine.memory().write(pointer.address, values);
    return pointer;
  }

  Pointer zeros(long bytes) {
    Pointer pointer = allocate(bytes);
    machine.memory().fill(pointer.address, bytes, (byte) 0);
    return pointer;
  }

  int[] ints(Pointer from, int count) {
    int[] values = new int[count];
    machine.memory().read(from.address, MemorySegment.ofArray(values));
    return values;
  }

  long[] longs(Pointer from, int count) {
    long[] values = new long[count];
    machine.memory().read(from.address, MemorySegment.ofArray(values));
    return values;
  }

  float[] floats(Pointer from, int count) {
    float[] values = new float[count];
    machine.memory().read(from.address, MemorySegment.ofArray(values));
    return values;
  }

  double[] doubles(Pointer from, int count) {
    double[] values = new double[count];
    machine.memory().read(from.address, MemorySegment.ofArray(values));
    return values;
  }

  short[] shorts(Pointer from, int count) {
    short[] values = new short[count];
    machine.memory().read(from.address, MemorySegment.ofArray(values));
    return values;
  }

  /** Global memory. */
  record Pointer(long address) {}

  LaunchReport launch(PtxKernel kernel, Dim3 grid, Dim3 block, int shared, Object... arguments) {
    return machine.launch(kernel, grid, block, shared, parameters(kernel, arguments));
  }

  LaunchReport launch(PtxKernel kernel, int grid, int block, Object... arguments) {
    return launch(kernel, Dim3.of(grid), Dim3.of(block), 0, arguments);
  }

  private static ByteBuffer parameters(PtxKernel kernel, Object... arguments) {
    var buffer = ByteBuffer.allocate(kernel.parameterBytes()).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < arguments.length; i++) {
      int at = kernel.parameters().get(i).offset();
      switch (arguments[i]) {
        case Pointer(long address) -> buffer.putLong(at, address);
        case Integer value -> buffer.putInt(at, value);
        case Long value -> buffer.putLong(at, value);
        case Float value -> buffer.putFloat(at, value);
        case Double value -> buffer.putDouble(at, value);
        case Short value -> buffer.putShort(at, value);
        case byte[] value -> buffer.put(at, value);
        default -> throw new IllegalArgumentException("argument " + arguments[i]);
      }
    }
    return buffer;
  }
}
