package dev.manabi.data.transforms;

import dev.manabi.data.Image;
import java.util.random.RandomGenerator;

/**
 * Turns, slants, scales and shifts the image at random about its centre, as torchvision's class of
 * the same name does; size kept, uncovered places filled. Start from {@link #RandomAffine(double)}
 * and add what is wanted:
 *
 * <pre>new RandomAffine(0).translate(0.1, 0.1).scale(0.9, 1.1)</pre>
 *
 * @param degrees range of the angle, clockwise
 * @param translateX largest shift along x as a share of the width, 0 to 1; shifts are whole pixels
 * @param translateY largest shift along y as a share of the height, 0 to 1
 * @param scale range of the factor, above 0
 * @param shearX range of the slant along x, in degrees
 * @param shearY range of the slant along y, in degrees
 * @param interpolation nearest unless told otherwise
 * @param fill value of uncovered places, in the image's own units; 0 unless told otherwise
 */
public record RandomAffine(
    Range degrees,
    double translateX,
    double translateY,
    Range scale,
    Range shearX,
    Range shearY,
    Interpolation interpolation,
    double fill)
    implements Transform {
  private static final Range NONE = new Range(0, 0);

  /**
   * Refuses parameters without a meaning.
   *
   * @throws IllegalArgumentException if a translation is not in 0 to 1 or a scale not above 0
   */
  public RandomAffine {
    if (!(translateX >= 0 && translateX <= 1 && translateY >= 0 && translateY <= 1)) {
      throw new IllegalArgumentException(
          "RandomAffine: translate is (%s, %s); fix: give shares of the size, 0 to 1"
              .formatted(translateX, translateY));
    }
    if (scale.min() <= 0) {
      throw new IllegalArgumentException(
          "RandomAffine: scale is %s; fix: give factors above 0".formatted(scale));
    }
  }

  /** An angle from {@code -degrees} to {@code degrees}, and nothing else. */
  public RandomAffine(double degrees) {
    this(Range.around0(degrees), 0, 0, new Range(1, 1), NONE, NONE, Interpolation.NEAREST, 0);
  }

  /** With shifts of up to these shares of the width and the height, to either side. */
  public RandomAffine translate(double x, double y) {
    return new RandomAffine(degrees, x, y, scale, shearX, shearY, interpolation, fill);
  }

  /** With a factor from {@code min} to {@code max}. */
  public RandomAffine scale(double min, double max) {
    return new RandomAffine(
        degrees, translateX, translateY, new Range(min, max), shearX, shearY, interpolation, fill);
  }

  /** With a slant along x from {@code -xDegrees} to {@code xDegrees}, and along y likewise. */
  public RandomAffine shear(double xDegrees, double yDegrees) {
    return new RandomAffine(
        degrees,
        translateX,
        translateY,
        scale,
        Range.around0(xDegrees),
        Range.around0(yDegrees),
        interpolation,
        fill);
  }

  /** With another way to find values between pixels. */
  public RandomAffine interpolation(Interpolation other) {
    return new RandomAffine(degrees, translateX, translateY, scale, shearX, shearY, other, fill);
  }

  /** With another value for uncovered places. */
  public RandomAffine fill(double value) {
    return new RandomAffine(
        degrees, translateX, translateY, scale, shearX, shearY, interpolation, value);
  }

  @Override
  public Image apply(Image image, RandomGenerator random) {
    double angle = degrees.draw(random);
    double dx = Math.rint(Range.around0(translateX * image.width()).draw(random));
    double dy = Math.rint(Range.around0(translateY * image.height()).draw(random));
    double factor = scale.draw(random);
    Affine shear = Affine.shear(shearX.draw(random), shearY.draw(random));
    Affine map = map(angle, shear, factor).about(image.width() / 2.0, image.height() / 2.0);
    return Warp.apply(image, Affine.translation(dx, dy).after(map), interpolation, fill);
  }

  /** Scales, then slants, then turns. */
  static Affine map(double angle, Affine shear, double factor) {
    return Affine.rotation(angle).after(shear).after(Affine.scaling(factor));
  }
}
