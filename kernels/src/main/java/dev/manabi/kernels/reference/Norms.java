package dev.manabi.kernels.reference;

import dev.manabi.tensor.Ints;
import dev.manabi.tensor.Layout;
import dev.manabi.tensor.op.NormOp;
import java.util.Arrays;
import java.util.stream.Stream;

/** Normalisation over some axes: batch, layer and group norm. */
final class Norms {
  private Norms() {}

  static void run(NormOp op, Elements[] in, Elements[] out) {
    switch (op) {
      case NormOp.Norm norm -> forward(norm, in, out[0], out[1], out[2]);
      case NormOp.RunningStatistics statistics -> runningStatistics(statistics, in, out);
      case NormOp.NormGrad grad -> {
        Elements g = grad.relu() ? masked(in[0], in[5]) : in[0];
        gradInput(grad, g, in[1], in[2], in[3], in[4], out[0]);
        gradAffine(g, in[1], in[3], in[4], out[1], out[2]);
        if (grad.residual()) {
          Elementwise.copy(g, out[3]);
        }
      }
    }
  }

  private static void runningStatistics(
      NormOp.RunningStatistics op, Elements[] in, Elements[] out) {
    double keep = 1 - op.momentum();
    Walk w =
        Walk.over(
            in[0].shape(),
            Stream.of(in[0], in[1], in[2], in[3], out[0], out[1])
                .map(Elements::layout)
                .toArray(Layout[]::new));
    for (; w.more(); w.next()) {
      double rstd = in[3].get(w.at(3));
      double variance = op.unbias() * (1 / (rstd * rstd) - op.eps());
      double mean = keep * in[0].get(w.at(0)) + op.momentum() * in[2].get(w.at(2));
      out[1].set(w.at(5), keep * in[1].get(w.at(1)) + op.momentum() * variance);
      out[0].set(w.at(4), mean);
    }
  }

  /** {@code g} where {@code y} is positive, else 0. */
  private static Elements masked(Elements g, Elements y) {
    Elements masked = g.wideZeros();
    for (Walk w = Walk.over(g.shape(), g.layout(), y.layout(), masked.layout());
        w.more();
        w.next()) {
      if (y.get(w.at(1)) > 0) {
        masked.set(w.at(2), g.get(w.at(0)));
      }
    }
    return masked;
  }

  /** Walks the axes that are kept, carrying every tensor broadcast to the shape of the first. */
  private static Walk groups(Ints axes, Elements... tensors) {
    return over(axes.others(tensors[0].rank()), tensors);
  }

  /** Walks the elements of one group; to be started at a group's positions. */
  private static Walk members(Ints axes, Elements... tensors) {
    return over(axes, tensors);
  }

  private static Walk over(Ints axes, Elements[] tensors) {
    Layout[] layouts =
        Arrays.stream(tensors)
            .map(t -> t.layout().expand(tensors[0].shape()).permute(axes))
            .toArray(Layout[]::new);
    return Walk.over(layouts[0].shape(), layouts);
  }

  private static void forward(
      NormOp.Norm op, Elements[] in, Elements y, Elements means, Elements rstds) {
    Elements x = in[0];
    Elements weight = in[1];
    Elements bias = in[2];
    boolean adds = in.length > 3;
    Elements residual = adds ? in[3] : x;
    Walk group = groups(op.axes(), x, weight, bias, y, residual, means, rstds);
    Walk all = members(op.axes(), x, weight, bias, y, residual);
    for (; group.more(); group.next()) {
      double mean = mean(x, group, all);
      double rstd = 1 / Math.sqrt(variance(x, mean, group, all) + op.eps());
      means.set(group.at(5), mean);
      rstds.set(group.at(6), rstd);
      for (start(all, group); all.more(); all.next()) {
        double normal = (x.get(all.at(0)) - mean) * rstd;
        double value = normal * weight.get(all.at(1)) + bias.get(all.at(2));
        value += adds ? residual.get(all.at(4)) : 0;
        y.set(all.at(3), op.relu() ? Math.max(value, 0) : value);
      }
    }
  }

  /** Starts {@code members} at a group's positions; it takes as many as it walks tensors. */
  private static void start(Walk members, Walk group) {
    members.restart(group.at(0), group.at(1), group.at(2), group.at(3), group.at(4));
  }

  private static double mean(Elements x, Walk group, Walk all) {
    double sum = 0;
    for (start(all, group); all.more(); all.next()) {
      sum += x.get(all.at(0));
    }
    return sum / all.number();
  }

  private static double variance(Elements x, double mean, Walk group, Walk all) {
    double sum = 0;
    for (start(all, group); all.more(); all.next()) {
      double d = x.get(all.at(0)) - mean;
      sum += d * d;
    }
    return sum / all.number();
  }

  /**
   * With {@code n = (x - mean) * rstd} and {@code h = gradOut * weight}: {@code gradX = rstd * (h -
   * mean(h) - n * mean(h * n))}.
   */
  private static void gradInput(
      NormOp.NormGrad op,
      Elements g,
      Elements x,
      Elements weight,
      Elements means,
      Elements rstds,
      Elements gradX) {
    Walk group = groups(op.axes(), x, g, weight, gradX, means, rstds);
    Walk all = members(op.axes(), x, g, weight, gradX);
    for (; group.more(); group.next()) {
      double mean = means.get(group.at(4));
      double rstd = rstds.get(group.at(5));
      double sumH = 0;
      double sumHn = 0;
      for (start(all, group); all.more(); all.next()) {
        double h = g.get(all.at(1)) * weight.get(all.at(2));
        sumH += h;
        sumHn += h * (x.get(all.at(0)) - mean) * rstd;
      }
      double meanH = sumH / all.number();
      double meanHn = sumHn / all.number();
      for (start(all, group); all.more(); all.next()) {
        double h = g.get(all.at(1)) * weight.get(all.at(2));
        double n = (x.get(all.at(0)) - mean) * rstd;
        gradX.set(all.at(3), rstd * (h - meanH - n * meanHn));
      }
    }
  }

  /** {@code gradWeight} sums {@code gradOut * n} over the axes where weight has size 1. */
  private static void gradAffine(
      Elements g,
      Elements x,
      Elements means,
      Elements rstds,
      Elements gradWeight,
      Elements gradBias) {
    Elements weightSums = gradWeight.wideZeros();
    Elements biasSums = gradBias.wideZeros();
    Ints all = Ints.range(0, x.rank());
    Walk w = over(all, new Elements[] {x, g, means, rstds, weightSums, biasSums});
    for (; w.more(); w.next()) {
      double n = (x.get(w.at(0)) - means.get(w.at(2))) * rstds.get(w.at(3));
      weightSums.add(w.at(4), g.get(w.at(1)) * n);
      biasSums.add(w.at(5), g.get(w.at(1)));
    }
    Elementwise.copy(weightSums, gradWeight);
    Elementwise.copy(biasSums, gradBias);
  }
}
