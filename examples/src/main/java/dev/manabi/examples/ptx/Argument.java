package dev.manabi.examples.ptx;

import dev.manabi.kernels.ptx.DeviceMemory;
import dev.manabi.kernels.reference.BFloat16;
import java.lang.foreign.MemorySegment;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What is passed for one parameter of a kernel: {@code i32=1024} a number, {@code f32[1024]=random}
 * an array in device memory, {@code i32=1,1000,0*8,i64:4} a struct, whose members lie as in C;
 * those that are not given are 0.
 *
 * @param type of the number, the first members or the elements
 * @param count of elements; 0 for a number or a struct
 * @param value a number, members with commas between them, or how to fill an array: {@code random},
 *     {@code iota}, {@code empty} or a number for all
 */
record Argument(Element type, int count, String value) {
  private static final Pattern FORM = Pattern.compile("([a-z]+\\d+)(?:\\[([1-9]\\d{0,8})])?=(.+)");
  private static final Pattern MEMBER =
      Pattern.compile("(?:([a-z]+\\d+):)?([^*:]+)(?:\\*(\\d{1,4}))?");

  /** What stands in registers and memory, and how Java's numbers become it. */
  enum Element {
    I8(1),
    I16(2),
    I32(4),
    I64(8),
    U8(1),
    U16(2),
    U32(4),
    U64(8),
    F16(2),
    BF16(2),
    F32(4),
    F64(8);

    final int bytes;

    Element(int bytes) {
      this.bytes = bytes;
    }

    static Element named(String name) {
      try {
        return valueOf(name.toUpperCase(Locale.ROOT));
      } catch (IllegalArgumentException _) {
        throw new IllegalArgumentException(
            "--arg: no type '%s'; there are i8 to i64, u8 to u64, f16, bf16, f32, f64"
                .formatted(name));
      }
    }

    boolean isFloat() {
      return ordinal() >= F16.ordinal();
    }

    void put(ByteBuffer to, int at, double value) {
      switch (this) {
        case I8, U8 -> to.put(at, (byte) (long) value);
        case I16, U16 -> to.putShort(at, (short) (long) value);
        case I32, U32 -> to.putInt(at, (int) (long) value);
        case I64, U64 -> to.putLong(at, (long) value);
        case F16 -> to.putShort(at, Float.floatToFloat16((float) value));
        case BF16 -> to.putShort(at, BFloat16.fromFloat((float) value));
        case F32 -> to.putFloat(at, (float) value);
        case F64 -> to.putDouble(at, value);
      }
    }

    String text(ByteBuffer from, int at) {
      return switch (this) {
        case I8 -> Integer.toString(from.get(at));
        case U8 -> Integer.toString(from.get(at) & 0xff);
        case I16 -> Integer.toString(from.getShort(at));
        case U16 -> Integer.toString(from.getShort(at) & 0xffff);
        case I32 -> Integer.toString(from.getInt(at));
        case U32 -> Integer.toUnsignedString(from.getInt(at));
        case I64 -> Long.toString(from.getLong(at));
        case U64 -> Long.toUnsignedString(from.getLong(at));
        case F16 -> Float.toString(Float.float16ToFloat(from.getShort(at)));
        case BF16 -> Float.toString(BFloat16.toFloat(from.getShort(at)));
        case F32 -> Float.toString(from.getFloat(at));
        case F64 -> Double.toString(from.getDouble(at));
      };
    }
  }

