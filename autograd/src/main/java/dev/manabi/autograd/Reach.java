package dev.manabi.autograd;

import dev.manabi.tensor.Tensor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which part of the graph lies between some outputs and the tensors whose gradients are asked for,
 * and the gradients found there. The rest of the graph is not walked.
 */
final class Reach {
  private final List<Edge> wanted;
  private final @Nullable Tensor[] results;

  /** Nodes from which a way leads to a wanted tensor, and those that made one. */
  private final Set<Node> onTheWay = new HashSet<>();

  private Reach(List<Edge> wanted) {
    this.wanted = wanted;
    this.results = new Tensor[wanted.size()];
  }

  static Reach of(List<Tensor> outputs, List<Tensor> inputs) {
    List<Edge> wanted = new ArrayList<>();
    for (Tensor input : inputs) {
      Edge edge = Edge.of(input);
      if (edge == null) {
        throw new IllegalStateException(
            "grad: input "
                + wanted.size()
                + ", "
                + input.spec()
                + ", does not require grad\n  fix: call requiresGrad(true) on it before it is used");
      }
      wanted.add(edge);
    }
    Reach reach = new Reach(wanted);
    reach.mark(nodes(outputs));
    return reach;
  }

  /** All nodes behind {@code outputs}, in the order they were made. */
  static List<Node> nodes(List<Tensor> outputs) {
    Set<Node> seen = new HashSet<>();
    Deque<Node> todo = new ArrayDeque<>();
    for (Tensor output : outputs) {
      visit(Edge.of(output), seen, todo);
    }
    for (Node node = todo.poll(); node != null; node = todo.poll()) {
      for (Edge edge : node.edges) {
        visit(edge, seen, todo);
      }
    }
    List<Node> nodes = new ArrayList<>(seen);
    nodes.sort(Comparator.comparingLong(node -> node.sequence));
    return nodes;
  }

  private static void visit(@Nullable Edge edge, Set<Node> seen, Deque<Node> todo) {
    if (edge instanceof Edge.ToNode(Node node, int output) && seen.add(node)) {
      todo.add(node);
    }
  }

  /** In the order they were made, each node's inputs are decided before the node itself. */
  private void mark(List<Node> nodes) {
    for (Edge edge : wanted) {
      if (edge instanceof Edge.ToNode(Node node, int output)) {
        onTheWay.add(node);
      }
    }
    for (Node node : nodes) {
      if (passes(node)) {
        onTheWay.add(node);
      }
    }
  }

  /** Whether a wanted gradient lies where {@code edge} leads, or behind. */
  boolean wants(@Nullable Edge edge) {
    return switch (edge) {
      case Edge.ToNode(Node node, int output) -> onTheWay.contains(node);
      case Edge.ToLeaf leaf -> wanted.contains(leaf);
      case null -> false;
    };
  }

  /** Whether the walk has to go on behind {@code node}. */
  boolean passes(Node node) {
    for (Edge edge : node.edges) {
      if (wants(edge)) {
        return true;
      }
    }
    return false;
  }

  /** Keeps the gradient at {@code edge} if it is asked for; says whether it was. */
  boolean capture(Edge edge, Tensor gradient) {
    boolean found = false;
    for (int i = 0; i < results.length; i++) {
      if (wanted.get(i).equals(edge)) {
        results[i] = gradient;
        found = true;
      }
    }
    return found;
  }

  /** The gradient of each input; {@code null} for one that no path leads to. */
  List<@Nullable Tensor> results() {
    return Arrays.asList(results);
  }
}
