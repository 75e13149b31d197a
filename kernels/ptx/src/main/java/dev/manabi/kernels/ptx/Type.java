package dev.manabi.kernels.ptx;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The fundamental types of PTX. */
enum Type {
  PRED(1, Kind.PREDICATE),
  B8(8, Kind.BITS),
  B16(16, Kind.BITS),
  B32(32, Kind.BITS),
  B64(64, Kind.BITS),
  U8(8, Kind.UNSIGNED),
  U16(16, Kind.UNSIGNED),
  U32(32, Kind.UNSIGNED),
  U64(64, Kind.UNSIGNED),
  S8(8, Kind.SIGNED),
  S16(16, Kind.SIGNED),
  S32(32, Kind.SIGNED),
  S64(64, Kind.SIGNED),
  F16(16, Kind.FLOAT),
  F16X2(32, Kind.FLOAT),
  BF16(16, Kind.FLOAT),
  BF16X2(32, Kind.FLOAT),
  TF32(32, Kind.FLOAT),
  F32(32, Kind.FLOAT),
  F64(64, Kind.FLOAT);

  private enum Kind {
    PREDICATE,
    BITS,
    UNSIGNED,
    SIGNED,
    FLOAT
  }

  private static final Map<String, Type> NAMES = new HashMap<>();

  static {
    for (Type type : values()) {
      NAMES.put(type.toString(), type);
    }
  }

  final int bits;
  private final Kind kind;

  Type(int bits, Kind kind) {
    this.bits = bits;
    this.kind = kind;
  }

  static @Nullable Type named(String name) {
    return NAMES.get(name);
  }

  int bytes() {
    return (bits + 7) / 8;
  }

  boolean isFloat() {
    return kind == Kind.FLOAT;
  }

  boolean isSigned() {
    return kind == Kind.SIGNED;
  }

  /** Whether a register of this type holds two numbers of 16 bits. */
  boolean isPacked() {
    return this == F16X2 || this == BF16X2;
  }

  /**
   * The number that a register's 64 bits mean as this type. Registers keep whatever stood in their
   * upper bits, so every reader to whom those matter goes through here.
   */
  long narrow(long raw) {
    if (bits == 64) {
      return raw;
    }
    int above = 64 - bits;
    return isSigned() ? raw << above >> above : raw << above >>> above;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
