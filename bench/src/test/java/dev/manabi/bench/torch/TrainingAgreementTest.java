package dev.manabi.bench.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.manabi.kernels.cases.Input;
import dev.manabi.kernels.cases.Values;
import dev.manabi.nn.Conv2d;
import dev.manabi.nn.Linear;
import dev.manabi.nn.Losses;
import dev.manabi.nn.MaxPool2d;
import dev.manabi.nn.Module;
import dev.manabi.nn.models.LeNet5;
import dev.manabi.nn.optim.Adam;
import dev.manabi.nn.optim.AdamW;
import dev.manabi.nn.optim.Optimizer;
import dev.manabi.nn.optim.SGD;
import dev.manabi.tensor.DType;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.Tensors;
import dev.manabi.tensor.memory.Region;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AdamOptions;
import org.bytedeco.pytorch.AdamWOptions;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.SGDOptions;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Whole trainings beside libtorch's, with its own optimizers: from the same weights, on the same
 * batches, the losses of every step and the weights at the end must be the same.
 */
class TrainingAgreementTest {
  private static final int STEPS = 20;
  private static final int BATCH = 6;

  @BeforeAll
  static void start() {
    assumeTrue(Torch.isAvailable(), "libtorch's libraries are here for x86-64 Linux only");
    Torch.start(1);
  }

  /** As MNISTNet, but with 4 and 8 channels and without dropout. */
  private static final class SmallNet extends Module {
    private final Conv2d conv1 = child("conv1", new Conv2d(1, 4, 5));
    private final Conv2d conv2 = child("conv2", new Conv2d(4, 8, 5));
    private final MaxPool2d pool = child("pool", new MaxPool2d(2, 2));
    private final Linear fc1 = child("fc1", new Linear(8 * 4 * 4, 32));
    private final Linear fc2 = child("fc2", new Linear(32, 10));

    @Override
    public Tensor forward(Tensor x) {
      x = pool.apply(conv1.apply(x).relu());
      x = pool.apply(conv2.apply(x).relu());
      return fc2.apply(fc1.apply(x.flatten(1, -1)).relu());
    }
  }

  enum Net {
    SMALL {
      @Override
      Module make() {
        return new SmallNet();
      }

      @Override
      org.bytedeco.pytorch.Tensor forward(
          Map<String, org.bytedeco.pytorch.Tensor> w, org.bytedeco.pytorch.Tensor x) {
        x = torch.max_pool2d(conv(w, "conv1", x).relu(), 2, 2);
        x = torch.max_pool2d(conv(w, "conv2", x).relu(), 2, 2);
        return linear(w, "fc2", linear(w, "fc1", x.flatten(1, -1)).relu());
      }
    },
    LENET {
      @Override
      Module make() {
        return new LeNet5();
      }

      @Override
      org.bytedeco.pytorch.Tensor forward(
          Map<String, org.bytedeco.pytorch.Tensor> w, org.bytedeco.pytorch.Tensor x) {
        x = average(conv(w, "conv1", x).relu());
        x = average(conv(w, "conv2", x).relu());
        x = linear(w, "fc1", x.flatten(1, -1)).relu();
        x = linear(w, "fc2", x).relu();
        return linear(w, "fc3", x);
      }
    };

    abstract Module make();

    abstract org.bytedeco.pytorch.Tensor forward(
        Map<String, org.bytedeco.pytorch.Tensor> weights, org.bytedeco.pytorch.Tensor x);
  }

  private static org.bytedeco.pytorch.Tensor conv(
      Map<String, org.bytedeco.pytorch.Tensor> w, String name, org.bytedeco.pytorch.Tensor x) {
    return torch.conv2d(
        x,
        w.get(name + ".weight"),
        new TensorOptional(w.get(name + ".bias")),
        new long[] {1, 1},
        new long[] {0, 0},
        new long[] {1, 1},
        1);
  }

  private static org.bytedeco.pytorch.Tensor average(org.bytedeco.pytorch.Tensor x) {
    long[] two = {2, 2};
    return torch.avg_pool2d(x, two, two, new long[] {0, 0}, false, true, new LongOptional());
  }

  private static org.bytedeco.pytorch.Tensor linear(
      Map<String, org.bytedeco.pytorch.Tensor> w, String name, org.bytedeco.pytorch.Tensor x) {
    return torch.linear(x, w.get(name + ".weight"), w.get(name + ".bias"));
  }

