package dev.manabi.kernels.lessons.conv;

import static dev.manabi.kernels.lessons.Tile.COLUMNS;
import static dev.manabi.kernels.lessons.Tile.ROWS;

import dev.manabi.kernels.lessons.Memory;
import dev.manabi.kernels.lessons.Tile;
import dev.manabi.tensor.Tensor;
import java.util.Arrays;

/**
 * The same product without the matrix: in an image with its padding around it, row kh of a window
 * is {@code KW * C} numbers side by side, and the window of the next pixel begins {@code stride *
 * C} numbers further. A tile can read that as it lies, as rows of its left operand that overlap.
 *
 * <p>Faster, because an image is copied once, not KH * KW times, and so stays in the L2 cache.
 */
final class Step04ImplicitGemm implements Convolution {
  @Override
  public void run(Layer layer) {
    new Run(layer).run();
  }

  /** A run with its copies. */
  private static final class Run {
    private final Layer layer;

    /** Numbers in a row of the padded image. */
    private final int pitch;

    private final float[] image;

    /** Numbers in a row of a window. */
    private final int run;

    /** The weights in panels of {@link Tile#COLUMNS} output channels. */
    private final float[] weights;

    private final float[] sums = new float[ROWS * COLUMNS];

    Run(Layer layer) {
      this.layer = layer;
      int padding = 2 * layer.padding();
      pitch = (layer.width() + padding) * layer.inputs();
      // The last tile of the last row may be wider than the image: it reads beyond the end.
      int beyond = ROWS * layer.stride() * layer.inputs();
      image = new float[(layer.height() + padding) * pitch + beyond];
      run = layer.kernelWidth() * layer.inputs();
      weights = packed(layer);
    }

    private static float[] packed(Layer layer) {
      Tensor matrix = layer.weightMatrix();
      int depth = matrix.size(0);
      int outputs = layer.outputs();
      float[] panels = new float[Math.ceilDiv(outputs, COLUMNS) * depth * COLUMNS];
      for (int o = 0; o < outputs; o += COLUMNS) {
        for (int k = 0; k < depth; k++) {
          long row = matrix.address() + ((long) k * outputs + o) * Float.BYTES;
          Memory.copy(row, panels, o * depth + k * COLUMNS, Math.min(COLUMNS, outputs - o));
        }
      }
      return panels;
    }

    void run() {
      layer.clearOutput();
      for (int n = 0; n < layer.images(); n++) {
        copyImage(n);
        for (int o = 0; o < layer.outputs(); o += COLUMNS) {
          for (int oh = 0; oh < layer.outHeight(); oh++) {
            for (int ow = 0; ow < layer.outWidth(); ow += ROWS) {
              tile(n, o, oh, ow);
            }
          }
        }
      }
    }

    /** Copies the rows of an image to where they belong inside the padding, which is 0. */
    private void copyImage(int n) {
      int row = layer.width() * layer.inputs();
      for (int h = 0; h < layer.height(); h++) {
        int to = (h + layer.padding()) * pitch + layer.padding() * layer.inputs();
        Memory.copy(layer.pixel(n, h, 0), image, to, row);
      }
    }

    /** Neighbouring pixels of an output row, for the output channels of a panel. */
    private void tile(int n, int o, int oh, int ow) {
      int rowStep = layer.stride() * layer.inputs();
      int panel = o * layer.kernelHeight() * run;
      Arrays.fill(sums, 0);
      for (int kh = 0; kh < layer.kernelHeight(); kh++) {
        int at = (oh * layer.stride() + kh) * pitch + ow * rowStep;
        Tile.addTo(sums, image, at, rowStep, weights, panel + kh * run * COLUMNS, run);
      }
      int columns = Math.min(COLUMNS, layer.outputs() - o);
      for (int row = 0; row < Math.min(ROWS, layer.outWidth() - ow); row++) {
        long to = layer.outPixel(n, oh, ow + row) + (long) o * Float.BYTES;
        Tile.addRowTo(to, sums, row, columns);
      }
    }
  }
}
