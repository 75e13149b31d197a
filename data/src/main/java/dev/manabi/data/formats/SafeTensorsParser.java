package dev.manabi.data.formats;

import dev.manabi.data.formats.SafeTensorsHeader.Entry;
import dev.manabi.tensor.DType;
import dev.manabi.tensor.Shape;
import dev.manabi.tensor.error.FormatException;
import java.io.ByteArrayInputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;

/** Reads the JSON header of a safetensors file token by token and believes none of its numbers. */
final class SafeTensorsParser {
  /** More than any framework has; it keeps a hostile shape from growing without end. */
  private static final int MAX_RANK = 64;

  /** Header, entry and shape; one more lets unknown fields be skipped. */
  private static final int MAX_DEPTH = 4;

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
          .build();

  private final String file;
  private final JsonParser json;

  private SafeTensorsParser(String file, JsonParser json) {
    this.file = file;
    this.json = json;
  }

  /**
   * Parses a header.
   *
   * @param file the file's name, for errors
   */
  static SafeTensorsHeader parse(String file, byte[] header) {
    if (header.length == 0 || header[0] != '{') {
      throw new FormatException(file, "a header that begins with {", start(header));
    }
    // A strict decoder: given bytes, the JSON parser would also guess UTF-16 and UTF-32.
    var utf8 =
        new InputStreamReader(
            new ByteArrayInputStream(header), StandardCharsets.UTF_8.newDecoder());
    try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), utf8)) {
      return new SafeTensorsParser(file, json).header();
    } catch (JacksonException e) {
      throw new FormatException(file, "a JSON header", e.getOriginalMessage());
    }
  }

  private static String start(byte[] header) {
    return header.length == 0 ? "an empty one" : "byte 0x%02x".formatted(header[0]);
  }

  private SafeTensorsHeader header() {
    Map<String, Entry> tensors = new LinkedHashMap<>();
    Map<String, String> metadata = new LinkedHashMap<>();
    require(JsonToken.START_OBJECT, "the header");
    for (String name = json.nextName(); name != null; name = json.nextName()) {
      if (name.equals(SafeTensorsHeader.METADATA)) {
        readMetadata(metadata);
      } else {
        tensors.put(name, entry("tensor '" + name + "'"));
      }
    }
    JsonToken after = json.nextToken();
    if (after != null) {
      throw new FormatException(file, "only spaces after the header's JSON", after.toString());
    }
    return new SafeTensorsHeader(tensors, metadata);
  }

  private void readMetadata(Map<String, String> metadata) {
    require(JsonToken.START_OBJECT, SafeTensorsHeader.METADATA);
    for (String key = json.nextName(); key != null; key = json.nextName()) {
      require(JsonToken.VALUE_STRING, "metadata '" + key + "'");
      metadata.put(key, json.getString());
    }
  }

  private Entry entry(String tensor) {
    DType dtype = null;
    Shape shape = null;
    List<Long> offsets = null;
    require(JsonToken.START_OBJECT, tensor);
    for (String field = json.nextName(); field != null; field = json.nextName()) {
      switch (field) {
        case "dtype" -> dtype = dtype(tensor);
        case "shape" -> shape = shape(tensor);
        case "data_offsets" -> offsets = numbers(tensor + " data_offsets");
        default -> {
          json.nextToken();
          json.skipChildren();
        }
      }
    }
    if (dtype == null || shape == null || offsets == null) {
      throw new FormatException(
          file, tensor + " to have dtype, shape and data_offsets", "not all three");
    }
    return entry(tensor, dtype, shape, offsets);
  }

  private Entry entry(String tensor, DType dtype, Shape shape, List<Long> offsets) {
    if (offsets.size() != 2 || offsets.get(0) > offsets.get(1)) {
      throw new FormatException(file, tensor + " data_offsets [begin, end]", offsets.toString());
    }
    long size = offsets.get(1) - offsets.get(0);
    // Divided, not multiplied: shape and size come from the file, and their product may overflow.
    if (size % dtype.bytes() != 0 || size / dtype.bytes() != shape.numel()) {
      throw new FormatException(
          file,
          "%s to have %d elements of %d bytes for %s %s"
              .formatted(tensor, shape.numel(), dtype.bytes(), shape, dtype),
          size + " bytes");
    }
    return new Entry(dtype, shape, offsets.get(0), offsets.get(1));
  }

  private DType dtype(String tensor) {
    require(JsonToken.VALUE_STRING, tensor + " dtype");
    String name = json.getString();
    return Arrays.stream(DType.values())
        .filter(dtype -> dtype.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new FormatException(
                    file, tensor + " dtype one of " + Arrays.toString(names()), name));
  }

  private static String[] names() {
    return Arrays.stream(DType.values()).map(DType::name).toArray(String[]::new);
  }

  private Shape shape(String tensor) {
    List<Long> dims = numbers(tensor + " shape");
    try {
      return Shape.of(dims.stream().mapToInt(Math::toIntExact).toArray());
    } catch (ArithmeticException | IllegalArgumentException e) {
      throw new FormatException(
          file, tensor + " shape whose sizes and number of elements can exist", dims.toString());
    }
  }

  /** A short array of whole numbers from 0 up. */
  private List<Long> numbers(String what) {
    List<Long> numbers = new ArrayList<>();
    require(JsonToken.START_ARRAY, what);
    while (json.nextToken() != JsonToken.END_ARRAY) {
      if (json.currentToken() != JsonToken.VALUE_NUMBER_INT || json.getLongValue() < 0) {
        throw new FormatException(file, what + " of whole numbers from 0 up", json.getString());
      }
      numbers.add(json.getLongValue());
      if (numbers.size() > MAX_RANK) {
        throw new FormatException(file, what + " of at most " + MAX_RANK + " numbers", "more");
      }
    }
    return numbers;
  }

  private void require(JsonToken token, String what) {
    JsonToken found = json.nextToken();
    if (found != token) {
      throw new FormatException(file, what + " to be " + describe(token), describe(found));
    }
  }

  private static String describe(@Nullable JsonToken token) {
    return token == null ? "the end" : token.toString().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
