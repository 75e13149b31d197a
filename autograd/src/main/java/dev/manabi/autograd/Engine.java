package dev.manabi.autograd;

import dev.manabi.tensor.AutogradMeta;
import dev.manabi.tensor.Hook;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.op.CustomOp;
import dev.manabi.tensor.op.Op;
import dev.manabi.tensor.op.OptimOp;
import dev.manabi.tensor.run.AutogradEngine;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Reverse-mode differentiation on a tape of nodes: every recorded op leaves a {@link Node}, and a
 * {@link BackwardPass} walks the nodes from the last to the first, asking {@link Vjp} at each for
 * the gradients of its inputs. The interpreter finds this class through the service loader.
 */
public final class Engine implements AutogradEngine {
  /** For the service loader. */
  public Engine() {}

  @Override
  public void record(Op op, Tensor[] inputs, Tensor[] outputs) {
    if (op instanceof OptimOp) {
      throw optimizerUpdate(op);
    }
    if (op instanceof CustomOp) {
      checkFresh(op, inputs, outputs);
    }
    boolean differentiable = false;
    for (Tensor output : outputs) {
      differentiable |= output.dtype().isFloating();
    }
    if (differentiable) {
      for (Tensor input : inputs) {
        checkView(op, input);
      }
      Node.record(op, inputs, outputs);
    }
  }

  private static void checkFresh(Op op, Tensor[] inputs, Tensor[] outputs) {
    for (Tensor output : outputs) {
      for (Tensor input : inputs) {
        if (output.storage() == input.storage()) {
          throw new IllegalStateException(
              op.name()
                  + ": forward returned the memory of an input\n  fix: return a fresh tensor, such as"
                  + " its copy()");
        }
      }
    }
  }

  /** A view remembers the node it came from, so it is stale once its memory has a newer one. */
  private static void checkView(Op op, Tensor input) {
    AutogradMeta meta = input.meta();
    if (meta == null || !meta.isView || meta.gradFn == null) {
      return;
    }
    if (meta.graphVersion != input.storage().graphVersion()) {
      throw new IllegalStateException(
          op.name()
              + ": the view "
              + input.spec()
              + ", made by "
              + meta.gradFn.name()
              + ", shows memory that was then modified in place, so its gradient would miss that"
              + " write\n  fix: make the view again after the write, or write out of place");
    }
  }

  @Override
  public void checkInPlace(Op op, Tensor target) {
    if (op instanceof OptimOp) {
      throw optimizerUpdate(op);
    }
    AutogradMeta meta = target.meta();
    if (meta != null && meta.requiresGrad && meta.gradFn == null) {
      throw new IllegalStateException(
          op.name()
              + "_: a leaf that requires grad, "
              + target.spec()
              + ", cannot be written in place while gradients are recorded\n  fix: write inside"
              + " GradMode.noGrad(..), or use the out-of-place form");
    }
    if (isView(target)) {
      throw new IllegalStateException(
          op.name()
              + "_: "
              + target.spec()
              + " is a view, and a recorded write through it would not reach the gradient of the"
              + " tensor behind it\n  fix: build a new tensor with Tensors.where(..), scatter(..) or"
              + " Tensors.cat(..), or write to the whole tensor");
    }
  }

  /** A view that was not recorded is known by showing a part of its memory only. */
  private static boolean isView(Tensor target) {
    AutogradMeta meta = target.meta();
    if (meta != null && meta.gradFn != null) {
      return meta.isView;
    }
    return target.numel() * target.dtype().bytes() < target.storage().bytes();
  }

  private static IllegalStateException optimizerUpdate(Op op) {
    return new IllegalStateException(
        op.name()
            + ": optimizer updates are not differentiable\n  fix: call the optimizer inside"
            + " GradMode.noGrad(..)");
  }

  @Override
  public void backward(
      Tensor root, @Nullable Tensor gradient, boolean retainGraph, boolean createGraph) {
    BackwardPass pass = BackwardPass.toLeaves(retainGraph, createGraph);
    pass.run(List.of(root), List.of(Roots.gradient("backward", root, gradient)));
  }

  @Override
  public List<@Nullable Tensor> grad(
      List<Tensor> outputs,
      List<Tensor> inputs,
      @Nullable List<Tensor> gradOutputs,
      boolean retainGraph,
      boolean createGraph) {
    Roots.checkCount(outputs, gradOutputs);
    List<Tensor> seeds = new ArrayList<>();
    for (int i = 0; i < outputs.size(); i++) {
      Tensor given = gradOutputs == null ? null : gradOutputs.get(i);
      seeds.add(Roots.gradient("grad", outputs.get(i), given));
    }
    BackwardPass pass = BackwardPass.toInputs(outputs, inputs, retainGraph, createGraph);
    return pass.run(outputs, seeds);
  }

  @Override
  public Hook addHook(Tensor tensor, UnaryOperator<@Nullable Tensor> hook) {
    return switch (Edge.of(tensor)) {
      case Edge.ToNode(Node node, int output) -> node.addHook(output, hook);
      case Edge.ToLeaf(Tensor leaf) -> Hooks.add(leaf.metaOrCreate().hooks, hook);
      case null ->
          throw new IllegalStateException(
              "registerHook: "
                  + tensor.spec()
                  + " has no gradient to look at\n  fix: call requiresGrad(true) on it, or compute it"
                  + " from a tensor that requires grad, outside noGrad");
    };
  }
}
