package dev.manabi.autograd;

import dev.manabi.tensor.AutogradMeta;
import dev.manabi.tensor.GradMode;
import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.TensorSpec;
import dev.manabi.tensor.error.ShapeException;
import dev.manabi.tensor.memory.Region;
import dev.manabi.tensor.op.CustomOp;
import dev.manabi.tensor.run.Interpreter;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One walk back through the graph.
 *
 * <p>Nodes are taken in falling order of their sequence number. Whatever uses a node's output was
 * made after it, so when its turn comes every contribution to its gradient has arrived: no counting
 * of users, no recursion.
 */
final class BackwardPass {
  private final boolean retainGraph;
  private final boolean createGraph;

  /** Which way to go; {@code null} to every leaf. */
  private final @Nullable Reach reach;

  private final GradientMemory memory;
  private final PriorityQueue<Visit> queue =
      new PriorityQueue<>(Comparator.comparingLong((Visit v) -> v.node.sequence).reversed());
  private final IdentityHashMap<Node, Visit> visits = new IdentityHashMap<>();

  /** In the order of the first contribution, so that results do not depend on hash codes. */
  private final Map<Tensor, Accumulator> leaves = new LinkedHashMap<>();

  /** The gradients that have arrived for the outputs of a node. */
  private static final class Visit {
    final Node node;
    final @Nullable Accumulator[] outputs;

    Visit(Node node) {
      this.node = node;
      this.outputs = new Accumulator[node.outputs.length];
    }
  }

  private BackwardPass(boolean retainGraph, boolean createGraph, @Nullable Reach reach) {
    // The recorded gradients lead back through this graph, which must therefore live on.
    this.retainGraph = retainGraph || createGraph;
    this.createGraph = createGraph;
    this.reach = reach;
    this.memory = new GradientMemory(createGraph);
  }

  /** A pass that adds to {@code grad} of every leaf. */
  static BackwardPass toLeaves(boolean retainGraph, boolean createGraph) {
    return new BackwardPass(retainGraph, createGraph, null);
  }

  /** A pass that only computes the gradients of {@code inputs}. */
  static BackwardPass toInputs(
      List<Tensor> outputs, List<Tensor> inputs, boolean retainGraph, boolean createGraph) {
    return new BackwardPass(retainGraph, createGraph, Reach.of(outputs, inputs));
  }

  /**
   * Walks from {@code roots}, into which {@code seeds} flow.
   *
   * @return the gradients asked for; empty for a pass to the leaves
   */
  List<@Nullable Tensor> run(List<Tensor> roots, List<Tensor> seeds) {
    try (GradMode.Scope scope = GradMode.set(createGraph)) {
      for (int i = 0; i < roots.size(); i++) {
        memory.share(seeds.get(i));
        deliver(Edge.of(roots.get(i)), seeds.get(i));
      }
      for (Visit visit = queue.poll(); visit != null; visit = queue.poll()) {
        visits.remove(visit.node);
        visit(visit);
      }
      leaves.forEach(this::finish);
    }
    return reach == null ? List.of() : reach.results();
  }

  private boolean wants(@Nullable Edge edge) {
    return edge != null && (reach == null || reach.wants(edge));
  }

  /** Hands a gradient, which the pass holds, on to where {@code edge} leads. */
  private void deliver(@Nullable Edge edge, Tensor gradient) {
    if (!wants(edge)) {
      return;
    }
    memory.hold(gradient);
    switch (edge) {
      case Edge.ToLeaf(Tensor leaf) ->
          leaves.computeIfAbsent(leaf, l -> new Accumulator(memory)).add(gradient);
      case Edge.ToNode(Node node, int output) -> {
        Visit visit = visits.get(node);
        if (visit == null) {
          visit = new Visit(node);
          visits.put(node, visit);
          queue.add(visit);
        }
        Accumulator sum = visit.outputs[output];
        if (sum == null) {
          sum = new Accumulator(memory);
          visit.outputs[output] = sum;
        }
        sum.add(gradient);
      }
      case null -> {}
    }
  }

