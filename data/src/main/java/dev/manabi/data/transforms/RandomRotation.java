package dev.manabi.data.transforms;

import dev.manabi.data.Image;
import java.util.random.RandomGenerator;

/**
 * Turns the image about its centre by a random angle, as torchvision's class of the same name does:
 * counter-clockwise, size kept, corners filled.
 *
 * @param degrees range of the angle
 * @param interpolation nearest unless told otherwise
 * @param fill value of the uncovered corners, in the image's own units; 0 unless told otherwise
 */
public record RandomRotation(Range degrees, Interpolation interpolation, double fill)
    implements Transform {
  /** An angle from {@code -degrees} to {@code degrees}. */
  public RandomRotation(double degrees) {
    this(Range.around0(degrees), Interpolation.NEAREST, 0);
  }

  @Override
  public Image apply(Image image, RandomGenerator random) {
    Affine turn = Affine.rotation(-degrees.draw(random));
    Affine map = turn.about(image.width() / 2.0, image.height() / 2.0);
    return Warp.apply(image, map, interpolation, fill);
  }
}
