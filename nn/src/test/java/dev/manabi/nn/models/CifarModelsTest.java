package dev.manabi.nn.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.manabi.nn.Losses;
import dev.manabi.nn.Module;
import dev.manabi.nn.Summary;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.Tensors;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class CifarModelsTest {
  static Stream<Arguments> models() {
    return Stream.of(
        Arguments.of(new CIFAR10Net(), 3_841_610L),
        Arguments.of(new ModernCIFAR10Net(), 4_507_722L),
        Arguments.of(new SimpleResNet(), 2_777_674L));
  }

  @ParameterizedTest
  @MethodSource("models")
  void parameterCountIsTheSumOfTheLayers(Module model, long expected) {
    assertEquals(expected, model.parameterCount());
    Summary summary = Summary.of(model, Tensors.zeros(1, 3, 32, 32));
    assertEquals(
        expected, summary.rows().stream().distinct().mapToLong(Summary.Row::parameters).sum());
  }

  @ParameterizedTest
  @MethodSource("models")
  void everyParameterLearns(Module model, long ignored) {
    Tensor logits = model.apply(Tensors.randn(2, 3, 32, 32));
    assertEquals("[2, 10]", logits.shape().toString());
    Losses.crossEntropy().apply(logits, Tensors.of(new long[] {3, 7})).backward();
    model
        .namedParameters()
        .forEach((name, p) -> assertTrue(p.grad() != null, name + " has no gradient"));
  }

  private static List<String> parameterNames(String... layers) {
    return Arrays.stream(layers)
        .flatMap(
            layer ->
                layer.endsWith("*")
                    ? Stream.of(layer.replace("*", ".weight"))
                    : Stream.of(layer + ".weight", layer + ".bias"))
        .toList();
  }

  @Test
  void theNetInTheStyleOfVggHasTheNamesOfTheDocument() {
    assertEquals(
        parameterNames(
            "conv1_1", "bn1_1", "conv1_2", "bn1_2", "conv2_1", "bn2_1", "conv2_2", "bn2_2",
            "conv3_1", "bn3_1", "conv3_2", "bn3_2", "conv3_3", "bn3_3", "fc1", "bn_fc1", "fc2"),
        List.copyOf(new CIFAR10Net().namedParameters().keySet()));
  }

  /** A star stands for a layer without a bias. */
  @Test
  void theModernNetHasTheNamesOfTheDocument() {
    assertEquals(
        parameterNames(
            "conv1*", "bn1", "conv2*", "bn2", "conv3*", "bn3", "conv4*", "bn4", "conv5*", "bn5",
            "conv6*", "bn6", "fc"),
        List.copyOf(new ModernCIFAR10Net().namedParameters().keySet()));
  }

  @Test
  void theResidualNetHasTheNamesOfTheDocument() {
    List<String> names = List.copyOf(new SimpleResNet().namedParameters().keySet());
    assertEquals(
        parameterNames("conv1*", "bn1", "layer1.0.conv1*", "layer1.0.bn1"), names.subList(0, 6));
    assertTrue(
        names.containsAll(
            parameterNames(
                "layer2.0.downsample.0*",
                "layer2.0.downsample.1",
                "layer3.1.conv2*",
                "layer3.1.bn2")));
    assertTrue(names.stream().noneMatch(n -> n.startsWith("layer1.0.downsample")));
    assertEquals(parameterNames("fc"), names.subList(names.size() - 2, names.size()));
  }

  @Test
  void imagesShrinkAsTheDocumentSays() {
    assertEquals(
        "[1, 256, 4, 4]", lastPool(Summary.of(new CIFAR10Net(), Tensors.zeros(1, 3, 32, 32))));
    assertEquals(
        "[1, 512, 1, 1]",
        lastPool(Summary.of(new ModernCIFAR10Net(), Tensors.zeros(1, 3, 32, 32))));
    assertEquals(
        "[1, 256, 1, 1]", lastPool(Summary.of(new SimpleResNet(), Tensors.zeros(1, 3, 32, 32))));
  }

  private static String lastPool(Summary summary) {
    return summary.rows().stream()
        .filter(row -> row.type().contains("Pool"))
        .reduce((a, b) -> b)
        .orElseThrow()
        .output()
        .toString();
  }
}
