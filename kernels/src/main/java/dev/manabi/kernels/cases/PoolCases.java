package dev.manabi.kernels.cases;

import dev.manabi.kernels.reference.Span;
import dev.manabi.tensor.DType;
import dev.manabi.tensor.op.PoolOp;
import java.util.List;
import java.util.SplittableRandom;

/** Cases of pooling and resampling. */
final class PoolCases {
  private static final Tolerance WINDOW = Tolerance.sum(49);
  private static final Tolerance BLEND =
      new Tolerance(0x1p-20, 0x1p-16, "the place between pixels is computed in f32");

  /** Planes to pool: one pixel, odd, flat, many channels, worth several threads. */
  private static final int[][] PLANES = {
    {1, 1, 5, 6},
    {1, 1, 7, 7},
    {2, 3, 9, 8},
    {2, 17, 10, 7},
    {1, 33, 7, 12},
    {2, 4, 7, 33},
    {0, 3, 8, 8},
    {4, 64, 14, 14},
  };

  private static final PoolOp.Sliding[] SLIDING = {
    window(1, 1, 0, false, false),
    window(2, 2, 0, false, true),
    window(2, 2, 0, true, true),
    window(3, 2, 1, false, true),
    window(3, 2, 1, true, false),
    window(3, 2, 1, true, true),
    window(3, 1, 1, false, false),
    window(2, 3, 1, true, true),
    window(5, 3, 2, true, true),
    window(7, 1, 3, false, true),
    new PoolOp.Sliding(3, 2, 2, 1, 1, 0, 1, 1, false, true),
    new PoolOp.Sliding(1, 5, 1, 3, 0, 2, 1, 1, true, false),
    new PoolOp.Sliding(2, 3, 1, 2, 1, 1, 2, 3, false, false),
    new PoolOp.Sliding(3, 2, 2, 1, 1, 1, 2, 2, true, true),
  };

  private static final PoolOp.Adaptive[] ADAPTIVE = {
    new PoolOp.Adaptive(1, 1),
    new PoolOp.Adaptive(7, 7),
    new PoolOp.Adaptive(3, 5),
    new PoolOp.Adaptive(2, 1),
    new PoolOp.Adaptive(10, 13),
  };

  private PoolCases() {}

  private static PoolOp.Sliding window(
      int kernel, int stride, int padding, boolean ceilMode, boolean countPadding) {
    return new PoolOp.Sliding(
        kernel, kernel, stride, stride, padding, padding, 1, 1, ceilMode, countPadding);
  }

  static void addTo(List<OpCase> cases) {
    for (int[] dims : PLANES) {
      for (PoolOp.Window window : SLIDING) {
        pool(cases, window, dims);
      }
      for (PoolOp.Window window : ADAPTIVE) {
        pool(cases, window, dims);
      }
      planes(cases, dims);
      for (PoolOp.Mode mode : PoolOp.Mode.values()) {
        interpolate(cases, mode, dims);
      }
    }
    dtypes(cases);
  }

  private static void pool(List<OpCase> cases, PoolOp.Window window, int[] dims) {
    int h = dims[2];
    int w = dims[3];
    Arrangement arrangement = Sizes.arrangement(cases.size() / 3);
    Input x = Input.of(dims).with(arrangement);
    Input g = Input.of(dims[0], dims[1], window.outH(h), window.outW(w)).with(arrangement);
    cases.add(
        OpCase.of(
            new PoolOp.MaxPool2d(window),
            Tolerance.EXACT,
            Gradient.twice(0),
            x.with(Values.DISTINCT)));
    cases.add(
        OpCase.of(
            new PoolOp.MaxPool2d(window, DType.I32),
            Tolerance.EXACT,
            Gradient.twice(0),
            x.with(Values.DISTINCT)));
    Values places = places(window, h, w);
    // One index for many elements would not lie in the window of each.
    Arrangement any = Sizes.arrangement(cases.size());
    Arrangement own = any == Arrangement.EXPANDED ? Arrangement.CONTIGUOUS : any;
    Input index = g.with(own).with(DType.I32).with(places);
    cases.add(
        OpCase.of(new PoolOp.PlaneScatter(h, w, window), WINDOW, Gradient.twice(0), g, index));
    cases.add(
        OpCase.of(
            new PoolOp.PlaneScatter(h, w, window),
            WINDOW,
            Gradient.NONE,
            g.with(Arrangement.CHANNELS_LAST),
            index.with(Arrangement.CHANNELS_LAST)));
    cases.add(OpCase.of(new PoolOp.PlaneGather(), Tolerance.EXACT, Gradient.twice(0), x, index));
    cases.add(OpCase.of(new PoolOp.AvgPool2d(window), WINDOW, Gradient.twice(0), x));
    cases.add(OpCase.of(new PoolOp.AvgPool2dGrad(window, h, w), WINDOW, Gradient.twice(0), g));
  }

