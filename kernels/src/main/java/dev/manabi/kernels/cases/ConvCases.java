package dev.manabi.kernels.cases;

import dev.manabi.tensor.DType;
import dev.manabi.tensor.op.ConvOp;
import java.util.ArrayList;
import java.util.List;

/**
 * Cases of convolution and its two gradients: each problem is set to all three. All numbers are
 * finite: whether padding times infinity is nothing or NaN is left to the kernel.
 */
final class ConvCases {
  /** For fewer output pixels no convolution, or no gradient of one, transforms its weights. */
  private static final int FORWARD_PIXELS = 128;

  private static final int GRADIENT_PIXELS = 512;

  /**
   * One convolution of {@code [n, c, h, w]} by kernels {@code [o, c / groups, kh, kw]}.
   *
   * @param params stride, padding, dilation, groups
   */
  private record Problem(int n, int c, int h, int w, int o, int kh, int kw, ConvOp.Params params) {
    /**
     * For sums of {@code terms} products, by whatever algorithm suits the problem.
     *
     * @param fewest output pixels for which weights are transformed
     */
    Tolerance tolerance(long terms, int fewest) {
      boolean square = kh == kw && (kh == 3 || kh == 5);
      ConvOp.Params plain = ConvOp.Params.of(1, 0, 1, 1);
      ConvOp.Params unpadded =
          new ConvOp.Params(
              params.strideH(),
              params.strideW(),
              0,
              0,
              params.dilationH(),
              params.dilationW(),
              params.groups());
      int pixels = n * params.outH(h, kh) * params.outW(w, kw);
      boolean transformed =
          square && unpadded.equals(plain) && Math.min(c, o) >= 16 && pixels >= fewest;
      return transformed ? Tolerance.transformedSum(terms) : Tolerance.sum(terms);
    }

    Input x() {
      return Input.of(n, c, h, w);
    }

    Input weight() {
      return Input.of(o, c / params.groups(), kh, kw);
    }

    Input gradOut() {
      return Input.of(n, o, params.outH(h, kh), params.outW(w, kw));
    }
  }

  private ConvCases() {}

  static void addTo(List<OpCase> cases) {
    List<Problem> problems = problems();
    for (int i = 0; i < problems.size(); i++) {
      Problem problem = problems.get(i);
      add(cases, problem, Arrangement.CHANNELS_LAST, Arrangement.CONTIGUOUS, i % 2 == 0);
      add(cases, problem, Sizes.arrangement(i), Sizes.arrangement(i / 2), i % 2 == 1);
    }
    for (DType dtype : Sizes.OTHER_FLOATS) {
      dtypes(cases, dtype);
    }
    epilogues(cases);
  }

  /** ReLU, a residual, and both, behind every algorithm. */
  private static void epilogues(List<OpCase> cases) {
    List<Problem> problems =
        List.of(
            square(1, 2, 3, 2, 2, 1, 0, 1, 1),
            square(1, 2, 5, 2, 2, 2, 1, 2, 1),
            square(2, 3, 7, 21, 3, 1, 1, 1, 1),
            square(1, 3, 6, 5, 3, 1, 2, 2, 1),
            square(2, 5, 6, 7, 1, 1, 0, 1, 1),
            square(2, 7, 6, 7, 3, 1, 1, 1, 7),
            square(1, 4, 6, 6, 3, 2, 1, 1, 2),
            square(8, 16, 8, 17, 3, 1, 1, 1, 1));
    for (int i = 0; i < problems.size(); i++) {
      Problem p = problems.get(i);
      Input x = p.x().with(Arrangement.CHANNELS_LAST);
      Input alike = p.gradOut().with(Arrangement.CHANNELS_LAST);
      Input lying = p.gradOut().with(Sizes.arrangement(i));
      cases.add(epilogue(p, true, x, p.weight()));
      cases.add(epilogue(p, true, x, p.weight(), Input.of(p.o), alike));
      cases.add(epilogue(p, i % 2 == 0, x, p.weight(), Input.of(p.o), lying));
    }
  }

