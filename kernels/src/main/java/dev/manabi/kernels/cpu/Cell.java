package dev.manabi.kernels.cpu;

import dev.manabi.kernels.reference.BFloat16;
import dev.manabi.tensor.DType;

/**
 * One element of a dtype in memory, read and written as a double or as a long with the conversions
 * of the reference: to integers by truncation and keeping the low bits, to bool by {@code != 0}, to
 * f16 and bf16 by way of f32.
 */
interface Cell {
  double getDouble(long address);

  void putDouble(long address, double value);

  long getLong(long address);

  void putLong(long address, long value);

  static Cell of(DType dtype) {
    return switch (dtype) {
      case F32 -> new F32();
      case F64 -> new F64();
      case F16 -> new F16();
      case BF16 -> new Bf16();
      case I64 -> new I64();
      case I32 -> new I32();
      case I8 -> new I8();
      case U8 -> new U8();
      case BOOL -> new Bool();
    };
  }

  /** Floating types: a long is first rounded to {@link #round} precision, not to double. */
  interface Floating extends Cell {
    double round(long value);

    @Override
    default long getLong(long address) {
      return (long) getDouble(address);
    }

    @Override
    default void putLong(long address, long value) {
      putDouble(address, round(value));
    }
  }

  /** Floating types that are computed in f32. */
  interface Single extends Floating {
    @Override
    default double round(long value) {
      return (float) value;
    }
  }

  /** Integers: a double is truncated. */
  interface Whole extends Cell {
    @Override
    default double getDouble(long address) {
      return getLong(address);
    }

    @Override
    default void putDouble(long address, double value) {
      putLong(address, (long) value);
    }
  }

  record F32() implements Single {
    @Override
    public double getDouble(long address) {
      return Native.getFloat(address);
    }

    @Override
    public void putDouble(long address, double value) {
      Native.putFloat(address, (float) value);
    }
  }

  record F64() implements Floating {
    @Override
    public double round(long value) {
      return value;
    }

    @Override
    public double getDouble(long address) {
      return Native.getDouble(address);
    }

    @Override
    public void putDouble(long address, double value) {
      Native.putDouble(address, value);
    }
  }

  record F16() implements Single {
    @Override
    public double getDouble(long address) {
      return Float.float16ToFloat(Native.getShort(address));
    }

    @Override
    public void putDouble(long address, double value) {
      Native.putShort(address, Float.floatToFloat16((float) value));
    }
  }

  record Bf16() implements Single {
    @Override
    public double getDouble(long address) {
      return BFloat16.toFloat(Native.getShort(address));
    }

    @Override
    public void putDouble(long address, double value) {
      Native.putShort(address, BFloat16.fromFloat((float) value));
    }
  }

  record I64() implements Whole {
    @Override
    public long getLong(long address) {
      return Native.getLong(address);
    }

    @Override
    public void putLong(long address, long value) {
      Native.putLong(address, value);
    }
  }

  record I32() implements Whole {
    @Override
    public long getLong(long address) {
      return Native.getInt(address);
    }

    @Override
    public void putLong(long address, long value) {
      Native.putInt(address, (int) value);
    }
  }

  record I8() implements Whole {
    @Override
    public long getLong(long address) {
      return Native.getByte(address);
    }

    @Override
    public void putLong(long address, long value) {
      Native.putByte(address, (byte) value);
    }
  }

  record U8() implements Whole {
    @Override
    public long getLong(long address) {
      return Native.getByte(address) & 0xFF;
    }

    @Override
    public void putLong(long address, long value) {
      Native.putByte(address, (byte) value);
    }
  }

  record Bool() implements Whole {
    @Override
    public long getLong(long address) {
      return Native.getByte(address);
    }

    @Override
    public void putLong(long address, long value) {
      Native.putByte(address, (byte) (value != 0 ? 1 : 0));
    }

    @Override
    public void putDouble(long address, double value) {
      Native.putByte(address, (byte) (value != 0 ? 1 : 0));
    }
  }
}