  /** For each element of the pooled planes, some place in its window. */
  private static Values places(PoolOp.Window window, int h, int w) {
    Span[] rows = Span.rows(window, h, window.outH(h));
    Span[] columns = Span.columns(window, w, window.outW(w));
    return new Values(
        "places in " + window + " of " + h + " x " + w,
        (n, random) -> {
          double[] places = new double[n];
          for (int i = 0; i < n; i++) {
            int row = inside(rows[i / columns.length % rows.length], random);
            places[i] = (double) row * w + inside(columns[i % columns.length], random);
          }
          return places;
        });
  }

  private static int inside(Span span, SplittableRandom random) {
    int count = Math.ceilDiv(span.to() - span.from(), span.step());
    return span.from() + random.nextInt(count) * span.step();
  }

  /** Reads and sums at positions inside planes. */
  private static void planes(List<OpCase> cases, int[] dims) {
    int bound = dims[2] * dims[3];
    for (int[] size : new int[][] {{1, 1}, {3, 4}, {1, 7}, {dims[2], dims[3]}, {4, 31}}) {
      Arrangement arrangement = Sizes.arrangement(cases.size());
      Input x = Input.of(dims).with(arrangement);
      Input index =
          Input.indices(bound, dims[0], dims[1], size[0], size[1])
              .with(Sizes.arrangement(cases.size() / 2));
      Input g = Input.of(index.shape().toArray()).with(arrangement);
      cases.add(OpCase.of(new PoolOp.PlaneGather(), Tolerance.EXACT, Gradient.twice(0), x, index));
      cases.add(
          OpCase.of(
              new PoolOp.PlaneScatter(dims[2], dims[3]),
              Tolerance.sum(8),
              Gradient.twice(0),
              g,
              index));
    }
  }

  private static void interpolate(List<OpCase> cases, PoolOp.Mode mode, int[] dims) {
    int[][] sizes = {{1, 1}, {14, 14}, {5, 17}, {dims[2], dims[3]}, {3, 2}};
    Tolerance tolerance =
        switch (mode) {
          case NEAREST -> Tolerance.EXACT;
          case BILINEAR -> BLEND;
        };
    // The transpose sums what several pixels read.
    Tolerance transposed = BLEND.scaled(8);
    for (int i = 0; i < sizes.length; i++) {
      int h = sizes[i][0];
      int w = sizes[i][1];
      boolean corners = mode == PoolOp.Mode.BILINEAR && i % 2 == 0;
      Arrangement arrangement = Sizes.arrangement(cases.size());
      Input x = Input.of(dims).with(arrangement);
      PoolOp forward = new PoolOp.Interpolate(mode, h, w, corners);
      cases.add(OpCase.of(forward, tolerance, Gradient.twice(0), x));
      Input g = Input.of(dims[0], dims[1], h, w).with(arrangement);
      PoolOp backward = new PoolOp.InterpolateGrad(mode, dims[2], dims[3], corners);
      cases.add(OpCase.of(backward, transposed, Gradient.twice(0), g));
    }
  }

  private static void dtypes(List<OpCase> cases) {
    PoolOp.Window window = window(3, 2, 1, true, false);
    PoolOp max = new PoolOp.MaxPool2d(window);
    Input x = Input.of(2, 5, 7, 9);
    Values[] edges = {Values.TIES, Values.ZEROS, Values.SPECIAL};
    for (Arrangement arrangement : Arrangement.values()) {
      for (Values values : edges) {
        Input lying = x.with(values).with(arrangement);
        cases.add(OpCase.of(max, Tolerance.EXACT, Gradient.NONE, lying));
      }
    }
    Input low = x.with(Values.pick("minus infinity", Double.NEGATIVE_INFINITY));
    cases.add(OpCase.of(max, Tolerance.EXACT, Gradient.NONE, low));
    for (DType dtype : Sizes.OTHER_FLOATS) {
      Input y = x.with(dtype).with(Arrangement.CHANNELS_LAST);
      cases.add(OpCase.of(max, Tolerance.EXACT, Gradient.NONE, y));
      cases.add(OpCase.of(new PoolOp.AvgPool2d(window), WINDOW, Gradient.NONE, y));
      PoolOp up = new PoolOp.Interpolate(PoolOp.Mode.BILINEAR, 11, 5, false);
      cases.add(OpCase.of(up, BLEND, Gradient.NONE, y));
    }
    for (DType dtype : Sizes.INTEGERS) {
      Input y = x.with(dtype).with(Values.integers(-1L << 62, 1L << 62));
      cases.add(OpCase.of(max, Tolerance.EXACT, Gradient.NONE, y));
      PoolOp nearest = new PoolOp.Interpolate(PoolOp.Mode.NEAREST, 11, 5, false);
      cases.add(OpCase.of(nearest, Tolerance.EXACT, Gradient.NONE, y));
      Input index = Input.indices(63, 2, 5, 4, 4);
      cases.add(OpCase.of(new PoolOp.PlaneGather(), Tolerance.EXACT, Gradient.NONE, y, index));
      Input g = Input.of(2, 5, 4, 4).with(dtype).with(Values.TIES);
      cases.add(OpCase.of(new PoolOp.PlaneScatter(7, 9), Tolerance.EXACT, Gradient.NONE, g, index));
    }
  }
}
