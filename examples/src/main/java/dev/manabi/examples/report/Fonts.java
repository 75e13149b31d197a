package dev.manabi.examples.report;

import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;

/** Whether text can be drawn here: a bare server or container has no fonts. */
public final class Fonts {
  private static final boolean AVAILABLE = probe();

  private Fonts() {}

  /** False if every picture with text would fail. */
  public static boolean available() {
    return AVAILABLE;
  }

  private static boolean probe() {
    Graphics2D g = new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB).createGraphics();
    try {
      g.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 8));
      g.drawString("1", 0, 8);
      return true;
    } catch (RuntimeException | Error e) {
      // The JDK has no exception for this: depending on what is missing it is one or the other.
      System.getLogger(Fonts.class.getName()).log(System.Logger.Level.DEBUG, "no fonts", e);
      return false;
    } finally {
      g.dispose();
    }
  }
}
