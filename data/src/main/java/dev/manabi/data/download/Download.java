package dev.manabi.data.download;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Fetches files over HTTP into a folder.
 *
 * <p>A file is written to {@code NAME.part} and gets its name only when its checksum is right. A
 * part that a broken connection or a killed program left behind is continued, not fetched again
 * (HTTP Range, RFC 9110 section 14).
 */
public final class Download {
  private static final int ROUNDS = 3;
  private static final int OK = 200;
  private static final int PARTIAL_CONTENT = 206;
  private static final int RANGE_NOT_SATISFIABLE = 416;
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private final Path folder;
  private final List<URI> mirrors;
  private final Progress progress;

  /**
   * Prepares to download.
   *
   * @param folder where files go; made if absent
   * @param mirrors base URLs, tried in this order; a file's name is appended to them
   */
  public Download(Path folder, List<URI> mirrors, Progress progress) {
    if (mirrors.isEmpty()) {
      throw new IllegalArgumentException("download: no base URL; fix: give at least one");
    }
    this.folder = folder;
    this.mirrors = mirrors.stream().map(Download::asFolder).toList();
    this.progress = progress;
  }

  private static URI asFolder(URI base) {
    return base.toString().endsWith("/") ? base : URI.create(base + "/");
  }

  /**
   * Fetches a file, unless the folder already has it.
   *
   * @return where it is
   * @throws UncheckedIOException if no mirror gave it
   */
  public Path fetch(RemoteFile file) {
    Path target = folder.resolve(file.name());
    try (HttpClient client = client()) {
      Files.createDirectories(folder);
      if (!isComplete(target, file)) {
        Path part = folder.resolve(file.name() + ".part");
        fetchFromAny(client, file, part);
        Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
      }
      return target;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static HttpClient client() {
    return HttpClient.newBuilder()
        .followRedirects(HttpClient.Redirect.NORMAL)
        .connectTimeout(TIMEOUT)
        .build();
  }

  private static boolean isComplete(Path target, RemoteFile file) {
    if (!Files.exists(target)) {
      return false;
    }
    try {
      file.verify(target);
      return true;
    } catch (IOException e) {
      System.getLogger(Download.class.getName())
          .log(System.Logger.Level.WARNING, "downloading again: " + e.getMessage());
      return false;
    }
  }

  /** Goes round the mirrors; each attempt continues what the ones before it left. */
  private void fetchFromAny(HttpClient client, RemoteFile file, Path part) throws IOException {
    Set<String> failures = new LinkedHashSet<>();
    for (int i = 0; i < ROUNDS * mirrors.size(); i++) {
      URI uri = mirrors.get(i % mirrors.size()).resolve(file.name());
      try {
        transfer(client, uri, file, part);
        verify(file, part);
        return;
      } catch (InterruptedIOException e) {
        throw e;
      } catch (IOException e) {
        failures.add(uri + ": " + e.getMessage());
      }
    }
    throw new IOException(
        "download: no mirror gave " + file.name() + "\n  " + String.join("\n  ", failures));
  }

  private void transfer(HttpClient client, URI uri, RemoteFile file, Path part) throws IOException {
    long have = Files.exists(part) ? Files.size(part) : 0;
    HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(TIMEOUT);
    if (have > 0) {
      request.header("Range", "bytes=" + have + "-");
    }
    HttpResponse<InputStream> response = send(client, request.build());
    try (InputStream body = response.body()) {
      switch (response.statusCode()) {
        case OK -> save(response, body, file, part, 0);
        case PARTIAL_CONTENT -> {
          requireStart(response, have);
          save(response, body, file, part, have);
        }
        // Nothing follows what is here already: its checksum decides.
        case RANGE_NOT_SATISFIABLE -> {}
        default -> throw new IOException("HTTP status " + response.statusCode());
      }
    }
  }

  private static HttpResponse<InputStream> send(HttpClient client, HttpRequest request)
      throws IOException {
    try {
      return client.send(request, BodyHandlers.ofInputStream());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("download interrupted");
    }
  }

  private static void requireStart(HttpResponse<?> response, long have) throws IOException {
    String range = response.headers().firstValue("Content-Range").orElse("nothing");
    if (!range.startsWith("bytes " + have + "-")) {
      throw new IOException("asked for the bytes from " + have + ", got " + range);
    }
  }

  private void save(
      HttpResponse<?> response, InputStream body, RemoteFile file, Path part, long have)
      throws IOException {
    OptionalLong length = response.headers().firstValueAsLong("Content-Length");
    long total = length.isPresent() ? have + length.getAsLong() : -1;
    long bytes = have;
    try (OutputStream out =
        Files.newOutputStream(part, CREATE, WRITE, have == 0 ? TRUNCATE_EXISTING : APPEND)) {
      byte[] buffer = new byte[1 << 16];
      progress.update(file.name(), bytes, total);
      for (int n = body.read(buffer); n >= 0; n = body.read(buffer)) {
        bytes += n;
        if (bytes > file.maxBytes()) {
          break;
        }
        out.write(buffer, 0, n);
        progress.update(file.name(), bytes, total);
      }
    }
    if (bytes > file.maxBytes()) {
      Files.delete(part);
      throw new IOException("more than the expected %,d bytes".formatted(file.maxBytes()));
    }
  }

  /** A part with the wrong checksum is of no use to any later attempt. */
  private static void verify(RemoteFile file, Path part) throws IOException {
    try {
      file.verify(part);
    } catch (IOException e) {
      Files.deleteIfExists(part);
      throw e;
    }
  }
}
