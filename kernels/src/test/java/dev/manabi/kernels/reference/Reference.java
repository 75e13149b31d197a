package dev.manabi.kernels.reference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.manabi.tensor.DType;
import dev.manabi.tensor.Device;
import dev.manabi.tensor.Layout;
import dev.manabi.tensor.Shape;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.TensorSpec;
import dev.manabi.tensor.op.Op;
import dev.manabi.tensor.run.Backends;
import dev.manabi.tensor.run.Interpreter;

/** What the tests of this package share: small tensors, and ops run on the reference backend. */
final class Reference {
  private Reference() {}

  static Shape shape(int... dims) {
    return Shape.of(dims);
  }

  static Tensor f32(Shape shape, double... values) {
    return tensor(DType.F32, shape, values);
  }

  static Tensor f64(Shape shape, double... values) {
    return tensor(DType.F64, shape, values);
  }

  static Tensor i64(Shape shape, double... values) {
    return tensor(DType.I64, shape, values);
  }

  static Tensor tensor(DType dtype, Shape shape, double... values) {
    return tensor(dtype, Layout.contiguous(shape), values);
  }

  static Tensor tensor(DType dtype, Layout layout, double... values) {
    Tensor t = Interpreter.allocate(new TensorSpec(layout, dtype), Device.CPU);
    Elements e = Elements.of(t);
    for (Walk w = Walk.over(layout); w.more(); w.next()) {
      e.set(w.at(0), values[(int) w.number()]);
    }
    return t;
  }

  static Tensor[] runAll(Op op, Tensor... inputs) {
    Tensor[][] outputs = new Tensor[1][];
    Backends.with(new ReferenceBackend(), () -> outputs[0] = Interpreter.runAll(op, inputs));
    return outputs[0];
  }

  static Tensor run(Op op, Tensor... inputs) {
    return runAll(op, inputs)[0];
  }

  /** The elements in row-major order. */
  static double[] toArray(Tensor t) {
    Elements e = Elements.of(t);
    double[] values = new double[(int) t.numel()];
    for (Walk w = Walk.over(t.layout()); w.more(); w.next()) {
      values[(int) w.number()] = e.get(w.at(0));
    }
    return values;
  }

  static void assertValues(Tensor t, double... expected) {
    assertArrayEquals(expected, toArray(t), 1e-6);
  }
}
