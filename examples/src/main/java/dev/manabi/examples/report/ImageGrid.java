package dev.manabi.examples.report;

import dev.manabi.data.Image;
import dev.manabi.examples.train.Prediction;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Small pictures with captions, in rows: samples, augmentations, mistakes. */
public final class ImageGrid {
  private static final int ZOOM = 4;
  private static final int GAP = 16;
  private static final int LINE = 16;
  private static final Font CAPTION = new Font(Font.SANS_SERIF, Font.PLAIN, 13);
  private static final Font TITLE = new Font(Font.SANS_SERIF, Font.BOLD, 16);
  private static final Color GOOD = new Color(0x222222);
  private static final Color BAD = new Color(0xb00020);

  private record Cell(BufferedImage picture, List<String> caption, Color color) {}

  private final String title;
  private final int columns;
  private final List<Cell> cells = new ArrayList<>();

  /** An empty grid. */
  public ImageGrid(String title, int columns) {
    this.title = title;
    this.columns = columns;
  }

  /** Adds a picture with the lines below it. */
  public void add(Image image, String... caption) {
    cells.add(new Cell(picture(image), List.of(caption), GOOD));
  }

  /** Adds a picture with what a model made of it; mistakes are red. */
  public void add(Image image, Prediction prediction, List<String> classNames) {
    List<String> caption =
        List.of(
            "true " + classNames.get(prediction.truth()),
            "pred " + classNames.get(prediction.predicted()),
            "conf %.2f %%".formatted(100 * prediction.confidence()));
    cells.add(new Cell(picture(image), caption, prediction.correct() ? GOOD : BAD));
  }

  /** How many pictures were added. */
  public int size() {
    return cells.size();
  }

  /** Draws the grid; a grid without pictures has its title only. */
  public void save(Path png) {
    int cellWidth = 0;
    int pictureHeight = 0;
    int lines = 0;
    for (Cell cell : cells) {
      cellWidth = Math.max(cellWidth, Math.max(90, cell.picture.getWidth() * ZOOM) + GAP);
      pictureHeight = Math.max(pictureHeight, cell.picture.getHeight() * ZOOM);
      lines = Math.max(lines, cell.caption.size());
    }
    int cellHeight = pictureHeight + lines * LINE + GAP;
    int rows = Math.ceilDiv(cells.size(), columns);
    int top = 2 * GAP + LINE;
    int width = Math.max(480, GAP + columns * cellWidth);
    var grid = new BufferedImage(width, top + rows * cellHeight, BufferedImage.TYPE_INT_RGB);
    Graphics2D g = grid.createGraphics();
    g.setRenderingHint(
        RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    g.setColor(Color.WHITE);
    g.fillRect(0, 0, grid.getWidth(), grid.getHeight());
    g.setColor(Color.BLACK);
    g.setFont(TITLE);
    g.drawString(title, GAP, GAP + LINE / 2);
    g.setFont(CAPTION);
    for (int i = 0; i < cells.size(); i++) {
      draw(g, cells.get(i), GAP + i % columns * cellWidth, top + i / columns * cellHeight);
    }
    g.dispose();
    Png.save(grid, png);
  }

  private static void draw(Graphics2D g, Cell cell, int x, int y) {
    int height = cell.picture.getHeight() * ZOOM;
    g.drawImage(cell.picture, x, y, cell.picture.getWidth() * ZOOM, height, null);
    g.setColor(cell.color);
    for (int i = 0; i < cell.caption.size(); i++) {
      g.drawString(cell.caption.get(i), x, y + height + (i + 1) * LINE);
    }
  }

  /** A picture of one channel (grey) or three (red, green, blue). */
  private static BufferedImage picture(Image image) {
    int plane = image.height() * image.width();
    var picture = new BufferedImage(image.width(), image.height(), BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < plane; i++) {
      int red = level(image, i);
      int green = image.channels() == 3 ? level(image, plane + i) : red;
      int blue = image.channels() == 3 ? level(image, 2 * plane + i) : red;
      picture.setRGB(i % image.width(), i / image.width(), red << 16 | green << 8 | blue);
    }
    return picture;
  }

  private static int level(Image image, int i) {
    return switch (image) {
      case Image.Bytes bytes -> bytes.pixels()[i] & 0xff;
      case Image.Floats floats -> Math.clamp(Math.round(255 * floats.pixels()[i]), 0, 255);
    };
  }
}