  static Argument parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw new IllegalArgumentException(
          "--arg %s: write TYPE=NUMBER, TYPE[COUNT]=random|iota|empty|NUMBER, or the members of a"
                  .formatted(text)
              + " struct, TYPE=NUMBER,NUMBER*TIMES,TYPE:NUMBER");
    }
    int count = form.group(2) == null ? 0 : Integer.parseInt(form.group(2));
    return new Argument(Element.named(form.group(1)), count, form.group(3));
  }

  boolean isArray() {
    return count > 0;
  }

  /** Makes the array in device memory. */
  long allocate(DeviceMemory memory, SplittableRandom random) {
    long address = memory.allocate((long) count * type.bytes);
    if (!value.equals("empty")) {
      ByteBuffer data = buffer();
      for (int i = 0; i < count; i++) {
        fill(data, i, random);
      }
      memory.write(address, MemorySegment.ofBuffer(data));
    }
    return address;
  }

  private ByteBuffer buffer() {
    if ((long) count * type.bytes > Integer.MAX_VALUE - 16) {
      throw new IllegalArgumentException("an array of " + count + " elements is too large");
    }
    return ByteBuffer.allocate(count * type.bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private void fill(ByteBuffer data, int i, SplittableRandom random) {
    int at = i * type.bytes;
    switch (value) {
      case "random" ->
          type.put(data, at, type.isFloat() ? random.nextDouble() : random.nextInt(100));
      case "iota" -> type.put(data, at, i);
      default -> new Member(type, value).put(data, at);
    }
  }

  private static IllegalArgumentException notA(String what, String text) {
    return new IllegalArgumentException("--arg: '" + text + "' is not a " + what);
  }

  /** A number, one of a struct's or all of an array's. */
  private record Member(Element type, String value) {
    /** Where it lies behind {@code end} bytes. */
    int place(int end) {
      return Math.ceilDiv(end, type.bytes) * type.bytes;
    }

    void put(ByteBuffer to, int at) {
      try {
        if (type.isFloat()) {
          type.put(to, at, Double.parseDouble(value));
        } else {
          // Not through a double, which would round.
          ByteBuffer bits = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
          to.put(at, bits.putLong(0, bits(new BigInteger(value))).array(), 0, type.bytes);
        }
      } catch (NumberFormatException _) {
        throw notA(type.isFloat() ? "number" : "whole number", value);
      }
    }

    /** Of any type, a number may be written with a sign or, by the same bits, without one. */
    private long bits(BigInteger number) {
      int signs = number.signum() < 0 ? 1 : 0;
      if (number.bitLength() + signs > 8 * type.bytes) {
        throw notA("number of " + type.bytes + " bytes", value);
      }
      return number.longValue();
    }
  }

  private List<Member> members() {
    List<Member> members = new ArrayList<>();
    Element current = type;
    for (String text : value.split(",", -1)) {
      Matcher form = MEMBER.matcher(text);
      if (!form.matches()) {
        throw notA("member: write NUMBER, NUMBER*TIMES or TYPE:NUMBER", text);
      }
      current = form.group(1) == null ? current : Element.named(form.group(1));
      int times = form.group(3) == null ? 1 : Integer.parseInt(form.group(3));
      members.addAll(Collections.nCopies(times, new Member(current, form.group(2))));
    }
    return members;
  }

  /** Whether there is room for it in a parameter of so many bytes, and all of that is meant. */
  boolean fits(int bytes) {
    if (isArray()) {
      return bytes == Long.BYTES;
    }
    List<Member> members = members();
    int end = 0;
    for (Member member : members) {
      end = member.place(end) + member.type().bytes;
    }
    return members.size() > 1 ? end <= bytes : end == bytes;
  }

  /** Puts the number or the struct into the buffer of parameters. */
  void put(ByteBuffer parameters, int at) {
    int end = 0;
    for (Member member : members()) {
      int place = member.place(end);
      member.put(parameters, at + place);
      end = place + member.type().bytes;
    }
  }

  /** The first elements of the array as they stand in device memory now. */
  String text(DeviceMemory memory, long address, int most) {
    ByteBuffer data = buffer();
    memory.read(address, MemorySegment.ofBuffer(data));
    var text = new StringBuilder();
    for (int i = 0; i < Math.min(count, most); i++) {
      text.append(i == 0 ? "" : " ").append(type.text(data, i * type.bytes));
    }
    return text + (count > most ? " ..." : "");
  }
}
