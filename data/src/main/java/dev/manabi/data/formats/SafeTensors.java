package dev.manabi.data.formats;

import dev.manabi.data.formats.SafeTensorsHeader.Entry;
import dev.manabi.tensor.DType;
import dev.manabi.tensor.Device;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.TensorSpec;
import dev.manabi.tensor.error.FormatException;
import dev.manabi.tensor.run.Interpreter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * Named tensors in a file, in the safetensors format.
 *
 * <p>The file: the header's length as a little-endian 64-bit integer, the header as JSON, then the
 * elements of the tensors, little-endian and row-major, one tensor after another. Source: the
 * format description of the safetensors project.
 */
public final class SafeTensors {
  /** The longest header that is written or read, in bytes; the format's own limit. */
  public static final long MAX_HEADER = 100_000_000;

  private static final int LENGTH_BYTES = 8;

  /** How much is copied at once; a {@link ByteBuffer} cannot span a larger tensor. */
  private static final long CHUNK = 1 << 26;

  private SafeTensors() {}

  /** {@link #save(Path, Map, Map)} without metadata. */
  public static void save(Path file, Map<String, Tensor> tensors) {
    save(file, tensors, Map.of());
  }

  /**
   * Writes a file, or replaces it in one step: whoever reads it, and whenever the program is
   * killed, the file is the whole old one or the whole new one. A kill may leave a {@code .tmp}
   * file beside it, which can be deleted.
   *
   * @param tensors in the order in which {@link #load} returns them; strided ones are written
   *     row-major
   * @param metadata free text by key
   * @throws IllegalArgumentException if a tensor is named {@code __metadata__}, or the names are
   *     too long for a header
   * @throws UncheckedIOException if the file cannot be written
   */
  public static void save(Path file, Map<String, Tensor> tensors, Map<String, String> metadata) {
    SafeTensorsHeader header = layOut(tensors, metadata);
    byte[] json = header.toJson();
    if (tensors.containsKey(SafeTensorsHeader.METADATA) || json.length > MAX_HEADER) {
      throw new IllegalArgumentException(
          "safetensors: %s: cannot hold these names; fix: no tensor named %s, header below %,d bytes"
              .formatted(file, SafeTensorsHeader.METADATA, MAX_HEADER));
    }
    requireLittleEndian();
    AtomicFile.write(
        file,
        channel -> {
          ByteBuffer start = ByteBuffer.allocate(LENGTH_BYTES + json.length);
          start.order(ByteOrder.LITTLE_ENDIAN).putLong(json.length).put(json).flip();
          writeFully(channel, start);
          for (String name : header.inFileOrder()) {
            writeTensor(channel, tensors.get(name));
          }
        });
  }