  private static OpCase epilogue(Problem p, boolean relu, Input... inputs) {
    long terms = (long) p.c / p.params.groups() * p.kh * p.kw;
    Gradient gradient = inputs.length < 4 ? Gradient.twice(0, 1) : Gradient.twice(0, 1, 2, 3);
    Tolerance tolerance = p.tolerance(terms, FORWARD_PIXELS);
    return OpCase.of(new ConvOp.Conv2d(p.params, relu), tolerance, gradient, inputs);
  }

  private static List<Problem> problems() {
    List<Problem> list = new ArrayList<>();
    // Kernel sizes, even ones too.
    list.add(square(1, 1, 1, 1, 1, 1, 0, 1, 1));
    list.add(square(2, 3, 7, 4, 1, 1, 0, 1, 1));
    list.add(square(2, 17, 9, 33, 1, 1, 0, 1, 1));
    list.add(square(2, 3, 8, 5, 2, 1, 0, 1, 1));
    list.add(square(1, 2, 9, 16, 4, 1, 2, 1, 1));
    list.add(square(3, 1, 14, 8, 5, 1, 0, 1, 1));
    list.add(square(1, 3, 16, 7, 7, 2, 3, 1, 1));
    list.add(new Problem(2, 3, 6, 11, 5, 1, 4, params(1, 2, 0, 1, 1, 1, 1)));
    list.add(new Problem(2, 3, 11, 6, 5, 3, 1, params(2, 1, 1, 0, 1, 1, 1)));
    // The 3 x 3 kernels of nets, at odd sizes.
    list.add(square(2, 3, 12, 16, 3, 1, 1, 1, 1));
    list.add(square(10, 16, 7, 17, 3, 1, 1, 1, 1));
    list.add(square(1, 33, 5, 31, 3, 1, 1, 1, 1));
    list.add(square(5, 20, 10, 18, 5, 1, 2, 1, 1));
    list.add(square(1, 7, 8, 6, 5, 1, 0, 1, 1));
    list.add(square(3, 8, 1, 8, 3, 1, 1, 1, 1));
    // Enough pixels for Winograd, too few for more than one block of its tiles.
    list.add(square(2, 18, 9, 21, 3, 1, 1, 1, 1));
    list.add(square(2, 4, 13, 6, 3, 2, 1, 1, 1));
    list.add(square(2, 4, 14, 6, 3, 3, 0, 1, 1));
    // Stride beyond the kernel: some input is never seen.
    list.add(square(1, 3, 10, 5, 2, 3, 0, 1, 1));
    list.add(square(2, 5, 9, 7, 1, 2, 0, 1, 1));
    // More padding than kernel.
    list.add(square(1, 2, 4, 3, 2, 1, 3, 1, 1));
    // Dilation.
    list.add(square(2, 3, 11, 5, 3, 1, 2, 2, 1));
    list.add(square(1, 4, 12, 9, 3, 2, 3, 3, 1));
    list.add(new Problem(1, 2, 9, 10, 3, 2, 3, params(1, 2, 1, 2, 3, 2, 1)));
    // Groups, depthwise, depthwise with several outputs for each channel.
    list.add(square(2, 4, 8, 6, 3, 1, 1, 1, 2));
    list.add(square(2, 12, 6, 9, 3, 2, 1, 1, 3));
    list.add(square(2, 17, 7, 17, 3, 1, 1, 1, 17));
    list.add(square(1, 8, 9, 16, 3, 2, 1, 2, 8));
    list.add(square(2, 8, 5, 8, 1, 1, 0, 1, 4));
    // The kernel covers the input.
    list.add(square(5, 6, 4, 10, 4, 1, 0, 1, 1));
    list.add(new Problem(2, 3, 1, 9, 4, 1, 9, params(1, 1, 0, 0, 1, 1, 1)));
    // Small enough that every gradient of every gradient can be checked.
    list.add(square(1, 2, 4, 2, 3, 1, 1, 1, 1));
    list.add(square(2, 1, 4, 2, 2, 2, 0, 1, 1));
    list.add(square(1, 2, 5, 1, 2, 2, 1, 2, 1));
    list.add(square(1, 4, 3, 2, 3, 1, 1, 1, 2));
    list.add(square(1, 3, 3, 6, 2, 1, 1, 1, 3));
    list.add(new Problem(1, 1, 4, 6, 2, 2, 3, params(2, 1, 0, 1, 1, 2, 1)));
    list.add(new Problem(2, 2, 2, 5, 2, 1, 1, params(1, 3, 0, 0, 1, 1, 1)));
    // Nothing to do, and enough for several threads.
    list.add(square(0, 3, 8, 4, 3, 1, 1, 1, 1));
    list.add(square(4, 32, 14, 32, 3, 1, 1, 1, 1));
    list.add(square(2, 1, 28, 32, 3, 1, 0, 1, 1));
    return list;
  }

