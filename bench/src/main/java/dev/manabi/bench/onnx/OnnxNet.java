package dev.manabi.bench.onnx;

import dev.manabi.data.formats.OnnxModel;
import dev.manabi.data.formats.OnnxNode;
import dev.manabi.nn.Module;
import dev.manabi.nn.models.CIFAR10Net;
import dev.manabi.nn.models.SimpleResNet;
import dev.manabi.tensor.DType;
import dev.manabi.tensor.Tensor;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Models of the engine as ONNX graphs. Their batch norms have been folded, so a graph has none, and
 * its constants are the weights and biases under the names that they have in the engine.
 */
public enum OnnxNet {
  M5(CIFAR10Net::new) {
    @Override
    String build(Graph g, String x) {
      x = g.relu(g.conv("conv1_1", x));
      x = g.maxPool(g.relu(g.conv("conv1_2", x)));
      x = g.relu(g.conv("conv2_1", x));
      x = g.maxPool(g.relu(g.conv("conv2_2", x)));
      x = g.relu(g.conv("conv3_1", x));
      x = g.relu(g.conv("conv3_2", x));
      x = g.maxPool(g.relu(g.conv("conv3_3", x)));
      x = g.relu(g.linear("fc1", g.flatten(x)));
      return g.linear("fc2", x);
    }
  },
  RESNET18(SimpleResNet::new) {
    @Override
    String build(Graph g, String x) {
      x = g.relu(g.conv("conv1", x));
      x = residual(g, "layer1.1.", residual(g, "layer1.0.", x, 1), 1);
      x = residual(g, "layer2.1.", residual(g, "layer2.0.", x, 2), 1);
      x = residual(g, "layer3.1.", residual(g, "layer3.0.", x, 2), 1);
      return g.linear("fc", g.flatten(g.globalAveragePool(x)));
    }

    private static String residual(Graph g, String block, String x, int stride) {
      String identity = stride == 1 ? x : g.conv(block + "downsample.0", x, stride, 0);
      String y = g.relu(g.conv(block + "conv1", x, stride, 1));
      return g.relu(g.add(g.conv(block + "conv2", y), identity));
    }
  };

  /** Names of the graph's input {@code [N, 3, 32, 32]} and output {@code [N, 10]}. */
  static final String IMAGES = "images";

  private final Supplier<Module> model;

  OnnxNet(Supplier<Module> model) {
    this.model = model;
  }

  /** The engine's model with fresh weights. */
  public Module model() {
    return model.get();
  }

  /** Adds the nodes between {@code x} and the logits, and returns their name. */
  abstract String build(Graph g, String x);

  /** The graph of {@code folded}, a model of this kind, for batches of any size. */
  public OnnxModel graph(Module folded) {
    var onnx = new OnnxModel(name()).input(IMAGES, DType.F32, "N", "3", "32", "32");
    String logits = build(new Graph(onnx, folded.namedParameters()), IMAGES);
    return onnx.output(logits, DType.F32, "N", "10");
  }

  /** Adds nodes to a model, and names them by their number. */
  static final class Graph {
    private final OnnxModel model;
    private final Map<String, Tensor> parameters;
    private int nodes;

    Graph(OnnxModel model, Map<String, Tensor> parameters) {
      this.model = model;
      this.parameters = parameters;
    }

    private String node(String operator, String... inputs) {
      return add(new OnnxNode(operator, nextName(operator), inputs));
    }

    /** A node with the weight and the bias of a layer. */
    private OnnxNode affine(String operator, String x, String layer) {
      String weight = layer + ".weight";
      String bias = layer + ".bias";
      model.constant(weight, parameters.get(weight)).constant(bias, parameters.get(bias));
      return new OnnxNode(operator, nextName(operator), x, weight, bias);
    }

    private String nextName(String operator) {
      return operator + "_" + nodes++;
    }

    private String add(OnnxNode node) {
      model.node(node);
      return node.output();
    }

    String conv(String layer, String x) {
      return conv(layer, x, 1, 1);
    }

    String conv(String layer, String x, int stride, int padding) {
      return add(
          affine("Conv", x, layer)
              .withAll("strides", stride, stride)
              .withAll("pads", padding, padding, padding, padding));
    }

    String linear(String layer, String x) {
      return add(affine("Gemm", x, layer).with("transB", 1));
    }

    String maxPool(String x) {
      return add(
          new OnnxNode("MaxPool", nextName("MaxPool"), x)
              .withAll("kernel_shape", 2, 2)
              .withAll("strides", 2, 2));
    }

    String flatten(String x) {
      return node("Flatten", x);
    }

    String relu(String x) {
      return node("Relu", x);
    }

    String add(String x, String y) {
      return node("Add", x, y);
    }

    String globalAveragePool(String x) {
      return node("GlobalAveragePool", x);
    }
  }
}
