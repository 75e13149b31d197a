package dev.manabi.data.download;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.zip.GZIPInputStream;

/**
 * A file to download, and how to know that it is the right one.
 *
 * @param name its name, which is appended to the mirror's base URL
 * @param gzip whether size and checksum are of what is inside the gzip; then mirrors may have
 *     compressed it differently
 * @param size number of bytes
 * @param sha256 the checksum, as 64 lower-case hexadecimal digits
 */
public record RemoteFile(String name, boolean gzip, long size, String sha256) {
  /** What a gzip adds at worst to what it cannot compress, generously. */
  private static final long GZIP_OVERHEAD = 1 << 16;

  /** The most bytes that a mirror may send. */
  long maxBytes() {
    return gzip ? size + size / 100 + GZIP_OVERHEAD : size;
  }

  /**
   * Compares a local file with what is known of this one.
   *
   * @throws IOException if it is not this file, or cannot be read
   */
  void verify(Path local) throws IOException {
    MessageDigest digest = newDigest();
    long found;
    try (InputStream in = open(local);
        var digesting = new DigestInputStream(in, digest)) {
      // One byte too many is enough to know, so a gzip that inflates for ever does no harm.
      found = skip(digesting, size + 1);
    }
    String hash = HexFormat.of().formatHex(digest.digest());
    if (found != size || !hash.equals(sha256)) {
      throw new IOException(
          "%s: expected %,d bytes%s with SHA-256 %s, found %,d with %s"
              .formatted(local, size, gzip ? " inside the gzip" : "", sha256, found, hash));
    }
  }

  private InputStream open(Path local) throws IOException {
    InputStream file = Files.newInputStream(local);
    try {
      return gzip ? new GZIPInputStream(file, 1 << 16) : file;
    } catch (IOException e) {
      file.close();
      throw e;
    }
  }

  /** Reads up to {@code limit} bytes; returns how many there were. */
  private static long skip(InputStream in, long limit) throws IOException {
    byte[] buffer = new byte[1 << 16];
    long count = 0;
    while (count < limit) {
      int n = in.read(buffer, 0, (int) Math.min(buffer.length, limit - count));
      if (n < 0) {
        break;
      }
      count += n;
    }
    return count;
  }

  private static MessageDigest newDigest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has SHA-256", e);
    }
  }
}
