package dev.manabi.data.formats;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;

/** One operator of an {@link OnnxModel}, with one output. */
public final class OnnxNode {
  // Field numbers of NodeProto ...
  private static final int INPUT = 1;
  private static final int OUTPUT = 2;
  private static final int NAME = 3;
  private static final int OPERATOR = 4;
  private static final int ATTRIBUTE = 5;
  // ... and of AttributeProto, with two of its types.
  private static final int ATTRIBUTE_NAME = 1;
  private static final int ATTRIBUTE_INT = 3;
  private static final int ATTRIBUTE_INTS = 8;
  private static final int ATTRIBUTE_TYPE = 20;
  private static final int TYPE_INT = 2;
  private static final int TYPE_INTS = 7;

  private final String operator;
  private final String output;
  private final List<String> inputs;
  private final List<ByteString> attributes = new ArrayList<>();

  /**
   * A node without attributes.
   *
   * @param operator as the ONNX operators are called, such as {@code Conv}
   * @param output names its output, and the node
   * @param inputs names of inputs, constants, or other nodes' outputs
   */
  public OnnxNode(String operator, String output, String... inputs) {
    this.operator = operator;
    this.output = output;
    this.inputs = List.of(inputs);
  }

  /** Adds an attribute that is a number. */
  public OnnxNode with(String attribute, long value) {
    attributes.add(
        OnnxModel.message(
            out -> {
              out.writeString(ATTRIBUTE_NAME, attribute);
              out.writeInt64(ATTRIBUTE_INT, value);
              out.writeEnum(ATTRIBUTE_TYPE, TYPE_INT);
            }));
    return this;
  }

  /** Adds an attribute that is a list of numbers. */
  public OnnxNode withAll(String attribute, long... values) {
    attributes.add(
        OnnxModel.message(
            out -> {
              out.writeString(ATTRIBUTE_NAME, attribute);
              for (long value : values) {
                out.writeInt64(ATTRIBUTE_INTS, value);
              }
              out.writeEnum(ATTRIBUTE_TYPE, TYPE_INTS);
            }));
    return this;
  }

  /** The name of its output. */
  public String output() {
    return output;
  }

  ByteString message() {
    return OnnxModel.message(
        out -> {
          for (String input : inputs) {
            out.writeString(INPUT, input);
          }
          out.writeString(OUTPUT, output);
          out.writeString(NAME, output);
          out.writeString(OPERATOR, operator);
          for (ByteString attribute : attributes) {
            out.writeBytes(ATTRIBUTE, attribute);
          }
        });
  }
}
