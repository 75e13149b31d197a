package dev.manabi.data.formats;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.UnsafeByteOperations;
import dev.manabi.tensor.DType;
import dev.manabi.tensor.Tensor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A network in the Open Neural Network Exchange format, for other engines to run: nodes, each an
 * operator with named inputs and outputs, over named inputs and constants.
 *
 * <pre>{@code
 * var model = new OnnxModel("classifier")
 *     .input("x", DType.F32, "N", "784")
 *     .constant("weight", layer.weight())
 *     .constant("bias", layer.bias())
 *     .node(new OnnxNode("Gemm", "y", "x", "weight", "bias").with("transB", 1))
 *     .output("y", DType.F32, "N", "10");
 * model.write(Path.of("classifier.onnx"));
 * }</pre>
 *
 * <p>The messages are those of <a href="https://github.com/onnx/onnx/blob/main/onnx/onnx.proto">
 * onnx.proto</a>; the operators are of its version {@value #OPERATOR_SET}.
 */
public final class OnnxModel {
  /** Version of the default operators. */
  public static final int OPERATOR_SET = 17;

  /** Version of the file format, the one that came with those operators. */
  private static final int IR_VERSION = 8;

  // Field numbers of ModelProto and OperatorSetIdProto, ...
  private static final int MODEL_IR_VERSION = 1;
  private static final int MODEL_PRODUCER = 2;
  private static final int MODEL_GRAPH = 7;
  private static final int MODEL_OPERATOR_SET = 8;
  private static final int OPERATOR_SET_VERSION = 2;
  // ... GraphProto, ...
  private static final int GRAPH_NODE = 1;
  private static final int GRAPH_NAME = 2;
  private static final int GRAPH_INITIALIZER = 5;
  private static final int GRAPH_INPUT = 11;
  private static final int GRAPH_OUTPUT = 12;
  // ... TensorProto, ...
  private static final int TENSOR_DIMS = 1;
  private static final int TENSOR_TYPE = 2;
  private static final int TENSOR_NAME = 8;
  private static final int TENSOR_RAW = 9;
  // ... ValueInfoProto, and TypeProto with what it holds.
  private static final int VALUE_NAME = 1;
  private static final int VALUE_TYPE = 2;
  private static final int TYPE_TENSOR = 1;
  private static final int TYPE_ELEMENT = 1;
  private static final int TYPE_SHAPE = 2;
  private static final int SHAPE_DIMENSION = 1;
  private static final int DIMENSION_VALUE = 1;
  private static final int DIMENSION_NAME = 2;

  private final String name;
  private final List<ByteString> nodes = new ArrayList<>();
  private final List<ByteString> constants = new ArrayList<>();
  private final List<ByteString> inputs = new ArrayList<>();
  private final List<ByteString> outputs = new ArrayList<>();

  /** Writes the fields of a message. */
  @FunctionalInterface
  interface Fields {
    void writeTo(CodedOutputStream out) throws IOException;
  }

  /** A model without nodes. */
  public OnnxModel(String name) {
    this.name = name;
  }

  /**
   * Adds an input.
   *
   * @param sizes of its dimensions, each a number or, if it may vary, a name
   */
  public OnnxModel input(String name, DType dtype, String... sizes) {
    inputs.add(value(name, dtype, sizes));
    return this;
  }

  /** Adds an output, which a node must have. The parameters are those of {@link #input}. */
  public OnnxModel output(String name, DType dtype, String... sizes) {
    outputs.add(value(name, dtype, sizes));
    return this;
  }

  /** Adds a tensor with its values, of any strides. */
  public OnnxModel constant(String name, Tensor tensor) {
    Tensor dense = tensor.detach().contiguous();
    long bytes = dense.dtype().bytes();
    byte[] raw =
        dense
            .contents()
            .asSlice(dense.layout().offset() * bytes, dense.numel() * bytes)
            .toArray(ValueLayout.JAVA_BYTE);
    Reference.reachabilityFence(dense);
    constants.add(
        message(
            out -> {
              for (int size : dense.shape().toArray()) {
                out.writeInt64(TENSOR_DIMS, size);
              }
              out.writeInt32(TENSOR_TYPE, elementType(dense.dtype()));
              out.writeString(TENSOR_NAME, name);
              out.writeByteArray(TENSOR_RAW, raw);
            }));
    return this;
  }

  /** Adds a node. Nodes stand in an order in which they can be run. */
  public OnnxModel node(OnnxNode node) {
    nodes.add(node.message());
    return this;
  }

  /** Writes the model to a file, replacing it in one step. */
  public void write(Path file) {
    ByteBuffer content = ByteBuffer.wrap(toByteArray());
    AtomicFile.write(
        file,
        channel -> {
          while (content.hasRemaining()) {
            channel.write(content);
          }
        });
  }

  /** The content of the file. */
  public byte[] toByteArray() {
    return message(
            out -> {
              out.writeInt64(MODEL_IR_VERSION, IR_VERSION);
              out.writeString(MODEL_PRODUCER, "manabi");
              out.writeBytes(MODEL_GRAPH, graph());
              out.writeBytes(
                  MODEL_OPERATOR_SET,
                  message(set -> set.writeInt64(OPERATOR_SET_VERSION, OPERATOR_SET)));
            })
        .toByteArray();
  }

  private ByteString graph() {
    return message(
        out -> {
          writeAll(out, GRAPH_NODE, nodes);
          out.writeString(GRAPH_NAME, name);
          writeAll(out, GRAPH_INITIALIZER, constants);
          writeAll(out, GRAPH_INPUT, inputs);
          writeAll(out, GRAPH_OUTPUT, outputs);
        });
  }

  private static void writeAll(CodedOutputStream out, int field, List<ByteString> messages)
      throws IOException {
    for (ByteString message : messages) {
      out.writeBytes(field, message);
    }
  }

  private static ByteString value(String name, DType dtype, String... sizes) {
    ByteString shape =
        message(
            out -> {
              for (String size : sizes) {
                out.writeBytes(SHAPE_DIMENSION, dimension(size));
              }
            });
    ByteString tensor =
        message(
            out -> {
              out.writeInt32(TYPE_ELEMENT, elementType(dtype));
              out.writeBytes(TYPE_SHAPE, shape);
            });
    ByteString type = message(out -> out.writeBytes(TYPE_TENSOR, tensor));
    return message(
        out -> {
          out.writeString(VALUE_NAME, name);
          out.writeBytes(VALUE_TYPE, type);
        });
  }

  private static ByteString dimension(String size) {
    return message(
        out -> {
          if (size.chars().allMatch(c -> c >= '0' && c <= '9')) {
            out.writeInt64(DIMENSION_VALUE, Long.parseLong(size));
          } else {
            out.writeString(DIMENSION_NAME, size);
          }
        });
  }

  /** TensorProto.DataType. */
  private static int elementType(DType dtype) {
    return switch (dtype) {
      case F32 -> 1;
      case U8 -> 2;
      case I8 -> 3;
      case I32 -> 6;
      case I64 -> 7;
      case BOOL -> 9;
      case F16 -> 10;
      case F64 -> 11;
      case BF16 -> 16;
    };
  }

  static ByteString message(Fields fields) {
    try {
      var bytes = new ByteArrayOutputStream();
      CodedOutputStream out = CodedOutputStream.newInstance(bytes);
      fields.writeTo(out);
      out.flush();
      return UnsafeByteOperations.unsafeWrap(bytes.toByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