  /**
   * Reads all tensors of a file, in the order of its header.
   *
   * @throws FormatException if the file is not a safetensors file, or is not exactly as long as its
   *     header says; no memory is taken for what a header merely claims
   * @throws UncheckedIOException if it cannot be read
   */
  public static SequencedMap<String, Tensor> load(Path file) {
    requireLittleEndian();
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      SafeTensorsHeader header = readHeader(file, channel);
      SequencedMap<String, Tensor> tensors = new LinkedHashMap<>();
      header.tensors().forEach((name, entry) -> tensors.put(name, allocate(entry)));
      for (String name : header.inFileOrder()) {
        readTensor(file, channel, name, tensors.get(name));
      }
      return tensors;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Reads the metadata of a file; empty if it has none.
   *
   * @throws FormatException as {@link #load} does
   * @throws UncheckedIOException if it cannot be read
   */
  public static Map<String, String> metadata(Path file) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return readHeader(file, channel).metadata();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Places wide elements before narrow ones, so that each tensor is aligned to its elements. */
  private static SafeTensorsHeader layOut(
      Map<String, Tensor> tensors, Map<String, String> metadata) {
    List<String> wideFirst = new ArrayList<>(tensors.keySet());
    wideFirst.sort(Comparator.comparingInt(name -> -tensors.get(name).dtype().bytes()));
    Map<String, Long> begins = new HashMap<>();
    long at = 0;
    for (String name : wideFirst) {
      begins.put(name, at);
      at += bytes(tensors.get(name));
    }
    Map<String, Entry> entries = new LinkedHashMap<>();
    tensors.forEach(
        (name, tensor) -> {
          long begin = begins.get(name);
          long end = begin + bytes(tensor);
          entries.put(name, new Entry(tensor.dtype(), tensor.shape(), begin, end));
        });
    return new SafeTensorsHeader(entries, metadata);
  }

  private static long bytes(Tensor tensor) {
    return tensor.numel() * tensor.dtype().bytes();
  }

  private static SafeTensorsHeader readHeader(Path file, FileChannel channel) throws IOException {
    String name = file.toString();
    long size = channel.size();
    if (size < LENGTH_BYTES) {
      throw new FormatException(name, "a header length of 8 bytes", "%,d bytes".formatted(size));
    }
    ByteBuffer length = ByteBuffer.allocate(LENGTH_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    readFully(name, channel, length);
    long headerSize = length.flip().getLong();
    long limit = Math.min(MAX_HEADER, size - LENGTH_BYTES);
    if (headerSize < 0 || headerSize > limit) {
      throw new FormatException(
          name,
          "a header of at most %,d bytes in a file of %,d".formatted(limit, size),
          Long.toUnsignedString(headerSize));
    }
    ByteBuffer json = ByteBuffer.allocate((int) headerSize);
    readFully(name, channel, json);
    SafeTensorsHeader header = SafeTensorsParser.parse(name, json.array());
    header.requireFilled(name, size - LENGTH_BYTES - headerSize);
    return header;
  }

  private static Tensor allocate(Entry entry) {
    return Interpreter.allocate(TensorSpec.of(entry.shape(), entry.dtype()), Device.CPU);
  }

  private static void readTensor(Path file, FileChannel channel, String name, Tensor tensor)
      throws IOException {
    MemorySegment values = tensor.storage().segment().asSlice(0, bytes(tensor));
    for (long at = 0; at < values.byteSize(); at += CHUNK) {
      readFully(file.toString(), channel, chunk(values, at));
    }
    if (tensor.dtype() == DType.BOOL) {
      requireBooleans(file, name, values);
    }
  }

  private static void requireBooleans(Path file, String name, MemorySegment values) {
    for (long i = 0; i < values.byteSize(); i++) {
      byte value = values.get(ValueLayout.JAVA_BYTE, i);
      if (value != 0 && value != 1) {
        throw new FormatException(
            file.toString(), "tensor '" + name + "' BOOL of bytes 0 and 1", "" + (value & 0xff));
      }
    }
  }

  private static void writeTensor(FileChannel channel, Tensor tensor) throws IOException {
    Tensor plain = tensor.detach().to(Device.CPU).contiguous();
    long start = plain.layout().offset() * plain.dtype().bytes();
    MemorySegment values = plain.contents().asSlice(start, bytes(plain));
    try {
      for (long at = 0; at < values.byteSize(); at += CHUNK) {
        writeFully(channel, chunk(values, at));
      }
    } finally {
      // The memory may go back to the pool once nothing refers to the tensor any more.
      Reference.reachabilityFence(plain);
    }
  }

  private static ByteBuffer chunk(MemorySegment values, long at) {
    return values.asSlice(at, Math.min(CHUNK, values.byteSize() - at)).asByteBuffer();
  }

  private static void readFully(String file, FileChannel channel, ByteBuffer buffer)
      throws IOException {
    while (buffer.hasRemaining()) {
      if (channel.read(buffer) < 0) {
        throw new FormatException(file, "%,d more bytes".formatted(buffer.remaining()), "the end");
      }
    }
  }

  private static void writeFully(FileChannel channel, ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  /** Elements are copied as they are, and the format is little-endian. */
  private static void requireLittleEndian() {
    if (ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN) {
      throw new UnsupportedOperationException("safetensors: this machine is big-endian");
    }
  }
}
