package dev.manabi.bench;

import dev.manabi.bench.torch.Peers;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.Tensors;
import dev.manabi.tensor.op.ConvOp;
import dev.manabi.tensor.op.ConvOp.Params;
import dev.manabi.tensor.run.Interpreter;
import java.util.function.UnaryOperator;
import org.bytedeco.javacpp.BoolPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.LongArrayRefOptional;
import org.bytedeco.pytorch.T_TensorTensorTensor_T;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/**
 * Convolutions of f32 images and their two gradients, without bias. The engine has its images in
 * channels-last and its weights row-major, as its layers do; libtorch has everything in one layout
 * or the other.
 */
public class ConvBenchmark extends SideBySide {
  private static final long[] ONES = {1, 1};
  private static final long[] ZEROS = {0, 0};

  @Param Layer layer;
  @Param Pass pass;

  private Tensor x;
  private Tensor weight;
  private Tensor gradOut;
  private Peer rowMajor;
  private Peer channelsLast;

  /** What is convolved, with stride 1. */
  public enum Layer {
    /** MNISTNet's first convolution. */
    M2_CONV1(64, 1, 28, 32, 5, 0),
    /** MNISTNet's second convolution. */
    M2_CONV2(64, 32, 12, 64, 5, 0),
    /** The first layer of nets for CIFAR-10; the others are as VGG and ResNet have them. */
    K3_3_TO_64_AT_32(128, 3, 32, 64, 3, 1),
    K3_64_TO_64_AT_32(128, 64, 32, 64, 3, 1),
    K3_64_TO_128_AT_16(128, 64, 16, 128, 3, 1),
    K3_128_TO_128_AT_16(128, 128, 16, 128, 3, 1),
    K3_128_TO_256_AT_8(128, 128, 8, 256, 3, 1),
    K3_256_TO_256_AT_8(128, 256, 8, 256, 3, 1),
    /** Depthwise: a kernel for every channel. */
    K3_DEPTHWISE_64_AT_32(128, 64, 32, 64, 3, 1, 64),
    K3_DEPTHWISE_256_AT_16(64, 256, 16, 256, 3, 1, 256),
    K7_DEPTHWISE_96_AT_28(32, 96, 28, 96, 7, 3, 96);

    final int batch;
    final int in;
    final int size;
    final int out;
    final int kernel;
    final Params params;

    Layer(int batch, int in, int size, int out, int kernel, int padding) {
      this(batch, in, size, out, kernel, padding, 1);
    }

    Layer(int batch, int in, int size, int out, int kernel, int padding, int groups) {
      this.batch = batch;
      this.in = in;
      this.size = size;
      this.out = out;
      this.kernel = kernel;
      params = Params.of(1, padding, 1, groups);
    }

    int outSize() {
      return params.outH(size, kernel);
    }

    int inOfGroup() {
      return in / params.groups();
    }

    /** Additions and multiplications by the definition, the same for every pass. */
    double flops() {
      return 2.0 * batch * out * outSize() * outSize() * inOfGroup() * kernel * kernel;
    }
  }

  /** What is computed. */
  public enum Pass {
    FORWARD,
    INPUT_GRAD,
    WEIGHT_GRAD
  }

  /** libtorch's operands in one layout. */
  private record Peer(
      org.bytedeco.pytorch.Tensor x,
      org.bytedeco.pytorch.Tensor weight,
      org.bytedeco.pytorch.Tensor gradOut) {}

  @Override
  void prepareManabi() {
    Tensors.manualSeed(1);
    x = Tensors.randn(layer.batch, layer.in, layer.size, layer.size).channelsLast();
    weight = Tensors.randn(layer.out, layer.inOfGroup(), layer.kernel, layer.kernel);
    gradOut =
        Tensors.randn(layer.batch, layer.out, layer.outSize(), layer.outSize()).channelsLast();
  }

  @Override
  void prepareLibtorch() {
    rowMajor = peer(Peers::rowMajor);
    channelsLast = peer(Peers::channelsLast);
  }

  private Peer peer(UnaryOperator<org.bytedeco.pytorch.Tensor> layout) {
    return new Peer(
        layout.apply(Peers.of(x)), layout.apply(Peers.of(weight)), layout.apply(Peers.of(gradOut)));
  }

  @Override
  void checkAgreement() {
    String what = "convolution " + layer + " " + pass;
    Agreement.check(what, compute(), compute(rowMajor), 1e-4);
    Agreement.check(what, compute(), compute(channelsLast), 1e-4);
  }

  @Benchmark
  public void manabi() {
    compute().release();
  }

  @Benchmark
  public void libtorchRowMajor() {
    computeAndFree(rowMajor);
  }

  @Benchmark
  public void libtorchChannelsLast() {
    computeAndFree(channelsLast);
  }

  private Tensor compute() {
    return switch (pass) {
      case FORWARD -> x.conv2d(weight, null, layer.params);
      case INPUT_GRAD ->
          Interpreter.run(
              new ConvOp.InputGrad(layer.params, layer.size, layer.size), gradOut, weight);
      case WEIGHT_GRAD ->
          Interpreter.run(
              new ConvOp.WeightGrad(layer.params, layer.kernel, layer.kernel), x, gradOut);
    };
  }

  private void computeAndFree(Peer peer) {
    try (var scope = new PointerScope()) {
      compute(peer);
    }
  }

  private org.bytedeco.pytorch.Tensor compute(Peer peer) {
    return switch (pass) {
      case FORWARD ->
          torch.conv2d(
              peer.x,
              peer.weight,
              new TensorOptional(),
              ONES,
              padding(),
              ONES,
              layer.params.groups());
      case INPUT_GRAD -> backward(peer, true, false).get0();
      case WEIGHT_GRAD -> backward(peer, false, true).get1();
    };
  }

  /** What libtorch's autograd calls for a convolution. */
  private T_TensorTensorTensor_T backward(Peer peer, boolean inputGrad, boolean weightGrad) {
    return torch.convolution_backward(
        peer.gradOut,
        peer.x,
        peer.weight,
        new LongArrayRefOptional(),
        ONES,
        padding(),
        ONES,
        false,
        ZEROS,
        layer.params.groups(),
        new BoolPointer(3).put(0, inputGrad).put(1, weightGrad).put(2, false));
  }

  private long[] padding() {
    return new long[] {layer.params.paddingH(), layer.params.paddingW()};
  }
}
