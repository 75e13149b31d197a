package dev.manabi.data.formats;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.manabi.tensor.DType;
import dev.manabi.tensor.Device;
import dev.manabi.tensor.Layout;
import dev.manabi.tensor.Shape;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.TensorSpec;
import dev.manabi.tensor.Tensors;
import dev.manabi.tensor.error.FormatException;
import dev.manabi.tensor.run.Interpreter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SafeTensorsTest {
  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void nameFile() {
    file = folder.resolve("weights.safetensors");
  }

  /** A file with this header and so many zero bytes of data. */
  static byte[] bytes(String header, int dataSize) {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(8 + json.length + dataSize)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(json.length)
        .put(json)
        .array();
  }

  private static byte[] content(Tensor tensor) {
    return Arrays.copyOf(
        tensor.segment().toArray(ValueLayout.JAVA_BYTE),
        (int) tensor.numel() * tensor.dtype().bytes());
  }

  private String refused(byte[] content) {
    try {
      Files.write(file, content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    var e = assertThrows(FormatException.class, () -> SafeTensors.load(file));
    assertTrue(e.getMessage().startsWith(file.toString()), e.getMessage());
    return e.getMessage();
  }

  private void refused(String header, int dataSize, String expected, String found) {
    String message = refused(bytes(header, dataSize));
    assertTrue(message.contains("expected " + expected), message);
    assertTrue(message.endsWith("found " + found), message);
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void everyDtypeComesBackBitForBit(DType dtype) {
    Tensor tensor = Interpreter.allocate(TensorSpec.of(Shape.of(2, 3), dtype), Device.CPU);
    byte[] content = new byte[6 * dtype.bytes()];
    for (int i = 0; i < content.length; i++) {
      content[i] = (byte) (dtype == DType.BOOL ? i % 2 : 37 * i + 5);
      tensor.segment().set(ValueLayout.JAVA_BYTE, i, content[i]);
    }
    SafeTensors.save(file, Map.of("x", tensor));
    Tensor loaded = SafeTensors.load(file).get("x");
    assertEquals(dtype, loaded.dtype());
    assertEquals(Shape.of(2, 3), loaded.shape());
    assertArrayEquals(content, content(loaded));
  }

  @Test
  void tensorsComeBackInTheOrderTheyWereGivenIn() {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("steps", Tensors.of(new byte[] {1, 2, 3}));
    tensors.put("conv.weight", Tensors.of(new float[] {1.5f, -2}, 2, 1));
    tensors.put("nothing", Tensors.of(new float[0], 0, 7));
    tensors.put("scalar", Tensors.of(new double[] {Math.PI}).reshape());
    tensors.put("名前 \"quoted\"\n", Tensors.of(new long[] {Long.MIN_VALUE}));
    SafeTensors.save(file, tensors);
    SequencedMap<String, Tensor> loaded = SafeTensors.load(file);
    assertEquals(List.copyOf(tensors.keySet()), List.copyOf(loaded.keySet()));
    for (String name : tensors.keySet()) {
      assertEquals(tensors.get(name).spec().toString(), loaded.get(name).spec().toString());
      assertArrayEquals(content(tensors.get(name)), content(loaded.get(name)));
    }
  }

  @Test
  void metadataComesBack() {
    Map<String, String> metadata = Map.of("format", "pt", "epoch", "3", "", "ü\u0000");
    SafeTensors.save(file, Map.of("x", Tensors.of(new float[] {1})), metadata);
    assertEquals(metadata, SafeTensors.metadata(file));
    assertEquals(List.of("x"), List.copyOf(SafeTensors.load(file).keySet()));
  }

  @Test
  void noTensorsAtAllMakeAFileToo() {
    SafeTensors.save(file, Map.of());
    assertEquals(Map.of(), SafeTensors.load(file));
    assertEquals(Map.of(), SafeTensors.metadata(file));
  }

  @Test
  void theFileIsLaidOutAsTheFormatSays() throws IOException {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("b", Tensors.of(new byte[] {7, 8}));
    tensors.put("a", Tensors.of(new float[] {1}));
    SafeTensors.save(file, tensors, Map.of("k", "v"));
    String header =
        "{\"__metadata__\":{\"k\":\"v\"},"
            + "\"b\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[4,6]},"
            + "\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}";
    int padded = (header.length() + 7) / 8 * 8;
    byte[] expected = bytes(header + " ".repeat(padded - header.length()), 6);
    System.arraycopy(new byte[] {0, 0, -128, 63, 7, 8}, 0, expected, 8 + padded, 6);
    assertArrayEquals(expected, Files.readAllBytes(file));
  }

  @Test
  void readsAHeaderWithFieldsAndSpacesOfOthers() throws IOException {
    String header =
        " { \"x\" :"
            + " {\"shape\":[2,1],\"note\":{\"a\":[1]},\"data_offsets\":[0,2],\"dtype\":\"I8\"}}";
    Files.write(file, bytes(header.strip() + "  \n", 2));
    assertEquals("[2, 1] i8", SafeTensors.load(file).get("x").spec().toString());
  }

  @Test
  void aViewIsSavedAsTheElementsItShows() {
    Tensor base = Tensors.of(new float[] {1, 2, 3, 4, 5, 6});
    Tensor tail = base.withLayout(Layout.of(Shape.of(2), new long[] {1}, 3));
    SafeTensors.save(file, Map.of("tail", tail));
    assertArrayEquals(new float[] {4, 5}, SafeTensors.load(file).get("tail").toFloatArray());
  }

  @Test
  void aTransposedTensorIsSavedRowMajor() {
    Tensor columns = Tensors.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3).t();
    SafeTensors.save(file, Map.of("t", columns));
    Tensor loaded = SafeTensors.load(file).get("t");
    assertEquals(Shape.of(3, 2), loaded.shape());
    assertArrayEquals(new float[] {1, 4, 2, 5, 3, 6}, loaded.toFloatArray());
  }

  @Test
  void savingReplacesTheFileAndLeavesNothingBeside() throws IOException {
    for (int i = 0; i < 3; i++) {
      SafeTensors.save(file, Map.of("x", Tensors.of(new int[] {i})));
      assertArrayEquals(new int[] {i}, SafeTensors.load(file).get("x").toIntArray());
    }
    try (var files = Files.list(folder)) {
      assertEquals(List.of(file), files.toList());
    }
  }

  @Test
  void aFailedSaveLeavesTheOldFile() throws IOException {
    SafeTensors.save(file, Map.of("x", Tensors.of(new int[] {1})));
    assertThrows(
        UncheckedIOException.class,
        () ->
            AtomicFile.write(
                file,
                channel -> {
                  channel.write(ByteBuffer.allocate(100));
                  throw new IOException("disk full");
                }));
    assertArrayEquals(new int[] {1}, SafeTensors.load(file).get("x").toIntArray());
    try (var files = Files.list(folder)) {
      assertEquals(List.of(file), files.toList());
    }
  }

  @Test
  void aTensorCannotHaveTheNameOfTheMetadata() {
    Map<String, Tensor> tensors = Map.of("__metadata__", Tensors.of(new int[] {1}));
    assertThrows(IllegalArgumentException.class, () -> SafeTensors.save(file, tensors));
  }

  @Test
  void refusesATruncatedFile() throws IOException {
    SafeTensors.save(file, Map.of("x", Tensors.of(new float[] {1, 2, 3})));
    byte[] whole = Files.readAllBytes(file);
    for (int length = 0; length < whole.length; length++) {
      refused(Arrays.copyOf(whole, length));
    }
  }

  @Test
  void refusesBytesAfterTheLastTensor() throws IOException {
    SafeTensors.save(file, Map.of("x", Tensors.of(new float[] {1, 2, 3})));
    byte[] whole = Files.readAllBytes(file);
    String message = refused(Arrays.copyOf(whole, whole.length + 1));
    assertTrue(
        message.endsWith("expected 12 bytes of tensors after the header, found 13"), message);
  }

  @Test
  void refusesAHeaderLongerThanTheFileOrTheLimit() throws IOException {
    for (long length : new long[] {3, SafeTensors.MAX_HEADER + 1, 1L << 62, -1, Long.MIN_VALUE}) {
      byte[] content =
          ByteBuffer.allocate(10).order(ByteOrder.LITTLE_ENDIAN).putLong(length).array();
      String message = refused(content);
      assertTrue(message.contains("a header of at most 2 bytes in a file of 10"), message);
    }
  }

  @Test
  void refusesWhatIsNotJson() {
    refused("", 0, "a header that begins with {", "an empty one");
    refused("[]", 0, "a header that begins with {", "byte 0x5b");
    assertTrue(refused(bytes("{", 0)).contains("expected a JSON header"));
    assertTrue(refused(bytes("{\"x\":}", 0)).contains("expected a JSON header"));
    refused("{} {}", 0, "only spaces after the header's JSON", "START_OBJECT");
    byte[] latin1 = bytes("{\"__metadata__\":{\"k\":\"?\"}}", 0);
    latin1[latin1.length - 4] = (byte) 0xfc;
    assertTrue(refused(latin1).contains("expected a JSON header"));
  }

  @Test
  void refusesTwoTensorsOfOneName() {
    String entry = "\"x\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}";
    assertTrue(refused(bytes("{" + entry + "," + entry + "}", 1)).contains("Duplicate"));
    assertTrue(
        refused(bytes("{\"__metadata__\":{\"a\":\"1\",\"a\":\"2\"}}", 0)).contains("Duplicate"));
  }

  /** A header with one tensor of dtype U8. */
  private static String one(String shape, String offsets) {
    return "{\"x\":{\"dtype\":\"U8\",\"shape\":" + shape + ",\"data_offsets\":" + offsets + "}}";
  }

  @Test
  void refusesShapesThatCannotBe() {
    refused(one("[-1]", "[0,1]"), 1, "tensor 'x' shape of whole numbers from 0 up", "-1");
    refused(one("[1.5]", "[0,1]"), 1, "tensor 'x' shape of whole numbers from 0 up", "1.5");
    refused(one("[\"1\"]", "[0,1]"), 1, "tensor 'x' shape of whole numbers from 0 up", "1");
    refused(one("[[1]]", "[0,1]"), 1, "tensor 'x' shape of whole numbers from 0 up", "[");
    refused(one("1", "[0,1]"), 1, "tensor 'x' shape to be start array", "value number int");
    String rest = "shape whose sizes and number of elements can exist";
    refused(one("[4294967296]", "[0,1]"), 1, "tensor 'x' " + rest, "[4294967296]");
    String max = "2147483647";
    String huge = "[" + max + ", " + max + ", " + max + "]";
    refused(one(huge, "[0,1]"), 1, "tensor 'x' " + rest, huge);
    assertTrue(refused(bytes(one("[99999999999999999999]", "[0,1]"), 1)).contains("JSON header"));
    String deep = "[" + "1,".repeat(64) + "1]";
    refused(one(deep, "[0,1]"), 1, "tensor 'x' shape of at most 64 numbers", "more");
  }

  @Test
  void refusesShapesAndOffsetsThatDoNotAgree() {
    String f64 = "{\"x\":{\"dtype\":\"F64\",\"shape\":[2],\"data_offsets\":[0,15]}}";
    refused(f64, 15, "tensor 'x' to have 2 elements of 8 bytes for [2] f64", "15 bytes");
    // 2^62 elements of 4 bytes: the product in bytes overflows to 0.
    String wraps =
        "{\"x\":{\"dtype\":\"F32\",\"shape\":[2147483648,2147483648],\"data_offsets\":[0,0]}}"
            .replace("2147483648,2147483648", "1073741824,1073741824,4");
    refused(
        wraps,
        0,
        "tensor 'x' to have 4611686018427387904 elements of 4 bytes"
            + " for [1073741824, 1073741824, 4] f32",
        "0 bytes");
    refused(one("[1]", "[1,0]"), 1, "tensor 'x' data_offsets [begin, end]", "[1, 0]");
    refused(one("[1]", "[0]"), 1, "tensor 'x' data_offsets [begin, end]", "[0]");
    refused(one("[1]", "[0,1,2]"), 1, "tensor 'x' data_offsets [begin, end]", "[0, 1, 2]");
  }

  @Test
  void refusesGapsAndOverlaps() {
    String form =
        "{\"x\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]},"
            + "\"y\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[%d,%d]}}";
    String expected = "tensor 'y' to begin at byte 4, without gap or overlap";
    refused(form.formatted(5, 9), 9, expected, "byte 5");
    refused(form.formatted(3, 7), 7, expected, "byte 3");
    refused(form.formatted(0, 4), 4, expected, "byte 0");
    refused(one("[1]", "[1,2]"), 2, "tensor 'x' to begin at byte 0", "byte 1");
  }

  @Test
  void refusesUnknownDtypesAndMissingFields() {
    String names = "[F32, F64, F16, BF16, I64, I32, I8, U8, BOOL]";
    refused(
        "{\"x\":{\"dtype\":\"F8_E4M3\",\"shape\":[1],\"data_offsets\":[0,1]}}",
        1,
        "tensor 'x' dtype one of " + names,
        "F8_E4M3");
    String expected = "tensor 'x' to have dtype, shape and data_offsets";
    refused("{\"x\":{\"dtype\":\"U8\",\"shape\":[1]}}", 1, expected, "not all three");
    refused("{\"x\":3}", 0, "tensor 'x' to be start object", "value number int");
    refused(
        "{\"__metadata__\":{\"a\":1}}", 0, "metadata 'a' to be value string", "value number int");
  }

  @Test
  void refusesNestingWithoutEnd() {
    String deep = "{\"x\":{\"note\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}}";
    assertTrue(refused(bytes(deep, 0)).contains("expected a JSON header"));
  }

  @Test
  void refusesBooleansThatAreNeither() throws IOException {
    String header = "{\"x\":{\"dtype\":\"BOOL\",\"shape\":[2],\"data_offsets\":[0,2]}}";
    byte[] content = bytes(header, 2);
    content[content.length - 1] = 2;
    assertTrue(refused(content).endsWith("expected tensor 'x' BOOL of bytes 0 and 1, found 2"));
  }

  @Test
  void aMissingFileIsAnIoError() {
    assertThrows(UncheckedIOException.class, () -> SafeTensors.load(file));
  }
}
