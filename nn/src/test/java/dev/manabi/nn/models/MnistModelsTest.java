package dev.manabi.nn.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.manabi.nn.Module;
import dev.manabi.nn.Summary;
import dev.manabi.tensor.Tensors;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class MnistModelsTest {
  static Stream<Arguments> counts() {
    return Stream.of(
        Arguments.of(new MNISTClassifier(), 109_386L),
        Arguments.of(new MNISTNet(), 184_586L),
        Arguments.of(new LeNet5(), 44_426L),
        Arguments.of(new ImprovedMNISTNet(), 391_370L));
  }

  @ParameterizedTest
  @MethodSource("counts")
  void parameterCountIsTheSumOfTheLayers(Module model, long expected) {
    assertEquals(expected, model.parameterCount());
  }

  @ParameterizedTest
  @MethodSource("counts")
  void outputHasTenClasses(Module model, long ignored) {
    model.eval();
    assertEquals("[3, 10]", model.apply(Tensors.randn(3, 1, 28, 28)).shape().toString());
  }

  @Test
  void mnistNetPrintsAsTheDocumentPrintsIt() {
    assertEquals(
        """
        MNISTNet(
          (conv1): Conv2d(1, 32, kernel_size=(5, 5), stride=(1, 1))
          (conv2): Conv2d(32, 64, kernel_size=(5, 5), stride=(1, 1))
          (pool): MaxPool2d(kernel_size=2, stride=2, padding=0, dilation=1, ceil_mode=False)
          (fc1): Linear(in_features=1024, out_features=128, bias=True)
          (fc2): Linear(in_features=128, out_features=10, bias=True)
          (dropout): Dropout(p=0.5, inplace=False)
        )""",
        new MNISTNet().toString());
  }

  @Test
  void improvedNetPrintsItsBatchNorms() {
    assertTrue(
        new ImprovedMNISTNet()
            .toString()
            .contains(
                "  (bn1): BatchNorm2d(32, eps=1e-05, momentum=0.1, affine=True,"
                    + " track_running_stats=True)\n"));
  }

  @Test
  void leNetHasTheShapesAndCountsOfTheDocumentsTable() {
    List<Summary.Row> rows = Summary.of(new LeNet5(), Tensors.zeros(1, 1, 28, 28)).rows();
    assertEquals(
        List.of(
            "conv1 [1, 6, 24, 24] 156",
            "pool1 [1, 6, 12, 12] 0",
            "conv2 [1, 16, 8, 8] 2416",
            "pool2 [1, 16, 4, 4] 0",
            "fc1 [1, 120] 30840",
            "fc2 [1, 84] 10164",
            "fc3 [1, 10] 850"),
        rows.stream().map(r -> r.path() + " " + r.output() + " " + r.parameters()).toList());
  }

  @Test
  void summaryLeavesTrainingBehaviourAndHooksAsTheyWere() {
    MNISTNet model = new MNISTNet();
    Summary summary = Summary.of(model, Tensors.zeros(1, 1, 28, 28));
    assertTrue(model.isTraining());
    model.apply(Tensors.zeros(1, 1, 28, 28));
    assertEquals(7, summary.rows().size()); // the pool runs twice, a second run adds nothing
    assertEquals(184_586, summary.trainable());
    assertTrue(summary.toString().contains("Total parameters: 184,586"));
  }
}
