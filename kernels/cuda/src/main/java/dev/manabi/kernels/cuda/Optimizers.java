package dev.manabi.kernels.cuda;

import dev.manabi.kernels.cuda.driver.Grid;
import dev.manabi.tensor.Layout;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.op.OptimOp;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** Optimizer updates of many parameters in few launches. */
final class Optimizers {
  /** {@code MANY} of {@code optim.cu}. */
  private static final int MANY = 32;

  private static final int THREADS = 256;
  private static final int MAX_BLOCKS = 1024;

  private Optimizers() {}

  /**
   * A parameter with its gradient and state, in the order of {@code Parameter} of {@code optim.cu}:
   * inputs, then outputs; the last inputs and outputs are missing for simpler updates.
   */
  private record Update(Tensor[] in, Tensor[] out, long count) {}

  static void run(Gpu gpu, OptimOp op, Tensor[] in, Tensor[] out) {
    int each = op.inputsPerParameter();
    int parameters = in.length / each;
    List<Scratch> copies = new ArrayList<>();
    List<Runnable> after = new ArrayList<>();
    List<Update> updates = new ArrayList<>();
    for (int i = 0; i < parameters; i++) {
      updates.add(update(gpu, i, parameters, in, out, copies, after));
    }
    for (int from = 0; from < parameters; from += MANY) {
      launch(gpu, op, in[0], updates.subList(from, Math.min(parameters, from + MANY)));
    }
    after.forEach(Runnable::run);
    copies.forEach(Scratch::close);
  }

  /** Tensors that lie in another order than the parameter are copied before, and back after. */
  private static Update update(
      Gpu gpu,
      int i,
      int parameters,
      Tensor[] in,
      Tensor[] out,
      List<Scratch> copies,
      List<Runnable> after) {
    Tensor param = in[i];
    Layout order = param.layout().denseLike(param.shape());
    Tensor[] read = new Tensor[in.length / parameters];
    for (int k = 0; k < read.length; k++) {
      Tensor x = in[i + k * parameters];
      if (Copies.sameOrder(x.layout(), order)) {
        read[k] = x;
      } else {
        read[k] = scratch(gpu, x, order, copies);
        Copies.copy(gpu, x, read[k]);
      }
    }
    Tensor[] written = new Tensor[out.length / parameters];
    for (int k = 0; k < written.length; k++) {
      Tensor y = out[i + k * parameters];
      if (Copies.sameOrder(y.layout(), order)) {
        written[k] = y;
      } else {
        Tensor copy = scratch(gpu, y, order, copies);
        written[k] = copy;
        after.add(() -> Copies.copy(gpu, copy, y));
      }
    }
    return new Update(read, written, param.numel());
  }

  private static Tensor scratch(Gpu gpu, Tensor x, Layout order, List<Scratch> copies) {
    Scratch copy = Scratch.of(gpu, x.dtype(), order);
    copies.add(copy);
    return copy.tensor();
  }

  private static void launch(Gpu gpu, OptimOp op, Tensor first, List<Update> updates) {
    String kernel =
        switch (op) {
          case OptimOp.Sgd _ -> "sgd";
          case OptimOp.Adam _ -> "adam";
        };
    Call call = gpu.call("optim", first.dtype(), kernel);
    long largest = 0;
    for (int i = 0; i < MANY; i++) {
      boolean used = i < updates.size();
      pointers(call, 4, used ? updates.get(i).in() : new Tensor[0]);
      pointers(call, 3, used ? updates.get(i).out() : new Tensor[0]);
      long count = used ? updates.get(i).count() : 0;
      call.i64(count);
      largest = Math.max(largest, count);
    }
    call.struct(numbers(op)).address(gpu.replay().numbersOf(op));
    int blocks = (int) Math.min(MAX_BLOCKS, Math.ceilDiv(largest, (long) THREADS));
    call.grid(Grid.of(blocks, updates.size(), 1, THREADS));
  }

  /** {@code SgdNumbers} or {@code AdamNumbers} of {@code optim.cu}. */
  static ByteBuffer numbers(OptimOp op) {
    ByteBuffer to = ByteBuffer.allocate(Replay.MOST_NUMBERS).order(ByteOrder.nativeOrder());
    switch (op) {
      case OptimOp.Sgd o ->
          to.putDouble(o.lr())
              .putDouble(o.momentum())
              .putDouble(o.dampening())
              .putDouble(o.weightDecay())
              .putInt(o.nesterov() ? 1 : 0)
              .putInt(o.first() ? 1 : 0);
      case OptimOp.Adam o ->
          to.putDouble(o.lr())
              .putDouble(o.beta1())
              .putDouble(o.beta2())
              .putDouble(o.eps())
              .putDouble(o.weightDecay())
              .putDouble(1 - Math.pow(o.beta1(), (double) o.step()))
              .putDouble(1 - Math.pow(o.beta2(), (double) o.step()))
              .putInt(o.decoupled() ? 1 : 0)
              .putInt(0);
    }
    return to.flip();
  }

  private static void pointers(Call call, int count, Tensor[] tensors) {
    for (int k = 0; k < count; k++) {
      call.address(k < tensors.length ? tensors[k].address() : 0);
    }
  }
}
