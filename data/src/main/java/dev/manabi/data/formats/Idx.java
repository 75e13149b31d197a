package dev.manabi.data.formats;

import dev.manabi.tensor.error.FormatException;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * An array of unsigned bytes in the IDX format of the MNIST database, plain or gzipped.
 *
 * <p>The file: two zero bytes, one byte for the element type (0x08, unsigned byte, is the only one
 * read here), one byte for the rank, then each dimension as a big-endian 32-bit integer, then the
 * elements in row-major order, and nothing after them. Source: Y. LeCun, C. Cortes, C. Burges, "The
 * MNIST database of handwritten digits", section "File formats".
 */
public final class Idx {
  private static final int UNSIGNED_BYTE = 0x08;

  /** Deflate spends at least two bits on a match of at most 258 bytes: no file shrinks further. */
  private static final long MAX_DEFLATE_RATIO = 1032;

  /** What one Java array surely holds. */
  private static final int MAX_COUNT = Integer.MAX_VALUE - 8;

  private final int[] dims;
  private final byte[] data;

  private Idx(int[] dims, byte[] data) {
    this.dims = dims;
    this.data = data;
  }

  /** Number of dimensions. */
  public int rank() {
    return dims.length;
  }

  /** Size along {@code axis}. */
  public int dim(int axis) {
    return dims[axis];
  }

  /** The elements in row-major order, not a copy; each stands for an unsigned value, 0 to 255. */
  public byte[] data() {
    return data;
  }

  /**
   * Reads a file, plain or gzipped (its first bytes tell which).
   *
   * @param rank the number of dimensions it must have
   * @throws FormatException if the file is not an IDX file of {@code rank} dimensions of unsigned
   *     bytes, or is shorter or longer than its header says
   * @throws UncheckedIOException if it cannot be read
   */
  public static Idx read(Path file, int rank) {
    try (InputStream in = Files.newInputStream(file)) {
      return read(file.toString(), in, Files.size(file), rank);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Reads a file that is in memory, plain or gzipped.
   *
   * @param name what to call it in an error
   * @throws FormatException as {@link #read(Path, int)} does
   */
  public static Idx read(String name, byte[] file, int rank) {
    try {
      return read(name, new ByteArrayInputStream(file), file.length, rank);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Idx read(String name, InputStream in, long fileSize, int rank) throws IOException {
    byte[] start = in.readNBytes(2);
    boolean gzip = start.length == 2 && start[0] == 0x1f && start[1] == (byte) 0x8b;
    var whole = new SequenceInputStream(new ByteArrayInputStream(start), in);
    if (!gzip) {
      return parse(name, whole, rank, fileSize, fileSize);
    }
    try (var inflated = new GZIPInputStream(whole, 1 << 16)) {
      return parse(name, inflated, rank, 0, fileSize * MAX_DEFLATE_RATIO);
    } catch (ZipException | EOFException e) {
      throw new FormatException(name, "one whole gzip stream", String.valueOf(e.getMessage()));
    }
  }

  /** Parses a stream that is known to hold between {@code minSize} and {@code maxSize} bytes. */
  private static Idx parse(String name, InputStream in, int rank, long minSize, long maxSize)
      throws IOException {
    int[] dims = readDims(name, in, rank);
    int count = count(name, dims);
    long size = (long) headerSize(rank) + count;
    String expected = "%,d bytes for dimensions %s".formatted(size, Arrays.toString(dims));
    if (size > maxSize) {
      throw new FormatException(name, expected, "%,d at most".formatted(maxSize));
    }
    if (size < minSize) {
      throw new FormatException(name, expected, "%,d".formatted(minSize));
    }
    // readNBytes takes memory as bytes arrive, so a gzip whose header lies costs what it holds.
    byte[] data = in.readNBytes(count);
    if (data.length < count) {
      throw new FormatException(name, expected, "%,d".formatted(size - count + data.length));
    }
    if (in.read() >= 0) {
      throw new FormatException(name, expected, "more");
    }
    return new Idx(dims, data);
  }

  private static int headerSize(int rank) {
    return 4 + 4 * rank;
  }

  private static int[] readDims(String name, InputStream in, int rank) throws IOException {
    byte[] header = in.readNBytes(headerSize(rank));
    String magic = "%04x".formatted(UNSIGNED_BYTE << 8 | rank);
    String found = HexFormat.of().formatHex(header, 0, Math.min(4, header.length));
    if (!found.equals("0000" + magic)) {
      throw new FormatException(
          name, "magic number 0000" + magic + " (IDX, unsigned bytes, rank " + rank + ")", found);
    }
    if (header.length < headerSize(rank)) {
      throw new FormatException(
          name, "a header of " + headerSize(rank) + " bytes", header.length + " bytes");
    }
    IntBuffer sizes = ByteBuffer.wrap(header, 4, 4 * rank).asIntBuffer();
    int[] dims = new int[rank];
    sizes.get(dims);
    return dims;
  }

  /** Number of elements, refused if it does not fit one Java array. */
  private static int count(String name, int[] dims) {
    long count = 1;
    for (int dim : dims) {
      // Both factors are below 2^31, so the product stays below 2^62.
      count *= dim;
      if (dim < 0 || count > MAX_COUNT) {
        throw new FormatException(
            name,
            "dimensions from 0 up with at most %,d elements".formatted(MAX_COUNT),
            Arrays.toString(dims));
      }
    }
    return (int) count;
  }
}
