package dev.manabi.autograd;

import dev.manabi.tensor.op.ConvOp;
import dev.manabi.tensor.op.CreateOp;
import dev.manabi.tensor.op.CustomOp;
import dev.manabi.tensor.op.ElementwiseOp;
import dev.manabi.tensor.op.ElementwiseOp.BinaryFn;
import dev.manabi.tensor.op.ElementwiseOp.UnaryFn;
import dev.manabi.tensor.op.IndexOp;
import dev.manabi.tensor.op.LinalgOp;
import dev.manabi.tensor.op.LossOp;
import dev.manabi.tensor.op.NormOp;
import dev.manabi.tensor.op.Op;
import dev.manabi.tensor.op.OptimOp;
import dev.manabi.tensor.op.PoolOp;
import dev.manabi.tensor.op.ReduceOp;
import dev.manabi.tensor.op.ReduceOp.ReduceFn;
import dev.manabi.tensor.op.ViewOp;
import java.util.function.IntPredicate;

/**
 * Which inputs and outputs of an op its vector-Jacobian product ({@link Vjp}) reads, as bit sets:
 * bit {@code i} of {@code inputs} keeps input {@code i} alive until backward. What is not named
 * here may be freed as soon as the forward pass is done with it, so this switch decides how much
 * memory training takes.
 */
record Saved(long inputs, long outputs) {
  private static final Saved NOTHING = new Saved(0, 0);
  private static final Saved OUTPUT = new Saved(0, 1);
  private static final Saved EVERYTHING = new Saved(-1, -1);

  private static Saved inputs(int... indices) {
    long bits = 0;
    for (int i : indices) {
      bits |= 1L << i;
    }
    return new Saved(bits, 0);
  }

  private static Saved inputIf(boolean wanted, int index) {
    return wanted ? inputs(index) : NOTHING;
  }

  private Saved and(Saved other) {
    return new Saved(inputs | other.inputs, outputs | other.outputs);
  }

  boolean keepsInput(int i) {
    return (inputs >>> i & 1) != 0;
  }

  boolean keepsOutput(int i) {
    return (outputs >>> i & 1) != 0;
  }

  /** What {@code op} must keep if its input {@code i} wants a gradient where {@code needs(i)}. */
  static Saved of(Op op, IntPredicate needs) {
    return switch (op) {
      case CreateOp create -> NOTHING;
      case ElementwiseOp elementwise -> of(elementwise, needs);
      case ViewOp view -> NOTHING;
      case ReduceOp reduce -> of(reduce);
      case IndexOp index -> of(index);
      case LinalgOp.MatMul m -> crosswise(needs);
      case LinalgOp.Linear l -> crosswise(needs).and(l.relu() ? OUTPUT : NOTHING);
      // All three are bilinear: the gradient of one operand reads the other.
      case ConvOp.Conv2d c -> crosswise(needs).and(c.relu() ? OUTPUT : NOTHING);
      case ConvOp.InputGrad c -> crosswise(needs);
      case ConvOp.WeightGrad c -> crosswise(needs);
      case PoolOp pool -> of(pool);
      case NormOp.Norm n -> inputs(0, 1).and(new Saved(0, n.relu() ? 0b111 : 0b110));
      case NormOp.RunningStatistics s -> inputs(3);
      case NormOp.NormGrad n -> n.relu() ? inputs(0, 1, 2, 3, 4, 5) : inputs(0, 1, 2, 3, 4);
      case LossOp.CrossEntropy c -> inputs(0, 1).and(new Saved(0, 0b10));
      case LossOp.CrossEntropyGrad c -> inputs(0, 1, 2, 3);
      case OptimOp optim -> NOTHING;
      case CustomOp custom -> EVERYTHING;
    };
  }

  private static Saved crosswise(IntPredicate needs) {
    return inputIf(needs.test(0), 1).and(inputIf(needs.test(1), 0));
  }

  private static Saved of(ElementwiseOp op, IntPredicate needs) {
    return switch (op) {
      case ElementwiseOp.Unary unary -> of(unary.fn());
      case ElementwiseOp.Binary binary -> of(binary.fn(), needs);
      case ElementwiseOp.Where w -> inputs(0);
      case ElementwiseOp.ScaleShift s -> crosswise(needs).and(s.relu() ? OUTPUT : NOTHING);
      case ElementwiseOp.Clamp c -> inputs(0);
      case ElementwiseOp.Cast c -> NOTHING;
      case ElementwiseOp.Copy c -> NOTHING;
      case ElementwiseOp.Dropout d -> NOTHING;
    };
  }

  private static Saved of(UnaryFn fn) {
    return switch (fn) {
      case NEG, SIGN, FLOOR, CEIL, ROUND, TRUNC -> NOTHING;
      case ABS, LOG, LOG1P, SIN, COS, ERF -> inputs(0);
      case EXP, EXPM1, SQRT, RSQRT, RECIPROCAL, TANH, SIGMOID, RELU -> OUTPUT;
      case IS_NAN, IS_INF, IS_FINITE, NOT -> NOTHING;
    };
  }

  private static Saved of(BinaryFn fn, IntPredicate needs) {
    return switch (fn) {
      case ADD, SUB, FLOOR_DIV -> NOTHING;
      case MUL -> crosswise(needs);
      case DIV -> inputs(1).and(inputIf(needs.test(1), 0));
      case POW -> inputs(0, 1).and(needs.test(1) ? OUTPUT : NOTHING);
      case MAX, MIN -> inputs(0, 1);
      case REMAINDER -> needs.test(1) ? inputs(0, 1) : NOTHING;
      case RELU_MASK -> inputs(1);
      case AND, OR, XOR, EQ, NE, LT, LE, GT, GE -> NOTHING;
    };
  }

  private static Saved of(ReduceOp op) {
    return switch (op) {
      case ReduceOp.Reduce reduce -> of(reduce.fn());
      case ReduceOp.Softmax s -> OUTPUT;
      case ReduceOp.LogSoftmax s -> OUTPUT;
      case ReduceOp.CumSum c -> NOTHING;
      case ReduceOp.ArgReduce a -> NOTHING;
      case ReduceOp.ArgSort a -> NOTHING;
      case ReduceOp.ArgTopK a -> NOTHING;
    };
  }

  private static Saved of(ReduceFn fn) {
    return switch (fn) {
      case SUM, MEAN -> NOTHING;
      case PROD -> inputs(0);
      case MAX, MIN -> inputs(0).and(OUTPUT);
      case ANY, ALL -> NOTHING;
    };
  }

  private static Saved of(IndexOp op) {
    return switch (op) {
      case IndexOp.IndexSelect i -> inputs(1);
      case IndexOp.IndexAdd i -> inputs(1);
      case IndexOp.Gather g -> inputs(1);
      case IndexOp.Scatter s -> inputs(1);
      case IndexOp.ScatterAdd s -> inputs(1);
      case IndexOp.Cat c -> NOTHING;
      case IndexOp.Pad p -> NOTHING;
      case IndexOp.NonZero n -> NOTHING;
      case IndexOp.ViewScatter v -> NOTHING;
    };
  }

  private static Saved of(PoolOp op) {
    return switch (op) {
      case PoolOp.MaxPool2d m -> new Saved(0, 0b10);
      case PoolOp.PlaneScatter p -> inputs(1);
      case PoolOp.PlaneGather p -> inputs(1);
      case PoolOp.AvgPool2d a -> NOTHING;
      case PoolOp.AvgPool2dGrad a -> NOTHING;
      case PoolOp.Interpolate i -> NOTHING;
      case PoolOp.InterpolateGrad i -> NOTHING;
    };
  }
}