  enum Method {
    MOMENTUM {
      @Override
      Optimizer ours(List<Tensor> parameters) {
        return new SGD(parameters, 0.05, 0.9, 1e-3, false);
      }

      @Override
      org.bytedeco.pytorch.Optimizer torch(TensorVector parameters) {
        return new org.bytedeco.pytorch.SGD(parameters, sgd(0.05, 0.9, 1e-3, false));
      }
    },
    NESTEROV {
      @Override
      Optimizer ours(List<Tensor> parameters) {
        return new SGD(parameters, 0.05, 0.9, 0, true);
      }

      @Override
      org.bytedeco.pytorch.Optimizer torch(TensorVector parameters) {
        return new org.bytedeco.pytorch.SGD(parameters, sgd(0.05, 0.9, 0, true));
      }
    },
    ADAM {
      @Override
      Optimizer ours(List<Tensor> parameters) {
        return new Adam(parameters, 2e-3, 1e-2);
      }

      @Override
      org.bytedeco.pytorch.Optimizer torch(TensorVector parameters) {
        AdamOptions options = new AdamOptions(2e-3);
        options.weight_decay().put(1e-2);
        return new org.bytedeco.pytorch.Adam(parameters, options);
      }
    },
    ADAMW {
      @Override
      Optimizer ours(List<Tensor> parameters) {
        return new AdamW(parameters, 2e-3, 1e-1);
      }

      @Override
      org.bytedeco.pytorch.Optimizer torch(TensorVector parameters) {
        AdamWOptions options = new AdamWOptions(2e-3);
        options.weight_decay().put(1e-1);
        return new org.bytedeco.pytorch.AdamW(parameters, options);
      }
    };

    abstract Optimizer ours(List<Tensor> parameters);

    abstract org.bytedeco.pytorch.Optimizer torch(TensorVector parameters);
  }

  private static SGDOptions sgd(double lr, double momentum, double decay, boolean nesterov) {
    SGDOptions options = new SGDOptions(lr);
    options.momentum().put(momentum);
    options.weight_decay().put(decay);
    options.nesterov().put(nesterov);
    return options;
  }

  @ParameterizedTest
  @CsvSource({
    // In f64 rounding stays out of sight; in f32 each step carries on the errors of the last.
    "SMALL, MOMENTUM, F64, 1e-11",
    "SMALL, NESTEROV, F64, 1e-11",
    "SMALL, ADAM, F64, 1e-9",
    "SMALL, ADAMW, F64, 1e-9",
    "LENET, NESTEROV, F64, 1e-11",
    "LENET, ADAM, F64, 1e-9",
    "LENET, ADAMW, F64, 1e-9",
    "SMALL, NESTEROV, F32, 1e-4",
    "SMALL, ADAMW, F32, 1e-3",
    "LENET, MOMENTUM, F32, 1e-4",
    "LENET, ADAM, F32, 1e-3",
  })
  void lossesAgreeStepByStep(Net net, Method method, DType dtype, double near) {
    train(net, method, dtype, near, 0);
  }

  /** Its first updates must not be taken for late ones. */
  @ParameterizedTest
  @CsvSource({"MOMENTUM", "ADAM", "ADAMW"})
  void aLayerThatWasFrozenAtFirstIsUpdatedAlike(Method method) {
    train(Net.SMALL, method, DType.F64, 1e-9, 6);
  }

  /** The first two parameters stand still for the first {@code frozen} steps. */
  private static void train(Net net, Method method, DType dtype, double near, int frozen) {
    try (PointerScope scope = new PointerScope();
        Region region = Region.open("training")) {
      Tensors.manualSeed(1);
      Module model = net.make().to(dtype);
      Map<String, org.bytedeco.pytorch.Tensor> weights = new LinkedHashMap<>();
      model
          .namedParameters()
          .forEach((name, p) -> weights.put(name, Peers.of(p).detach().requires_grad_(true)));
      Optimizer optimizer = method.ours(model.parameters());
      org.bytedeco.pytorch.Optimizer peer =
          method.torch(
              new TensorVector(weights.values().toArray(new org.bytedeco.pytorch.Tensor[0])));
      List<Double> losses = new ArrayList<>();

      for (int step = 0; step < STEPS; step++) {
        boolean moving = step >= frozen;
        model.parameters().subList(0, 2).forEach(p -> p.requiresGrad(moving));
        weights.values().stream().limit(2).forEach(w -> w.requires_grad_(moving));
        Tensor x = images(step).to(dtype);
        Tensor classes = Tensors.randint(0, 10, BATCH);
        Tensor loss = Losses.crossEntropy().apply(model.apply(x), classes);
        optimizer.zeroGrad();
        loss.backward();
        optimizer.step();

        org.bytedeco.pytorch.Tensor expected =
            torch.cross_entropy_loss(net.forward(weights, Peers.of(x)), Peers.of(classes));
        peer.zero_grad();
        expected.backward();
        peer.step();
        assertEquals("", Compared.difference("loss " + step, expected, loss, near));
        losses.add(loss.item());
      }

      model
          .namedParameters()
          .forEach(
              (name, p) -> assertEquals("", Compared.difference(name, weights.get(name), p, near)));
      assertTrue(losses.stream().distinct().count() == STEPS, "no training happened: " + losses);
    }
  }

  private static Tensor images(int seed) {
    return Input.of(BATCH, 1, 28, 28).with(Values.uniform(0, 1)).tensor(new SplittableRandom(seed));
  }
}
