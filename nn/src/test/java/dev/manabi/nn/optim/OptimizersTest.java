package dev.manabi.nn.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.manabi.tensor.DType;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.Tensors;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class OptimizersTest {
  private static Tensor param(double... values) {
    float[] v = new float[values.length];
    for (int i = 0; i < v.length; i++) {
      v[i] = (float) values[i];
    }
    return Tensors.of(v).requiresGrad(true);
  }

  /** Steps on {@code sum(p^2) / 2}, whose gradient is p itself. */
  private static void descend(Tensor p, Optimizer optimizer, int steps) {
    for (int i = 0; i < steps; i++) {
      optimizer.zeroGrad();
      p.square().sum().mul(0.5).backward();
      optimizer.step();
    }
  }

  @Test
  void plainSgdSubtractsTheScaledGradient() {
    Tensor p = param(1, -2);
    descend(p, new SGD(List.of(p), 0.1), 2);
    assertArrayEquals(new float[] {0.81f, -1.62f}, p.toFloatArray(), 1e-6f);
  }

  @Test
  void momentumFollowsItsFormula() {
    Tensor p = param(1);
    descend(p, new SGD(List.of(p), 0.1, 0.9, 0, false), 3);
    double x = 1;
    double buffer = 0;
    for (int i = 0; i < 3; i++) {
      buffer = i == 0 ? x : 0.9 * buffer + x;
      x -= 0.1 * buffer;
    }
    assertEquals(x, p.item(), 1e-6);
  }

  @Test
  void nesterovAndWeightDecayFollowTheirFormula() {
    Tensor p = param(1);
    descend(p, new SGD(List.of(p), 0.1, 0.9, 0.01, true), 3);
    double x = 1;
    double buffer = 0;
    for (int i = 0; i < 3; i++) {
      double d = x + 0.01 * x;
      buffer = i == 0 ? d : 0.9 * buffer + d;
      x -= 0.1 * (d + 0.9 * buffer);
    }
    assertEquals(x, p.item(), 1e-6);
  }

  private static double adamByHand(int steps, double decay, boolean decoupled) {
    double x = 1;
    double m = 0;
    double v = 0;
    for (int t = 1; t <= steps; t++) {
      double g = x;
      if (decoupled) {
        x -= 0.1 * decay * x;
      } else {
        g += decay * x;
      }
      m = 0.9 * m + 0.1 * g;
      v = 0.999 * v + 0.001 * g * g;
      x -= 0.1 * (m / (1 - Math.pow(0.9, t))) / (Math.sqrt(v / (1 - Math.pow(0.999, t))) + 1e-8);
    }
    return x;
  }

  @Test
  void adamFollowsItsFormula() {
    Tensor p = param(1);
    descend(p, new Adam(List.of(p), 0.1), 5);
    assertEquals(adamByHand(5, 0, false), p.item(), 1e-5);
    Tensor q = param(1);
    descend(q, new Adam(List.of(q), 0.1, 0.02), 5);
    assertEquals(adamByHand(5, 0.02, false), q.item(), 1e-5);
  }

  @Test
  void adamWShrinksTheWeightsThemselves() {
    Tensor p = param(1);
    descend(p, new AdamW(List.of(p), 0.1, 0.02), 5);
    assertEquals(adamByHand(5, 0.02, true), p.item(), 1e-5);
  }

  @Test
  void groupsHaveTheirOwnRates() {
    Tensor a = param(1);
    Tensor b = param(1);
    SGD sgd =
        new SGD(
            List.of(new ParamGroup(List.of(a), 0.1, 0), new ParamGroup(List.of(b), 0.01, 0)),
            0,
            0,
            false);
    a.add(b).sum().backward();
    sgd.step();
    assertEquals(0.9, a.item(), 1e-6);
    assertEquals(0.99, b.item(), 1e-6);
  }

  private static void continuesExactly(Function<Tensor, Optimizer> make) {
    Tensor p = param(1, 2, 3);
    Optimizer whole = make.apply(p);
    descend(p, whole, 6);
    Tensor q = param(1, 2, 3);
    Optimizer first = make.apply(q);
    descend(q, first, 3);
    Map<String, Tensor> state = first.stateDict();
    Tensor r = param(1, 2, 3);
    r.detach().copy_(q.detach());
    Optimizer second = make.apply(r);
    second.loadStateDict(state);
    descend(r, second, 3);
    assertArrayEquals(p.toFloatArray(), r.toFloatArray());
  }

  @Test
  void restoredStateContinuesBitForBit() {
    continuesExactly(p -> new SGD(List.of(p), 0.1, 0.9, 0.01, true));
    continuesExactly(p -> new Adam(List.of(p), 0.1));
    continuesExactly(p -> new AdamW(List.of(p), 0.1, 0.02));
  }

  @Test
  void parametersWithoutGradientStay() {
    Tensor p = param(1);
    new Adam(List.of(p), 0.1).step();
    assertEquals(1, p.item());
  }

  private static List<Tensor> network() {
    Tensors.manualSeed(3);
    return List.of(
        Tensors.randn(130, 70).requiresGrad(true),
        Tensors.randn(130).requiresGrad(true),
        Tensors.randn(1).requiresGrad(true),
        Tensors.randn(0, 4).requiresGrad(true),
        Tensors.randn(8, 3, 3, 3).requiresGrad(true),
        Tensors.randn(5).to(DType.F64).requiresGrad(true));
  }

  private static void descendAll(List<Tensor> network, List<Optimizer> optimizers) {
    for (int i = 0; i < 4; i++) {
      optimizers.forEach(Optimizer::zeroGrad);
      for (Tensor p : network) {
        p.square().sum().mul(0.5).backward();
      }
      optimizers.forEach(Optimizer::step);
    }
  }

  /** All parameters in one sweep give the bits that each gives alone. */
  private static void sweepsExactly(Function<List<Tensor>, Optimizer> make) {
    List<Tensor> together = network();
    descendAll(together, List.of(make.apply(together)));
    List<Tensor> alone = network();
    descendAll(alone, alone.stream().map(p -> make.apply(List.of(p))).toList());
    for (int i = 0; i < together.size(); i++) {
      assertArrayEquals(together.get(i).toDoubleArray(), alone.get(i).toDoubleArray());
    }
  }

  @Test
  void oneSweepOverAllParametersEqualsOneEach() {
    sweepsExactly(all -> new SGD(all, 0.1, 0, 0.01, false));
    sweepsExactly(all -> new SGD(all, 0.1, 0.9, 0.01, true));
    sweepsExactly(all -> new Adam(all, 0.1));
    sweepsExactly(all -> new AdamW(all, 0.1, 0.02));
  }

  @Test
  void aParameterThatThawsCountsItsOwnSteps() {
    for (Function<List<Tensor>, Optimizer> make :
        List.<Function<List<Tensor>, Optimizer>>of(
            all -> new Adam(all, 0.1), all -> new SGD(all, 0.1, 0.9, 0, false))) {
      Tensor early = param(1);
      Tensor late = param(1);
      Optimizer both = make.apply(List.of(early, late));
      descend(early, both, 3);
      for (int i = 0; i < 2; i++) {
        both.zeroGrad();
        early.square().add(late.square()).sum().mul(0.5).backward();
        both.step();
      }
      Tensor earlyAlone = param(1);
      Tensor lateAlone = param(1);
      descend(earlyAlone, make.apply(List.of(earlyAlone)), 5);
      descend(lateAlone, make.apply(List.of(lateAlone)), 2);
      assertEquals(earlyAlone.item(), early.item());
      assertEquals(lateAlone.item(), late.item());
      assertArrayEquals(new long[] {5, 2}, both.stateDict().get("steps").toLongArray());
    }
  }

  @Test
  void aTensorNamedTwiceIsUpdatedTwice() {
    Tensor p = param(1);
    SGD sgd = new SGD(List.of(p, p), 0.1);
    p.sum().backward();
    sgd.step();
    assertEquals(0.8, p.item(), 1e-6);
  }

  @Test
  void stateIsNamedByTheParametersPlace() {
    Tensor a = param(1);
    Tensor b = param(1, 2);
    Adam adam = new Adam(List.of(new ParamGroup(List.of(a), 0.1, 0), group(b)), 0.9, 0.999, 1e-8);
    a.sum().add(b.sum()).backward();
    adam.step();
    assertEquals(
        List.of("steps", "0.exp_avg", "0.exp_avg_sq", "1.exp_avg", "1.exp_avg_sq"),
        List.copyOf(adam.stateDict().keySet()));
    SGD sgd = new SGD(List.of(a, b), 0.1, 0.9, 0, false);
    sgd.step();
    assertEquals(
        List.of("steps", "0.momentum_buffer", "1.momentum_buffer"),
        List.copyOf(sgd.stateDict().keySet()));
  }

  private static ParamGroup group(Tensor p) {
    return new ParamGroup(List.of(p), 0.01, 0.1);
  }

  @Test
  void schedulesMultiplyTheInitialRate() {
    Tensor p = param(1);
    assertArrayEquals(
        new double[] {1, 1, 0.5, 0.5, 0.25}, rates(o -> Scheduler.step(o, 2, 0.5), p), 1e-12);
    assertArrayEquals(
        new double[] {1, 0.1, 0.1, 0.01, 0.01},
        rates(o -> Scheduler.multiStep(o, 0.1, 1, 3), p),
        1e-12);
    assertArrayEquals(
        new double[] {1, 0.853553390593, 0.5, 0.146446609407, 0},
        rates(o -> Scheduler.cosine(o, 4, 0), p),
        1e-9);
  }

  private static double[] rates(Function<Optimizer, Scheduler> make, Tensor p) {
    SGD sgd = new SGD(List.of(p), 1);
    Scheduler scheduler = make.apply(sgd);
    double[] rates = new double[5];
    for (int i = 0; i < rates.length; i++) {
      rates[i] = sgd.groups().getFirst().lr();
      scheduler.step();
    }
    return rates;
  }

  @Test
  void badSettingsAreRefused() {
    Tensor p = param(1);
    assertThrows(IllegalArgumentException.class, () -> new SGD(List.of(p), -1));
    assertThrows(IllegalArgumentException.class, () -> new SGD(List.of(p), 1, 0, 0, true));
    assertThrows(IllegalArgumentException.class, () -> new SGD(List.<Tensor>of(), 1));
    assertThrows(
        IllegalArgumentException.class,
        () -> new SGD(List.of(p), 1).loadStateDict(Map.of("steps", p, "7.m", p)));
  }
}
