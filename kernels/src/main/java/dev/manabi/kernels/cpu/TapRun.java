package dev.manabi.kernels.cpu;

import java.util.ArrayList;
import java.util.List;

/**
 * Positions along one axis of a target, evenly spaced, which the same taps of a kernel reach: so
 * they differ only in where they lie. All numbers are in positions or taps, not bytes.
 *
 * @param target the first position
 * @param targetStep from position to position
 * @param count of positions
 * @param source what the first tap meets at the first position
 * @param sourceStep from position to position
 * @param tap the first tap
 * @param tapStep from tap to tap
 * @param taps number of taps; none where the kernel meets padding only
 * @param tapMove how far the source moves from tap to tap
 */
record TapRun(
    int target,
    int targetStep,
    int count,
    int source,
    int sourceStep,
    int tap,
    int tapStep,
    int taps,
    int tapMove) {

  /** A convolution along an axis. */
  record Axis(int kernel, int stride, int padding, int dilation) {

    /** What every output position reads of an input of {@code size}. */
    TapRun output(int position, int size) {
      int source = position * stride - padding;
      return clipped(position, 1, stride, source, dilation, 0, 1, size);
    }

    /** Which of {@code size} output positions have read an input position. */
    TapRun input(int position, int size) {
      int tapStep = stride / ColumnGroups.gcd(stride, dilation);
      int tap = 0;
      while (tap < tapStep && (position + padding - tap * dilation) % stride != 0) {
        tap++;
      }
      int source = Math.floorDiv(position + padding - tap * dilation, stride);
      int tapMove = -tapStep * dilation / stride;
      int first = tap < tapStep ? tap : kernel;
      return clipped(position, stride, 1, source, tapMove, first, tapStep, size);
    }

    /** Without the taps that meet no source. */
    private TapRun clipped(
        int position,
        int targetStep,
        int sourceStep,
        int source,
        int tapMove,
        int tap,
        int tapStep,
        int size) {
      int from = 0;
      int to = Math.max(0, Math.ceilDiv(kernel - tap, tapStep));
      while (from < to && !inside(source + from * tapMove, size)) {
        from++;
      }
      while (from < to && !inside(source + (to - 1) * tapMove, size)) {
        to--;
      }
      return new TapRun(
          position,
          targetStep,
          1,
          source + from * tapMove,
          sourceStep,
          tap + from * tapStep,
          tapStep,
          to - from,
          tapMove);
    }

    private static boolean inside(int position, int size) {
      return position >= 0 && position < size;
    }

    /** {@link #output} of all {@code positions}, those that share their taps together. */
    List<TapRun> outputs(int positions, int size) {
      List<TapRun> runs = new ArrayList<>();
      for (int i = 0; i < positions; i++) {
        add(runs, output(i, size));
      }
      return runs;
    }

    /** {@link #input} of all {@code positions}, those that share their taps together. */
    List<TapRun> inputs(int positions, int size) {
      List<TapRun> runs = new ArrayList<>();
      for (int phase = 0; phase < stride; phase++) {
        for (int i = phase; i < positions; i += stride) {
          add(runs, input(i, size));
        }
      }
      return runs;
    }

    private static void add(List<TapRun> runs, TapRun next) {
      if (!runs.isEmpty() && runs.getLast().continues(next)) {
        runs.set(runs.size() - 1, runs.getLast().longer());
      } else {
        runs.add(next);
      }
    }
  }

  private boolean continues(TapRun next) {
    return next.target == target + count * targetStep
        && next.taps == taps
        && (taps == 0 || next.tap == tap && next.source == source + count * sourceStep);
  }

  private TapRun longer() {
    return new TapRun(
        target, targetStep, count + 1, source, sourceStep, tap, tapStep, taps, tapMove);
  }

  /** Positions {@code [from, from + n)} of this run. */
  TapRun part(int from, int n) {
    return new TapRun(
        target + from * targetStep,
        targetStep,
        n,
        source + from * sourceStep,
        sourceStep,
        tap,
        tapStep,
        taps,
        tapMove);
  }
}