  /** All contributions to the node's outputs have arrived. */
  private void visit(Visit visit) {
    Node node = visit.node;
    var gradients = new @Nullable Tensor[visit.outputs.length];
    for (int i = 0; i < gradients.length; i++) {
      Accumulator sum = visit.outputs[i];
      if (sum != null) {
        gradients[i] = look(node, i, hooked(node.hooks(i), sum.total()));
      }
    }
    if (reach == null || reach.passes(node)) {
      propagate(node, gradients);
    }
    for (Tensor gradient : gradients) {
      if (gradient != null) {
        memory.drop(gradient);
      }
    }
  }

  private Tensor hooked(List<UnaryOperator<@Nullable Tensor>> hooks, Tensor gradient) {
    if (hooks.isEmpty()) {
      return gradient;
    }
    memory.share(gradient);
    Tensor result = Hooks.apply(hooks, gradient);
    if (result != gradient) {
      memory.share(result);
      memory.hold(result);
      memory.drop(gradient);
    }
    return result;
  }

  /** Gives the finished gradient of an output to those who asked for it. */
  private Tensor look(Node node, int output, Tensor gradient) {
    if (reach != null) {
      if (reach.capture(new Edge.ToNode(node, output), gradient)) {
        memory.share(gradient);
      }
      return gradient;
    }
    AutogradMeta meta = node.retaining(output);
    if (meta != null) {
      memory.share(gradient);
      Tensor before = meta.grad();
      meta.setGrad(before == null ? gradient : before.add(gradient));
    }
    return gradient;
  }

  private void propagate(Node node, @Nullable Tensor[] gradients) {
    boolean[] needs = new boolean[node.edges.length];
    boolean any = false;
    for (int i = 0; i < needs.length; i++) {
      needs[i] = wants(node.edges[i]);
      any |= needs[i];
    }
    if (any) {
      var results = results(new Call(node, needs), gradients);
      for (int i = 0; i < needs.length; i++) {
        Tensor result = results[i];
        if (needs[i] && result != null) {
          check(node, i, result);
          deliver(node.edges[i], result);
        }
      }
    }
    if (!retainGraph) {
      node.release();
    }
  }

  private @Nullable Tensor[] results(Call call, @Nullable Tensor[] gradients) {
    if (createGraph) {
      return Vjp.of(call, gradients);
    }
    if (call.op() instanceof CustomOp) {
      var results = Vjp.of(call, gradients);
      for (Tensor result : results) {
        if (result != null) {
          memory.share(result);
        }
      }
      return results;
    }
    call.open();
    try (Region temporaries = Region.open("backward")) {
      var results = Vjp.of(call, gradients);
      for (int i = 0; i < results.length; i++) {
        if (results[i] != null && call.needs(i)) {
          temporaries.keep(results[i]);
        }
      }
      return results;
    }
  }

  private static void check(Node node, int input, Tensor gradient) {
    TensorSpec spec = node.inputs[input];
    if (!gradient.shape().equals(spec.shape()) || gradient.dtype() != spec.dtype()) {
      throw ShapeException.of(
              node.op.name(), "backward gave a gradient that does not fit input " + input)
          .operand("input " + input, spec)
          .operand("gradient", gradient.spec())
          .fix("return a gradient of the input's shape and dtype");
    }
    Anomaly.check(node, input, gradient);
  }

  private void finish(Tensor leaf, Accumulator sum) {
    AutogradMeta meta = leaf.metaOrCreate();
    Tensor gradient = hooked(meta.hooks, sum.total());
    if (reach != null) {
      // Not dropped any more, so it needs no share.
      reach.capture(new Edge.ToLeaf(leaf), gradient);
      return;
    }
    Tensor before = meta.grad();
    if (before == null && createGraph) {
      gradient.storage().keepOutside();
      meta.setGrad(gradient);
    } else if (before == null) {
      meta.setOwnGrad(memory.take(gradient, leaf));
    } else if (createGraph || Interpreter.isTracked(before) || before.layout().isBroadcast()) {
      meta.setGrad(Region.outside(() -> before.add(gradient)));
    } else {
      before.add_(gradient);
      memory.drop(gradient);
    }
  }
}
