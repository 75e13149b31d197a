package dev.manabi.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.manabi.tensor.Tensor;
import dev.manabi.tensor.TensorNN;
import dev.manabi.tensor.Tensors;
import dev.manabi.tensor.op.LossOp;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Cross-entropy against the reference, for rows of any length and unusual logits. */
class LossesTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 10, 16, 17, 31, 32, 33, 64, 100, 1030})
  void lossesAgree(int classes) {
    for (int rows : new int[] {1, 2, 15, 16, 17, 255, 300, 5000 / classes + 1}) {
      for (double scale : new double[] {1, 30}) {
        Tensor x = Tensors.randn(rows, classes).mul(scale);
        check(x, 0, 2e-6, 1e-6 * scale);
        check(x, 0.1, 2e-6, 1e-6 * scale);
      }
    }
  }

  /** Losses of rows that are all but certain, from 1e-3 down to 1e-30, are not rounded to 0. */
  @ParameterizedTest
  @ValueSource(ints = {2, 5, 8})
  void smallLossesAgree(int classes) {
    float[] logits = new float[30 * classes];
    for (int r = 0; r < 30; r++) {
      for (int c = 0; c < classes; c++) {
        logits[r * classes + c] = 5 - (c == r % classes ? 0 : 7 + 2 * r);
      }
    }
    check(Tensors.of(logits, 30, classes), 0, 2e-6, 0);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 10, 32, 40})
  void unusualLogitsAgree(int classes) {
    float[] pool = {Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY, Float.NaN, 3, 3, -200, 1e30f};
    float[] logits = new float[50 * classes];
    var random = new SplittableRandom(1);
    for (int i = 0; i < logits.length; i++) {
      logits[i] = random.nextInt(4) == 0 ? pool[random.nextInt(pool.length)] : 2;
    }
    check(Tensors.of(logits, 50, classes), 0, 2e-6, 1e-6);
  }

  private static void check(Tensor x, double smoothing, double relative, double absolute) {
    long[] targets = new long[x.size(0)];
    for (int i = 0; i < targets.length; i++) {
      targets[i] = i % 7 == 5 ? TensorNN.NO_IGNORE : i % x.size(1);
    }
    LossOp op = new LossOp.CrossEntropy(smoothing, TensorNN.NO_IGNORE);
    Tensor[] in = {x, Tensors.of(targets, targets.length)};
    Tensor[] want = Samples.run("reference", op, in);
    Tensor[] got = Samples.run("cpu", op, in);
    for (int i = 0; i < want.length; i++) {
      float[] expected = want[i].toFloatArray();
      float[] found = got[i].toFloatArray();
      for (int k = 0; k < expected.length; k++) {
        boolean near =
            Float.isFinite(expected[k])
                && Math.abs(found[k] - expected[k]) <= relative * Math.abs(expected[k]) + absolute;
        if (!near) {
          assertEquals(
              expected[k], found[k], op + " of " + x.shape() + " output " + i + " at " + k);
        }
      }
    }
  }
}
