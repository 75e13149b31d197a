package dev.manabi.data.formats;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import dev.manabi.tensor.DType;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.Tensors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reads the messages back by their field numbers in onnx.proto. */
class OnnxModelTest {
  /** The values of a message's fields by number: a Long, or the bytes of text or of a message. */
  private static Map<Integer, List<Object>> fields(byte[] message) throws IOException {
    Map<Integer, List<Object>> fields = new LinkedHashMap<>();
    CodedInputStream in = CodedInputStream.newInstance(message);
    int tag;
    while ((tag = in.readTag()) != 0) {
      Object value =
          WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_VARINT
              ? (Object) in.readInt64()
              : in.readBytes();
      fields.computeIfAbsent(WireFormat.getTagFieldNumber(tag), k -> new ArrayList<>()).add(value);
    }
    return fields;
  }

  private static Map<Integer, List<Object>> message(Object bytes) throws IOException {
    return fields(((ByteString) bytes).toByteArray());
  }

  private static List<String> texts(List<Object> values) {
    return values.stream().map(value -> ((ByteString) value).toStringUtf8()).toList();
  }

  private static OnnxModel model(Tensor weight) {
    return new OnnxModel("net")
        .input("x", DType.F32, "N", "3")
        .constant("w", weight)
        .node(new OnnxNode("Gemm", "y", "x", "w").with("transB", 1).withAll("pads", 2, -1))
        .output("y", DType.F32, "N", "2");
  }

  @Test
  void versionsAndGraphStandWhereOnnxReadsThem() throws IOException {
    Map<Integer, List<Object>> model = fields(model(Tensors.zeros(2, 3)).toByteArray());
    assertEquals(List.of(8L), model.get(1));
    assertEquals(List.of(17L), message(model.get(8).getFirst()).get(2));
    Map<Integer, List<Object>> graph = message(model.get(7).getFirst());
    assertEquals(List.of("net"), texts(graph.get(2)));
  }

  @Test
  void aNodeNamesItsOperatorInputsAndAttributes() throws IOException {
    Map<Integer, List<Object>> graph =
        message(fields(model(Tensors.zeros(2, 3)).toByteArray()).get(7).getFirst());
    Map<Integer, List<Object>> node = message(graph.get(1).getFirst());
    assertEquals(List.of("x", "w"), texts(node.get(1)));
    assertEquals(List.of("y"), texts(node.get(2)));
    assertEquals(List.of("Gemm"), texts(node.get(4)));
    Map<Integer, List<Object>> transposed = message(node.get(5).getFirst());
    assertEquals(List.of("transB"), texts(transposed.get(1)));
    assertEquals(List.of(1L), transposed.get(3));
    assertEquals(List.of(2L), transposed.get(20));
    Map<Integer, List<Object>> pads = message(node.get(5).getLast());
    assertEquals(List.of(2L, -1L), pads.get(8));
    assertEquals(List.of(7L), pads.get(20));
  }

  @Test
  void aConstantIsDenseWhateverTheStridesOfTheTensor() throws IOException {
    Tensor weight = Tensors.of(new float[] {1, 2, 3, 4, 5, 6}, 3, 2).transpose(0, 1);
    Map<Integer, List<Object>> graph =
        message(fields(model(weight).toByteArray()).get(7).getFirst());
    Map<Integer, List<Object>> constant = message(graph.get(5).getFirst());
    assertEquals(List.of(2L, 3L), constant.get(1));
    assertEquals(List.of(1L), constant.get(2));
    assertEquals(List.of("w"), texts(constant.get(8)));
    var values = new float[6];
    ByteBuffer.wrap(((ByteString) constant.get(9).getFirst()).toByteArray())
        .order(ByteOrder.LITTLE_ENDIAN)
        .asFloatBuffer()
        .get(values);
    assertArrayEquals(new float[] {1, 3, 5, 2, 4, 6}, values);
  }

  @Test
  void aSizeMayVary() throws IOException {
    Map<Integer, List<Object>> graph =
        message(fields(model(Tensors.zeros(2, 3)).toByteArray()).get(7).getFirst());
    Map<Integer, List<Object>> input = message(graph.get(11).getFirst());
    assertEquals(List.of("x"), texts(input.get(1)));
    Map<Integer, List<Object>> tensor = message(message(input.get(2).getFirst()).get(1).getFirst());
    assertEquals(List.of(1L), tensor.get(1));
    List<Object> sizes = message(tensor.get(2).getFirst()).get(1);
    assertEquals(List.of("N"), texts(message(sizes.get(0)).get(2)));
    assertEquals(List.of(3L), message(sizes.get(1)).get(1));
  }

  @Test
  void aFileHoldsTheSameBytes(@TempDir Path folder) throws IOException {
    OnnxModel model = model(Tensors.ones(2, 3));
    model.write(folder.resolve("net.onnx"));
    assertArrayEquals(model.toByteArray(), Files.readAllBytes(folder.resolve("net.onnx")));
  }
}
