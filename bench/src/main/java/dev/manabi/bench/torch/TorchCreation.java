package dev.manabi.bench.torch;

import dev.manabi.tensor.op.CreateOp;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Ops without inputs. */
final class TorchCreation {
  private TorchCreation() {}

  static TorchOps.Result run(CreateOp op) {
    return switch (op) {
      case CreateOp.Fill fill ->
          TorchOps.outputs(
              torch.full(
                  Peers.longs(fill.shape()),
                  new Scalar(fill.value()),
                  new TensorOptions(Peers.type(fill.dtype()))));
      // torch.arange would round the step to the dtype before it counts.
      case CreateOp.Range range ->
          TorchOps.outputs(
              torch
                  .arange(new Scalar(range.count()), new TensorOptions(ScalarType.Double))
                  .mul(new Scalar(range.step()))
                  .add(new Scalar(range.start()))
                  .to(Peers.type(range.dtype())));
      case CreateOp.Random random ->
          new TorchOps.NoPeer("libtorch draws random numbers from another generator");
    };
  }
}
