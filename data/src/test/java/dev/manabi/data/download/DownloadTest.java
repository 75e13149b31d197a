package dev.manabi.data.download;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.manabi.data.vision.LabeledImages;
import dev.manabi.data.vision.Mnist;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class DownloadTest {
  private static final String NAME = "file.bin";
  private static final byte[] CONTENT = new byte[300_000];

  static {
    new Random(1).nextBytes(CONTENT);
  }

  @TempDir Path folder;
  private HttpServer server;

  /** One line per request: its path and the Range it asks for. */
  private final List<String> requests = new ArrayList<>();

  @BeforeEach
  void startServer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.start();
  }

  @AfterEach
  void stopServer() {
    server.stop(0);
  }

  private URI url(String path) {
    return URI.create("http://localhost:" + server.getAddress().getPort() + path);
  }

  private interface Answer {
    void to(HttpExchange exchange) throws IOException;
  }

  private void serve(String path, Answer answer) {
    server.createContext(
        path,
        exchange -> {
          String range = Objects.toString(exchange.getRequestHeaders().getFirst("Range"), "all");
          requests.add(exchange.getRequestURI() + " " + range);
          try (exchange) {
            answer.to(exchange);
          }
        });
  }

  /** A server that knows Range. */
  private void serveWithRange(String path, byte[] content) {
    serve(
        path,
        exchange -> {
          String range = exchange.getRequestHeaders().getFirst("Range");
          int from = range == null ? 0 : Integer.parseInt(range.replaceAll("\\D", ""));
          if (from >= content.length) {
            exchange.sendResponseHeaders(416, -1);
            return;
          }
          if (from > 0) {
            String sent = "bytes " + from + "-" + (content.length - 1) + "/" + content.length;
            exchange.getResponseHeaders().set("Content-Range", sent);
          }
          send(exchange, from > 0 ? 206 : 200, Arrays.copyOfRange(content, from, content.length));
        });
  }

  private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
  }

  private static RemoteFile remote(byte[] content, boolean gzip) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(content);
      return new RemoteFile(NAME, gzip, content.length, HexFormat.of().formatHex(hash));
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  private Download download(String... paths) {
    List<URI> mirrors = Arrays.stream(paths).map(this::url).toList();
    return new Download(folder, mirrors, Progress.NONE);
  }

  private void assertFetched() throws IOException {
    assertArrayEquals(CONTENT, Files.readAllBytes(folder.resolve(NAME)));
    assertFalse(Files.exists(folder.resolve(NAME + ".part")));
  }

  private String refusal(Download download) {
    return assertThrows(UncheckedIOException.class, () -> download.fetch(remote(CONTENT, false)))
        .getCause()
        .getMessage();
  }

  @Test
  void fetchesAFileAndReportsItsProgress() throws IOException {
    serveWithRange("/data/", CONTENT);
    List<Long> seen = new ArrayList<>();
    Progress progress =
        (file, bytes, total) -> {
          assertEquals(NAME, file);
          assertEquals(CONTENT.length, total);
          seen.add(bytes);
        };
    // Without the slash at its end, too, a base URL is a folder.
    Path file =
        new Download(folder.resolve("new"), List.of(url("/data")), progress)
            .fetch(remote(CONTENT, false));
    assertArrayEquals(CONTENT, Files.readAllBytes(file));
    assertEquals(0, seen.getFirst());
    assertEquals(CONTENT.length, seen.getLast());
    assertEquals(seen.stream().sorted().toList(), seen);
  }

  @Test
  void doesNotFetchWhatIsThere() throws IOException {
    Files.write(folder.resolve(NAME), CONTENT);
    download("/none/").fetch(remote(CONTENT, false));
    assertEquals(List.of(), requests);
  }

  @Test
  void replacesAFileWithAWrongChecksum() throws IOException {
    serveWithRange("/", CONTENT);
    Files.write(folder.resolve(NAME), new byte[10]);
    download("/").fetch(remote(CONTENT, false));
    assertFetched();
  }

  @Test
  void continuesAPartThatIsThere() throws IOException {
    serveWithRange("/", CONTENT);
    Files.write(folder.resolve(NAME + ".part"), Arrays.copyOf(CONTENT, 100_000));
    download("/").fetch(remote(CONTENT, false));
    assertFetched();
    assertEquals(List.of("/file.bin bytes=100000-"), requests);
  }

  @Test
  void takesAPartThatIsAlreadyWhole() throws IOException {
    serveWithRange("/", CONTENT);
    Files.write(folder.resolve(NAME + ".part"), CONTENT);
    download("/").fetch(remote(CONTENT, false));
    assertFetched();
  }

  @Test
  void startsAgainWhereTheServerDoesNotKnowRange() throws IOException {
    serve("/", exchange -> send(exchange, 200, CONTENT));
    Files.write(folder.resolve(NAME + ".part"), new byte[1000]);
    download("/").fetch(remote(CONTENT, false));
    assertFetched();
  }

  @Test
  void startsAgainWhenTheContinuedPartWasOfAnotherFile() throws IOException {
    serveWithRange("/", CONTENT);
    Files.write(folder.resolve(NAME + ".part"), new byte[1000]);
    download("/").fetch(remote(CONTENT, false));
    assertFetched();
    assertEquals(List.of("/file.bin bytes=1000-", "/file.bin all"), requests);
  }

  @Test
  void continuesAfterABrokenConnection() throws IOException {
    serve(
        "/broken/",
        exchange -> {
          exchange.sendResponseHeaders(200, CONTENT.length);
          exchange.getResponseBody().write(CONTENT, 0, 120_000);
          exchange.getResponseBody().flush();
        });
    serveWithRange("/whole/", CONTENT);
    download("/broken/", "/whole/").fetch(remote(CONTENT, false));
    assertFetched();
    assertEquals("/broken/file.bin all", requests.get(0));
    String range = "/whole/file.bin bytes=";
    assertTrue(requests.get(1).startsWith(range), requests.get(1));
    // What was still on its way when the connection broke may be lost.
    int from = Integer.parseInt(requests.get(1).substring(range.length()).replace("-", ""));
    assertTrue(from > 0 && from <= 120_000, requests.get(1));
  }

  @Test
  void goesToTheNextMirror() throws IOException {
    serve("/gone/", exchange -> exchange.sendResponseHeaders(404, -1));
    serveWithRange("/good/", CONTENT);
    download("/gone/", "/good/").fetch(remote(CONTENT, false));
    assertFetched();
  }

  @Test
  void saysWhatEveryMirrorAnswered() {
    serve("/gone/", exchange -> exchange.sendResponseHeaders(404, -1));
    serve("/wrong/", exchange -> send(exchange, 200, new byte[CONTENT.length]));
    String message = refusal(download("/gone/", "/wrong/"));
    assertTrue(message.contains("no mirror gave file.bin"), message);
    assertTrue(message.contains("/gone/file.bin: HTTP status 404"), message);
    assertTrue(message.contains(remote(CONTENT, false).sha256()), message);
    assertFalse(Files.exists(folder.resolve(NAME)));
    assertFalse(Files.exists(folder.resolve(NAME + ".part")));
  }

  @Test
  void stopsAtTheExpectedSize() {
    serve(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          for (int i = 0; i < 10_000; i++) {
            exchange.getResponseBody().write(new byte[100_000]);
          }
        });
    String message = refusal(download("/"));
    assertTrue(message.contains("more than the expected 300,000 bytes"), message);
    assertFalse(Files.exists(folder.resolve(NAME + ".part")));
  }

  @Test
  void refusesARangeThatWasNotAskedFor() throws IOException {
    serve(
        "/",
        exchange -> {
          exchange.getResponseHeaders().set("Content-Range", "bytes 0-9/10");
          send(exchange, 206, new byte[10]);
        });
    Files.write(folder.resolve(NAME + ".part"), new byte[1000]);
    String message = refusal(download("/"));
    assertTrue(message.contains("asked for the bytes from 1000, got bytes 0-9/10"), message);
  }

  @Test
  void aGzipIsCheckedByWhatIsInside() throws IOException {
    byte[] content = new byte[50_000];
    var out = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(out)) {
      gzip.write(content);
    }
    serveWithRange("/good/", out.toByteArray());
    byte[] longer = new byte[2_000_000];
    var bomb = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(bomb)) {
      gzip.write(longer);
    }
    serveWithRange("/bomb/", bomb.toByteArray());
    Path file = download("/bomb/", "/good/").fetch(remote(content, true));
    assertArrayEquals(out.toByteArray(), Files.readAllBytes(file));
  }

  @Test
  void anInterruptedDownloadStopsAndKeepsItsPart() throws IOException {
    serve(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(200, CONTENT.length);
          exchange.getResponseBody().write(CONTENT, 0, 1000);
        });
    Thread.currentThread().interrupt();
    assertThrows(UncheckedIOException.class, () -> download("/").fetch(remote(CONTENT, false)));
    assertTrue(Thread.interrupted());
  }

  @Test
  void aDownloadNeedsAMirror() {
    assertThrows(
        IllegalArgumentException.class, () -> new Download(folder, List.of(), Progress.NONE));
  }

  @Test
  void mnistDownloadsAndReadsItsFourFiles() throws IOException {
    serve(
        "/mnist/",
        exchange -> {
          String name = exchange.getRequestURI().getPath().substring("/mnist/".length());
          try (InputStream in = Mnist.class.getResourceAsStream("mnist/" + name)) {
            send(exchange, 200, in.readAllBytes());
          }
        });
    Mnist.download(folder, List.of(url("/mnist/")), Progress.NONE);
    assertEquals(4, requests.size());
    LabeledImages train = Mnist.train(folder);
    assertEquals(60_000, train.size());
    assertArrayEquals(Mnist.test().classCounts(), Mnist.test(folder).classCounts());
  }
}
