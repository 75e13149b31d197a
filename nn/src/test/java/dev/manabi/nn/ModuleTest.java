package dev.manabi.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.manabi.tensor.DType;
import dev.manabi.tensor.Hook;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.Tensors;
import dev.manabi.tensor.error.ShapeException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ModuleTest {
  private static Sequential net() {
    return new Sequential(new Linear(3, 4), new BatchNorm1d(4), new ReLU(), new Linear(4, 2));
  }

  @Test
  void namesFollowTheTree() {
    assertEquals(
        List.of("0.weight", "0.bias", "1.weight", "1.bias", "3.weight", "3.bias"),
        List.copyOf(net().namedParameters().keySet()));
    assertEquals(
        List.of("1.running_mean", "1.running_var", "1.num_batches_tracked"),
        List.copyOf(net().namedBuffers().keySet()));
    assertEquals(
        "0.1",
        new Sequential(new Sequential(new ReLU(), new ReLU())).namedModules().get("0.1").path());
  }

  @Test
  void trainingSpreadsToChildren() {
    Sequential net = net();
    net.eval();
    assertTrue(net.namedModules().values().stream().noneMatch(Module::isTraining));
    net.train();
    assertTrue(net.namedModules().values().stream().allMatch(Module::isTraining));
  }

  @Test
  void stateDictMovesAllValuesToAnotherModel() {
    Tensors.manualSeed(1);
    Sequential a = net();
    a.apply(Tensors.randn(5, 3)); // moves the running statistics
    Sequential b = net();
    b.loadStateDict(a.stateDict());
    a.eval();
    b.eval();
    Tensor x = Tensors.randn(6, 3);
    assertArrayEquals(a.apply(x).toFloatArray(), b.apply(x).toFloatArray());
    assertEquals(1, b.namedBuffers().get("1.num_batches_tracked").item());
  }

  @Test
  void stateThatDoesNotFitChangesNothingAndNamesEveryProblem() {
    Sequential net = net();
    float[] before = net.parameters().getFirst().toFloatArray();
    Map<String, Tensor> state = new LinkedHashMap<>(net.stateDict());
    state.put("0.weight", Tensors.ones(4, 3));
    state.put("0.bias", Tensors.ones(5));
    state.remove("3.bias");
    state.put("extra", Tensors.ones(1));
    var e = assertThrows(IllegalArgumentException.class, () -> net.loadStateDict(state));
    assertTrue(e.getMessage().contains("0.bias is [4] f32 here, but [5] f32 in the state"));
    assertTrue(e.getMessage().contains("missing 3.bias"));
    assertTrue(e.getMessage().contains("unknown extra"));
    assertArrayEquals(before, net.parameters().getFirst().toFloatArray());
  }

  @Test
  void shapeErrorsNameTheLayer() {
    Sequential net = new Sequential(new Sequential(new Conv2d(3, 8, 3)), new ReLU());
    var e = assertThrows(ShapeException.class, () -> net.apply(Tensors.zeros(1, 2, 8, 8)));
    assertTrue(e.getMessage().contains("in layer: 0.0"), e.getMessage());
    assertTrue(e.getMessage().startsWith("conv2d: "), e.getMessage());
  }

  @Test
  void forwardHooksSeeAndReplaceOutputsUntilClosed() {
    Linear layer = new Linear(2, 2);
    List<Tensor> seen = new ArrayList<>();
    Tensor other = Tensors.ones(1, 2);
    Hook hook =
        layer.registerForwardHook(
            (m, x, y) -> {
              seen.add(y);
              return other;
            });
    assertSame(other, layer.apply(Tensors.zeros(1, 2)));
    hook.close();
    layer.apply(Tensors.zeros(1, 2));
    assertEquals(1, seen.size());
  }

  @Test
  void backwardHooksSeeTheOutputsGradient() {
    Linear layer = new Linear(2, 3);
    List<float[]> seen = new ArrayList<>();
    layer.registerBackwardHook(
        g -> {
          seen.add(g.toFloatArray());
          return null;
        });
    layer.apply(Tensors.ones(1, 2)).mul(2).sum().backward();
    assertArrayEquals(new float[] {2, 2, 2}, seen.getFirst());
  }

  @Test
  void frozenParametersGetNoGradient() {
    Sequential net = net();
    net.children().get("0").requiresGrad(false);
    net.apply(Tensors.randn(4, 3)).sum().backward();
    assertNull(net.namedParameters().get("0.weight").grad());
    assertNotNull(net.namedParameters().get("3.weight").grad());
    net.zeroGrad();
    assertNull(net.namedParameters().get("3.weight").grad());
  }

  @Test
  void convertsItsFloatingTensorsInPlace() {
    Sequential net = net();
    Tensor weight = net.namedParameters().get("0.weight");
    net.to(DType.F64);
    assertEquals(DType.F64, weight.dtype());
    assertTrue(weight.requiresGrad());
    assertEquals(DType.I64, net.namedBuffers().get("1.num_batches_tracked").dtype());
    assertEquals(DType.F64, net.apply(Tensors.ones(DType.F64, 2, 3)).dtype());
  }

  @Test
  void aNameIsTakenOnlyOnce() {
    class Twice extends Module {
      Twice() {
        child("a", new ReLU());
        child("a", new ReLU());
      }

      @Override
      public Tensor forward(Tensor x) {
        return x;
      }
    }
    assertThrows(IllegalArgumentException.class, Twice::new);
  }

  @Test
  void dropoutActsInTrainingOnly() {
    Dropout dropout = new Dropout(0.5);
    Tensor x = Tensors.ones(1000);
    float[] y = dropout.apply(x).toFloatArray();
    int zeros = 0;
    for (float v : y) {
      assertTrue(v == 0 || v == 2);
      zeros += v == 0 ? 1 : 0;
    }
    assertTrue(zeros > 400 && zeros < 600, "zeros " + zeros);
    dropout.eval();
    assertSame(x, dropout.apply(x));
  }

  @Test
  void parametersStartAsPyTorchStartsThem() {
    Tensors.manualSeed(3);
    Conv2d conv = new Conv2d(16, 64, 3);
    double bound = 1 / Math.sqrt(16 * 9);
    for (Tensor p : conv.parameters()) {
      assertTrue(p.abs().max().item() <= bound);
      assertTrue(p.abs().max().item() > 0.8 * bound);
      assertEquals(0, p.mean().item(), 0.2 * bound);
    }
    assertEquals(bound / Math.sqrt(3), conv.weight().std().item(), 0.02 * bound);
    assertFalse(new BatchNorm2d(3).weight().ne(1).any().item() != 0);
  }
}
