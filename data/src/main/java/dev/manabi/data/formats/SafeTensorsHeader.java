package dev.manabi.data.formats;

import dev.manabi.tensor.DType;
import dev.manabi.tensor.Shape;
import dev.manabi.tensor.error.FormatException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * The JSON header of a safetensors file.
 *
 * @param tensors where each tensor lies, in the order of the header
 * @param metadata free text by key
 */
record SafeTensorsHeader(Map<String, Entry> tensors, Map<String, String> metadata) {
  /** The one name that no tensor may have. */
  static final String METADATA = "__metadata__";

  /** Headers are padded with spaces, so that the data begins at a multiple of this. */
  private static final int ALIGNMENT = 8;

  /** What the header says of one tensor: it fills bytes {@code begin .. end - 1} of the data. */
  record Entry(DType dtype, Shape shape, long begin, long end) {}

  /**
   * Refuses tensors that overlap, leave a gap, or do not end with the data.
   *
   * @param file the file's name, for errors
   * @param dataSize number of bytes after the header
   */
  void requireFilled(String file, long dataSize) {
    long end = 0;
    for (String name : inFileOrder()) {
      if (entry(name).begin != end) {
        throw new FormatException(
            file,
            "tensor '%s' to begin at byte %d, without gap or overlap".formatted(name, end),
            "byte " + entry(name).begin);
      }
      end = entry(name).end;
    }
    if (end != dataSize) {
      throw new FormatException(
          file, "%,d bytes of tensors after the header".formatted(end), "%,d".formatted(dataSize));
    }
  }

  /** The names, from the tensor whose data comes first to the last. */
  List<String> inFileOrder() {
    List<String> names = new ArrayList<>(tensors.keySet());
    names.sort(
        Comparator.comparingLong((String name) -> entry(name).begin)
            .thenComparingLong(name -> entry(name).end));
    return names;
  }

  private Entry entry(String name) {
    return tensors.get(name);
  }

  /** This header as padded JSON in UTF-8. */
  byte[] toJson() {
    var out = new ByteArrayOutputStream();
    try (JsonGenerator json =
        JsonFactory.builder().build().createGenerator(ObjectWriteContext.empty(), out)) {
      json.writeStartObject();
      if (!metadata.isEmpty()) {
        json.writeName(METADATA);
        json.writeStartObject();
        metadata.forEach(json::writeStringProperty);
        json.writeEndObject();
      }
      tensors.forEach((name, entry) -> write(json, name, entry));
      json.writeEndObject();
    }
    int padding = Math.floorMod(-out.size(), ALIGNMENT);
    out.writeBytes(" ".repeat(padding).getBytes(StandardCharsets.UTF_8));
    return out.toByteArray();
  }

  private static void write(JsonGenerator json, String name, Entry entry) {
    int[] dims = entry.shape.toArray();
    json.writeName(name);
    json.writeStartObject();
    json.writeStringProperty("dtype", entry.dtype.name());
    json.writeName("shape");
    json.writeArray(dims, 0, dims.length);
    json.writeName("data_offsets");
    json.writeArray(new long[] {entry.begin, entry.end}, 0, 2);
    json.writeEndObject();
  }
}
