package dev.manabi.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.manabi.kernels.cuda.driver.CudaContext;
import dev.manabi.kernels.cuda.driver.CudaException;
import dev.manabi.nn.Dropout;
import dev.manabi.nn.Linear;
import dev.manabi.nn.Losses;
import dev.manabi.nn.ReLU;
import dev.manabi.nn.Sequential;
import dev.manabi.nn.optim.Adam;
import dev.manabi.nn.optim.AdamW;
import dev.manabi.nn.optim.Optimizer;
import dev.manabi.nn.optim.SGD;
import dev.manabi.nn.optim.Scheduler;
import dev.manabi.tensor.DType;
import dev.manabi.tensor.Device;
import dev.manabi.tensor.GradMode;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.Tensors;
import dev.manabi.tensor.memory.Region;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A captured training step does the same as one that is run op by op. */
class CapturedStepTest {
  private static final int STEPS = 4;
  private static final Device GPU = Device.cuda(0);

  @BeforeAll
  static void chooseTheMachine() {
    Machines.choose();
  }

  @BeforeEach
  void needsADevice() {
    assumeTrue(Gpus.unavailableBecause().isEmpty(), Gpus.unavailableBecause());
  }

  /** A small net with dropout and an optimizer, and the tensors that its step reads and writes. */
  private static final class Training {
    private final Sequential model;
    private final Optimizer optimizer;
    private final Tensor images = Tensors.zeros(5, 12).to(GPU);
    private final Tensor labels = Tensors.zeros(DType.I64, 5).to(GPU);
    private final Tensor loss = Tensors.zeros().to(GPU);

    Training(Function<List<Tensor>, Optimizer> makeOptimizer) {
      Tensors.manualSeed(3);
      model = new Sequential(new Linear(12, 16), new ReLU(), new Dropout(0.5), new Linear(16, 4));
      model.to(GPU);
      optimizer = makeOptimizer.apply(model.parameters());
    }

    void load(int i) {
      float[] x = new float[60];
      for (int k = 0; k < x.length; k++) {
        x[k] = (float) Math.sin(k + 10.0 * i);
      }
      images.copy_(Tensors.of(x, 5, 12));
      labels.copy_(Tensors.of(new long[] {0, 1, 2, 3, i % 4}));
    }

    void step() {
      try (var region = Region.open("step")) {
        optimizer.zeroGrad();
        Tensor l = Losses.crossEntropy().apply(model.apply(images), labels);
        l.backward();
        optimizer.step();
        GradMode.noGrad(() -> loss.copy_(l.detach()));
      }
    }
  }

  /**
   * What a training came to.
   *
   * @param steps how often the optimizer has updated each parameter
   */
  private record Result(double[] losses, List<float[]> weights, long[] steps) {}

  private static Result run(Function<List<Tensor>, Optimizer> optimizer, boolean captured) {
    Training training = new Training(optimizer);
    training.load(0);
    training.step();
    Scheduler rates = new Scheduler(training.optimizer, i -> 1 / (1.0 + i));
    double[] losses = new double[STEPS];
    if (captured) {
      try (CapturedStep graph = CapturedStep.capture(GPU, training::step)) {
        assertTrue(graph.size() > 10, "only " + graph.size() + " launches");
        train(training, rates, graph::run, losses);
      }
    } else {
      train(training, rates, training::step, losses);
    }
    List<float[]> weights = new ArrayList<>();
    training.model.parameters().forEach(p -> weights.add(p.to(Device.CPU).toFloatArray()));
    Tensor steps = training.optimizer.stateDict().get("steps");
    return new Result(losses, weights, steps.toLongArray());
  }

  private static void train(Training training, Scheduler rates, Runnable step, double[] losses) {
    for (int i = 0; i < losses.length; i++) {
      training.load(i);
      rates.step();
      step.run();
      losses[i] = training.loss.item();
    }
  }

  /** The rate changes before every step. */
  private static void compare(Function<List<Tensor>, Optimizer> optimizer) {
    Result eager = run(optimizer, false);
    Result captured = run(optimizer, true);
    assertArrayEquals(eager.losses(), captured.losses());
    for (int i = 0; i < eager.weights().size(); i++) {
      assertArrayEquals(eager.weights().get(i), captured.weights().get(i));
    }
    assertArrayEquals(eager.steps(), captured.steps());
    assertEquals(1 + STEPS, captured.steps()[0]);
  }

  @Test
  void adamTrainsTheSameWithAScheduledRate() {
    compare(p -> new Adam(p, 1e-1));
  }

  @Test
  void adamWTrainsTheSameWithAScheduledRate() {
    compare(p -> new AdamW(p, 1e-1, 1e-2));
  }

  @Test
  void sgdTrainsTheSameWithAScheduledRate() {
    compare(p -> new SGD(p, 0.5, 0.9, 1e-3, true));
    compare(p -> new SGD(p, 0.5));
  }

  @Test
  void theFirstStepOfAnOptimizerIsNotCaptured() {
    Training training = new Training(p -> new Adam(p, 1e-1));
    training.load(0);
    var e =
        assertThrows(IllegalStateException.class, () -> CapturedStep.capture(GPU, training::step));
    assertTrue(e.getMessage().contains("fix: run the step once"), e.getMessage());
    // And the device goes on as before.
    training.step();
    assertTrue(training.loss.item() > 0);
  }

  @Test
  void aCapturedStepDoesNotReadOnTheHost() {
    Training training = new Training(p -> new SGD(p, 0.5));
    training.load(0);
    training.step();
    var e =
        assertThrows(
            IllegalStateException.class, () -> CapturedStep.capture(GPU, training.loss::item));
    assertTrue(e.getMessage().contains("fix: keep it in a tensor"), e.getMessage());
    training.step();
    assertTrue(training.loss.item() > 0);
  }

  /** As a card does: what is not allowed in a capture ends it, and its end is an error then. */
  @Test
  void aFailedCaptureTellsWhatWasWrong() {
    CudaContext card =
        (CudaContext)
            Proxy.newProxyInstance(
                CudaContext.class.getClassLoader(),
                new Class<?>[] {CudaContext.class},
                (proxy, method, arguments) -> {
                  if (method.getName().equals("endCapture")) {
                    throw new CudaException("cuStreamEndCapture: invalidated");
                  }
                  return null;
                });
    Runnable work =
        () -> {
          throw new IllegalStateException("the step");
        };
    var e = assertThrows(IllegalStateException.class, () -> CapturedStep.record(card, work));
    assertEquals("the step", e.getMessage());
    assertEquals("cuStreamEndCapture: invalidated", e.getSuppressed()[0].getMessage());
  }
}
