package dev.manabi.kernels.cuda;

import dev.manabi.kernels.cuda.driver.CudaException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The committed PTX. */
final class PtxFiles {
  private static final int HASH_BYTES = 6;

  private PtxFiles() {}

  /**
   * The text of a file such as {@code gemm.f32}.
   *
   * @throws CudaException if there is none
   */
  static String read(String name) {
    String file = "ptx/" + name + ".ptx";
    try (InputStream in = PtxFiles.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new CudaException(
            "cuda: there is no kernel file " + file + "\n  fix: kernels/cuda/ptx.sh makes it");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** By which tables tell what a kernel's PTX was: the first 12 digits of its SHA-256. */
  static String hash(String ptx) {
    return HexFormat.of().formatHex(sha256(ptx), 0, HASH_BYTES);
  }

  static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