  private static Problem square(
      int n,
      int c,
      int size,
      int o,
      int kernel,
      int stride,
      int padding,
      int dilation,
      int groups) {
    ConvOp.Params params = ConvOp.Params.of(stride, padding, dilation, groups);
    return new Problem(n, c, size, size + size % 3, o, kernel, kernel, params);
  }

  private static ConvOp.Params params(int sh, int sw, int ph, int pw, int dh, int dw, int groups) {
    return new ConvOp.Params(sh, sw, ph, pw, dh, dw, groups);
  }

  private static void add(
      List<OpCase> cases, Problem p, Arrangement planes, Arrangement kernels, boolean biased) {
    Input x = p.x().with(planes);
    Input weight = p.weight().with(kernels);
    Input gradOut = p.gradOut().with(planes);
    long window = (long) p.c / p.params.groups() * p.kh * p.kw;
    ConvOp forward = new ConvOp.Conv2d(p.params);
    if (biased) {
      Input bias = Input.of(p.o);
      cases.add(
          OpCase.of(
              forward,
              p.tolerance(window, FORWARD_PIXELS),
              Gradient.twice(0, 1, 2),
              x,
              weight,
              bias));
    } else {
      cases.add(
          OpCase.of(forward, p.tolerance(window, FORWARD_PIXELS), Gradient.twice(0, 1), x, weight));
    }
    long seen = (long) p.o / p.params.groups() * p.kh * p.kw;
    ConvOp inputGrad = new ConvOp.InputGrad(p.params, p.h, p.w);
    cases.add(
        OpCase.of(
            inputGrad, p.tolerance(seen, GRADIENT_PIXELS), Gradient.twice(0, 1), gradOut, weight));
    long places = gradOut.shape().numel() / Math.max(1, p.o);
    ConvOp weightGrad = new ConvOp.WeightGrad(p.params, p.kh, p.kw);
    cases.add(
        OpCase.of(
            weightGrad, p.tolerance(places, GRADIENT_PIXELS), Gradient.twice(0, 1), x, gradOut));
  }

  private static void dtypes(List<OpCase> cases, DType dtype) {
    Problem p = square(2, 5, 8, 7, 3, 2, 1, 1, 1);
    Input x = p.x().with(dtype);
    Input weight = p.weight().with(dtype);
    Input g = p.gradOut().with(dtype);
    Tolerance tolerance = Tolerance.sum(63);
    ConvOp inputGrad = new ConvOp.InputGrad(p.params, p.h, p.w);
    ConvOp weightGrad = new ConvOp.WeightGrad(p.params, p.kh, p.kw);
    cases.add(OpCase.of(new ConvOp.Conv2d(p.params), tolerance, Gradient.NONE, x, weight));
    cases.add(OpCase.of(inputGrad, tolerance, Gradient.NONE, g, weight));
    cases.add(OpCase.of(weightGrad, tolerance, Gradient.NONE, x, g));
    Input bias = Input.of(p.o).with(dtype);
    ConvOp relu = new ConvOp.Conv2d(p.params, true);
    cases.add(OpCase.of(relu, tolerance, Gradient.NONE, x, weight, bias, g));
  }
}
